/** npm start [-- --port N]: serves the built Worker until Ctrl-C. */
import { parseArgs } from "node:util";
import { startWorkerd } from "./workerd.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "8787" } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  console.error(`--port: expected an integer from 0 to 65535, got ${values.port}`);
  process.exit(2);
}
const server = await startWorkerd(port);
console.log(`edge-sampler listens on ${server.url} (Ctrl-C stops it)`);
let stopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    stopped = true;
    server.stop();
  });
const how = await server.ended;
if (!stopped) {
  console.error(`workerd: ${how}`);
  process.exitCode = 1;
}
