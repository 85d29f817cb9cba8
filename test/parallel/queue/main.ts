/** npm run test:queue: shards through a Redis server that the tests start on loopback; gets it by apt-get when it is not here. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PACKAGE = "redis-server";
const INSTALL = `apt-get install --yes --no-install-recommends ${PACKAGE}`;

const isHere = (): boolean => spawnSync("redis-server", ["--version"]).status === 0;

function aptGet(...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}

if (!isHere() && process.getuid?.() === 0) {
  console.log(`installing ${PACKAGE}`);
  // Without its service: each test starts a server of its own, on a port of its own.
  const [, ...args] = INSTALL.split(" ");
  if (aptGet("update")) aptGet(...args);
  spawnSync("service", [PACKAGE, "stop"], { stdio: "ignore" });
}
if (!isHere()) {
  console.error(`No redis-server: as root, apt-get update && ${INSTALL}`);
  process.exitCode = 1;
} else {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "--config", "test/parallel/queue/vitest.config.ts"];
  const { status } = spawnSync(process.execPath, [...vitest, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
}
