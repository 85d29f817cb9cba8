/** npm run load [-- --quick]: requests a second, then the memory over 10 000 requests; writes results.json and the README's tables. */
import { parseArgs } from "node:util";
import { growth, watchMemory } from "./load/memory.ts";
import { measureParts } from "./load/parts.ts";
import { describeRate, measureRate } from "./load/rates.ts";
import { writeTables } from "./load/report.ts";
import { type Rate, type Results, thisMachine, writeResults } from "./load/results.ts";
import { shoot } from "./load/shoot.ts";
import { BYTES, OTHERS, VOCABULARY } from "./load/work.ts";
import { type Server, startWorkerd } from "./workerd.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const [seconds, requests] = values.quick ? [1, 3000] : [8, 10_000];

const MEASURED = [
  ...[1, 16, 64].map((connections) => ({ work: BYTES, connections })),
  ...OTHERS.map((work) => ({ work, connections: 16 })),
];

async function load(server: Server, signal: AbortSignal): Promise<Results> {
  const machine = thisMachine();
  await shoot(server.url, [BYTES, ...OTHERS], { connections: 4, requests: 400 }, signal);
  const rates: Rate[] = [];
  for (const { work, connections } of MEASURED) {
    rates.push(await measureRate(server.url, work, connections, seconds, signal));
    console.log(describeRate(rates.at(-1) as Rate));
  }
  const parts = await measureParts();
  for (const { name, milliseconds } of parts) console.log(`${name}: ${milliseconds} ms`);
  return { ...machine, vocabulary: VOCABULARY, rates, parts, memory: await longRun(signal) };
}

/** In a process of its own, whose memory has seen nothing else. */
async function longRun(signal: AbortSignal): Promise<Results["memory"]> {
  const server = await startWorkerd(0);
  try {
    console.log(`${requests} requests of all kinds, memory of workerd:`);
    return await watchMemory(
      server,
      [BYTES, ...OTHERS],
      requests,
      signal,
      ({ answers, median, least, most, wasmBytes }) =>
        console.log(
          `  up to ${answers}: median ${median} MB (${least} to ${most}), of which WebAssembly ${wasmBytes} bytes`,
        ),
    );
  } finally {
    await server.stop();
  }
}

async function main(): Promise<number> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new Error("stopped")));
  process.once("SIGTERM", () => stop.abort(new Error("stopped")));
  const server = await startWorkerd(0);
  const results = await load(server, stop.signal).finally(() => server.stop());
  const grown = growth(results.memory);
  console.log(grown ?? "memory does not grow");
  if (values.quick) console.log("a quick run: nothing is written");
  else {
    writeResults(results);
    writeTables(results);
  }
  return grown === undefined ? 0 : 1;
}

process.exitCode = await main().catch((error: Error) => {
  console.error(error.message);
  return 1;
});
