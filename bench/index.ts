/** npm run bench: every kernel against good plain JavaScript and against what people paste. See bench/options.ts. */
import { type Case, cases } from "./cases/index.ts";
import { compare } from "./compare.ts";
import { describeMachine } from "./format.ts";
import { type Effort, FULL, measure, QUICK } from "./measure.ts";
import { readOptions, USAGE } from "./options.ts";
import {
  LATEST,
  type Measured,
  PARTIAL,
  prepareFolder,
  type Result,
  readResults,
  resultOf,
  thisMachine,
  writeResults,
} from "./results.ts";
import { Table } from "./terminal.ts";

const INTERRUPTED = 130;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(USAGE);
    return 0;
  }
  const { filter, quick } = options;
  const chosen = cases.filter(({ group, name, size }) => filter?.test(`${group} ${name} ${size}`) ?? true);
  if (chosen.length === 0) throw new Error(`no case matches --filter ${filter?.source}`);

  // Both before measuring: a wrong name should not cost a run.
  const base = options.compare === undefined ? undefined : readResults(options.compare);
  prepareFolder(options.out ?? LATEST);

  const machine = thisMachine();
  const interrupt = new AbortController();
  // Once: a second Ctrl-C has its usual, immediate effect.
  process.once("SIGINT", () => interrupt.abort());
  console.log(`${describeMachine(machine)}\nMedian and interquartile range; spread in percent of the median.`);
  const results = await runAll(chosen, quick ? QUICK : FULL, interrupt.signal);
  if (interrupt.signal.aborted) console.log(`Interrupted after ${results.length} of ${chosen.length} cases.`);
  if (results.length > 0) {
    const usual = !quick && results.length === cases.length ? LATEST : PARTIAL;
    const record = { date: new Date().toISOString().slice(0, 10), quick, machine, cases: results };
    console.log(`Written: ${writeResults(options.out ?? usual, record).join(", ")}`);
    if (base) console.log(`\n${compare(record, base)}`);
  }
  return interrupt.signal.aborted ? INTERRUPTED : 0;
}

/** Measures and prints case by case. @returns those that finished before the signal */
async function runAll(chosen: readonly Case[], effort: Effort, signal: AbortSignal): Promise<Result[]> {
  const table = new Table(chosen);
  const results: Result[] = [];
  for (const each of chosen) {
    if (each.group !== results.at(-1)?.group) console.log(`\n${each.group}\n${table.header}`);
    const done = showProgress(`${each.name} ${each.size} (${results.length + 1} of ${chosen.length})`);
    try {
      const result = await run(each, effort, signal);
      results.push(result);
      done();
      console.log(table.row(result));
    } catch (error) {
      done();
      if (!signal.aborted) throw error;
      break;
    }
  }
  console.log();
  return results;
}

async function run(each: Case, effort: Effort, signal: AbortSignal): Promise<Result> {
  const { dispose, ...contestants } = each.prepare();
  try {
    return resultOf(each, (await measure(contestants, effort, signal)) as Measured);
  } finally {
    dispose?.();
  }
}

/** What is being measured, on a terminal only, until the returned function takes it away. */
function showProgress(text: string): () => void {
  if (!process.stdout.isTTY) return () => {};
  process.stdout.write(`… ${text}`);
  return () => process.stdout.write("\r\x1b[K");
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(`${error.message}\nSee npm run bench -- --help`);
    process.exitCode = 1;
  },
);
