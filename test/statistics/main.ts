/** npm run test:statistics: draws held to their laws, their moments and their tails. docs/statistics.md */
import { readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readPattern, run } from "../../bench/command.ts";
import { today } from "../../bench/format.ts";
import { thisMachine } from "../../bench/machine.ts";
import { listenForStop } from "../../examples/mnist-vae/stop.ts";
import { createDisplay } from "./display.ts";
import { JOBS } from "./jobs.ts";
import { falseAlarmRate, hasPassed, type Reported } from "./outcome.ts";
import { runJobs } from "./processes.ts";
import { PUBLISHED, type Results } from "./results.ts";
import { renderText, withReport } from "./table.ts";

const USAGE = `Usage: npm run test:statistics -- [--filter PATTERN] [--processes N] [--write]

Tests the samplers with fixed keys and prints every test with its statistic, its threshold and its p-value. Fails when one fails.

  --filter PATTERN  only jobs of such names
  --processes N       one for each core by default
  --write           the results to test/statistics/results.json and docs/statistics.md
  --help            this text`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      filter: { type: "string", default: "" },
      processes: { type: "string", default: String(os.availableParallelism()) },
      write: { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const processes = Number(values.processes);
  if (!Number.isInteger(processes) || processes < 1)
    throw new Error(`--processes ${values.processes}: expected a whole number from 1 on`);
  if (values.write && values.filter !== "")
    throw new Error("--write: expected no --filter beside it, so that all is written");
  const pattern = readPattern(values.filter);
  const numbers = [...JOBS.keys()].filter((number) => pattern.test(JOBS[number].name));
  if (numbers.length === 0) throw new Error(`--filter ${values.filter}: no test has such a name`);
  const stop = listenForStop();
  const begun = performance.now();
  const display = createDisplay(
    process.stdout,
    numbers.reduce((sum, number) => sum + JOBS[number].parts, 0),
  );
  try {
    const outcomes = await runJobs(JOBS, numbers, processes, display, stop.signal);
    const results = describe(outcomes, (performance.now() - begun) / 1000);
    display.close();
    console.log(`\n${renderText(results)}`);
    if (values.write) write(results);
    return outcomes.every(hasPassed) ? 0 : 1;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    display.note("Interrupted.");
    return stop.exitCode();
  } finally {
    display.close();
  }
}

const describe = (outcomes: readonly Reported[], seconds: number): Results => ({
  date: today(),
  version: (JSON.parse(readFileSync(inRoot("package.json"), "utf8")) as { version: string }).version,
  node: process.versions.node,
  machine: thisMachine(),
  seconds,
  falseAlarm: falseAlarmRate(outcomes),
  outcomes,
});

const inRoot = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

function write(results: Results): void {
  const document = inRoot("docs/statistics.md");
  const text = withReport(readFileSync(document, "utf8"), results);
  writeFileSync(PUBLISHED, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(document, text);
}

run("npm run test:statistics", main);
