import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Milliseconds that a process may take to start. */
const START = 10_000;
/** ... and to end when asked to. */
const GRACE = 2000;

const isThere = () => spawnSync("nats-server", ["--version"]).error === undefined;

/** The system's nats-server; Debian has one. @throws Error when it is not there, and cannot be installed */
function install() {
  if (isThere()) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  if (process.getuid?.() === 0)
    for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "nats-server"]])
      spawnSync("apt-get", args, { env, stdio: "ignore" });
  if (!isThere()) throw new Error("there is no nats-server: apt-get install nats-server");
}

async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), GRACE);
  await gone;
  clearTimeout(timer);
}

/** On this machine's own address, at a port that is free. */
export async function startServer() {
  install();
  const folder = await mkdtemp(join(tmpdir(), "reparam-nats-"));
  const args = ["-a", "127.0.0.1", "-p", "-1", "-js", "-sd", folder, "--ports_file_dir", folder];
  const child = spawn("nats-server", args, { stdio: "ignore" });
  const stop = async () => {
    await end(child, "SIGTERM");
    await rm(folder, { recursive: true, force: true });
  };
  for (const start = Date.now(); Date.now() - start < START; await sleep(20)) {
    const file = (await readdir(folder)).find((name) => name.endsWith(".ports"));
    const text = file && (await readFile(join(folder, file), "utf8"));
    if (text) return { servers: new URL(JSON.parse(text).nats[0]).host, child, stop };
  }
  await stop();
  throw new Error(`nats-server did not listen within ${START} ms`);
}

/** A worker process that is ready. @param wait seconds without a word after which its shard is lost */
export async function startWorker(servers, { name = "reparam", wait = 2 } = {}) {
  const file = (path) => fileURLToPath(new URL(path, import.meta.url));
  const options = ["--nats", servers, "--name", name, "--wait", String(wait)];
  const child = spawn(process.execPath, [file("../worker.mjs"), ...options, file("../work.mjs"), file("work.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(createInterface({ input: child.stdout }), "line", { signal: AbortSignal.timeout(START) });
  return { child, pid: child.pid, stop: (signal = "SIGTERM") => end(child, signal) };
}
