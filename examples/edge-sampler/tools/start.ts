/** npm start [-- --port N]: serves the built Worker until Ctrl-C. */
import { parseArgs } from "node:util";
import { startWorkerd } from "./workerd.ts";

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { port: { type: "string", default: "8787" } } });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535)
    throw new Error(`--port: expected an integer from 0 to 65535, got ${values.port}`);
  const server = await startWorkerd(port);
  console.log(`edge-sampler listens on ${server.url} (Ctrl-C stops it)`);
  let stopped = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      stopped = true;
      server.stop();
    });
  const how = await server.ended;
  if (!stopped) throw new Error(`workerd: ${how}`);
  return 0;
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message);
  return 1;
});
