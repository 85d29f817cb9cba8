/** npm run bench:start: what a program waits for before its first sample, and the bytes it ships. */

import { parseArgs } from "node:util";
import { listenForStop } from "../examples/mnist-vae/stop.ts";
import { checkOut, run } from "./command.ts";
import { fullName } from "./engines/engine.ts";
import { chooseEngines, findEngines } from "./engines/find.ts";
import { inResults, prepareFolder, write } from "./files.ts";
import { digits, today } from "./format.ts";
import { thisMachine } from "./machine.ts";
import { MOST_MILLISECONDS, type Start, tooSlow } from "./start/results.ts";
import { measureShipped } from "./start/shipped.ts";
import { measureStartup, type Startup } from "./start/startup.ts";
import { showProgress } from "./terminal.ts";

const USAGE = `Usage: npm run bench:start -- [--quick] [--out FILE.json]

  --quick          a short run: shows that everything works, says little about speed
  --out FILE.json  where the results go; by default bench/results/start.json, or start-quick.json for a quick run

Fails when Node takes more than ${MOST_MILLISECONDS} ms (the median over fresh processes) to import the package and call it once.`;

/** Fresh processes an engine. */
const STARTS = { full: 25, quick: 3 };

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { quick: { type: "boolean" }, out: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { quick = false } = values;
  const out = checkOut(values.out ?? inResults(quick ? "start-quick.json" : "start.json"));
  prepareFolder(out);
  const stop = listenForStop();
  try {
    const startup = await measureStarts(quick ? STARTS.quick : STARTS.full, stop.signal);
    const shipped = await measureShipped();
    console.log(describe(shipped));
    const results: Start = { date: today(), quick, machine: thisMachine(), startup, shipped };
    console.log(`Written: ${write(out, `${JSON.stringify(results, null, 2)}\n`)}`);
    const slow = tooSlow(results);
    for (const each of slow) console.error(`Too slow a start: ${each}`);
    return slow.length > 0 ? 1 : 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.log("Interrupted; nothing is written.");
    return stop.exitCode();
  }
}

/** Of the engines that are programs: a page's start is mostly the browser's. */
async function measureStarts(count: number, signal: AbortSignal): Promise<Startup[]> {
  const all: Startup[] = [];
  console.log("import, first call, both (ms)");
  for (const engine of chooseEngines(findEngines(), undefined)) {
    if (engine.runtime !== "node" && engine.runtime !== "bun") continue;
    const done = showProgress(fullName(engine));
    const startup = await measureStartup(engine, count, signal);
    done();
    const times = [startup.import, startup.firstCall, startup.both].map(({ median }) => digits(median).padStart(7));
    console.log(`  ${fullName(engine).padEnd(20)}${times.join("")}`);
    all.push(startup);
  }
  return all;
}

function describe({ modules, bundles, scripts, tarball }: Start["shipped"]): string {
  const sizes = [
    ...Object.entries(modules),
    ...Object.entries(bundles),
    [`${scripts.files} scripts`, scripts] as const,
  ];
  const kilobytes = (bytes: number) => `${digits(bytes / 1000)} kB`;
  return [
    "bytes, gzip",
    ...sizes.map(([name, { bytes, gzip }]) => `  ${name}: ${kilobytes(bytes)}, ${kilobytes(gzip)}`),
    `  tarball: ${kilobytes(tarball.bytes)}, unpacked ${kilobytes(tarball.unpacked)}`,
  ].join("\n");
}

run("npm run bench:start", main);
