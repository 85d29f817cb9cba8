/** npm run bench: every kernel against plain JavaScript in every engine that is found. See bench/options.ts. */

import { listenForStop } from "../examples/mnist-vae/stop.ts";
import { cases } from "./cases/index.ts";
import { run } from "./command.ts";
import { compare } from "./compare.ts";
import { bundle } from "./engines/bundle.ts";
import { type Engine, type Found, fullName } from "./engines/engine.ts";
import { chooseEngines, findEngines } from "./engines/find.ts";
import { work } from "./engines/work.ts";
import { LATEST, PARTIAL, prepareFolder, readResults, writeResults } from "./files.ts";
import { describeMachine, today } from "./format.ts";
import { thisMachine } from "./machine.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import type { EngineResults, Result, Results } from "./results.ts";
import { chosenCases, type Job } from "./run.ts";
import { renderSideBySide, showProgress, Table } from "./terminal.ts";

const FAILED = 1;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  const found = findEngines();
  console.log(describeFound(found));
  if (options.list) return 0;

  // All before measuring: a wrong name should not cost a run.
  const engines = chooseEngines(found, options.engines);
  const job: Job = { suite: "kernels", filter: options.filter, quick: options.quick };
  const count = chosenCases(job).length;
  if (count === 0) throw new Error(`--filter ${options.filter}: no case matches`);
  const base = options.compare === undefined ? undefined : readResults(options.compare);
  prepareFolder(options.out ?? LATEST);

  const machine = thisMachine();
  const stop = listenForStop();
  console.log(`${describeMachine(machine)}\nMedian and interquartile range; spread in percent of the median.`);
  const measured = await measureAll(engines, job, stop.signal);
  if (measured.length > 0) {
    const results: Results = { date: today(), quick: options.quick, machine, engines: measured };
    report(results, base);
    const whole = measured.length === engines.length && measured.every((each) => each.cases.length === cases.length);
    console.log(`Written: ${writeResults(options.out ?? usualFile(options, whole), results).join(", ")}`);
  }
  return stop.exitCode() || (measured.length < engines.length ? FAILED : 0);
}

const usualFile = ({ engines, quick }: Options, whole: boolean): string =>
  whole && !quick && engines === undefined ? LATEST : PARTIAL;

function describeFound({ engines, missing }: Found): string {
  return [
    "Engines found:",
    ...engines.map((each) => `  ${each.id.padEnd(9)} ${fullName(each)}, ${each.path}`),
    ...(missing.length > 0 ? ["Not found; to get them:"] : []),
    ...missing.map(({ id, hint }) => `  ${id.padEnd(9)} ${hint}`),
  ].join("\n");
}

/** One engine after the other; one that fails is reported and left out. @returns what was measured before the signal */
async function measureAll(engines: readonly Engine[], job: Job, signal: AbortSignal): Promise<EngineResults[]> {
  const script = await bundle();
  const measured: EngineResults[] = [];
  try {
    for (const engine of engines) {
      if (signal.aborted) break;
      const results = await measureIn(engine, job, script.path, signal);
      if (results) measured.push(results);
    }
  } finally {
    await script.remove();
  }
  return measured;
}

/** Measures and prints case by case. @returns undefined when the engine failed, or finished no case before the signal */
async function measureIn(
  { path, ...engine }: Engine,
  job: Job,
  script: string,
  signal: AbortSignal,
): Promise<EngineResults | undefined> {
  console.log(`\n=== ${fullName(engine)}`);
  const chosen = chosenCases(job);
  const table = new Table(chosen);
  const results: Result[] = [];
  let build = "";
  let done = showProgress("starting");
  try {
    await work(
      { path, ...engine },
      {
        script,
        job,
        signal,
        hear: (message) => {
          done();
          if (message.type === "ready") build = message.build;
          else if (message.type === "due") {
            const { name, size } = chosen[message.place];
            done = showProgress(`${name} ${size} (${message.place + 1} of ${chosen.length})`);
          } else {
            if (message.result.group !== results.at(-1)?.group)
              console.log(`\n${message.result.group}\n${table.header}`);
            results.push(message.result);
            console.log(table.row(message.result));
          }
        },
      },
    );
  } catch (error) {
    done();
    if (!signal.aborted) {
      console.error((error as Error).message);
      return undefined;
    }
    console.log(`Interrupted after ${results.length} of ${chosen.length} cases.`);
  }
  return results.length > 0 ? { ...engine, build, cases: results } : undefined;
}

function report(results: Results, base: Results | undefined): void {
  if (results.engines.length > 1) console.log(`\n${renderSideBySide(results)}`);
  if (base) console.log(`\n${compare(results, base)}`);
  console.log();
}

run("npm run bench", main);
