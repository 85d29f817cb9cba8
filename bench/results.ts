import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Bench } from "tinybench";
// The core of the built package has no public name.
import { bestBuild } from "../dist/core/index.js";
import type { Case, Via } from "./cases/index.ts";
import { drawChart } from "./chart.ts";
import type { Measurement } from "./measure.ts";

/** The file format of bench/results/latest.json. Times are nanoseconds an element. */
export interface Results {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly cases: readonly Result[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly runtime: string;
  readonly version: string;
  readonly build: string;
}

export interface Result {
  readonly group: string;
  readonly name: string;
  readonly size: string;
  readonly via: Via;
  readonly elements: number;
  readonly ours: Measurement;
  readonly baseline: Measurement & { readonly method: string };
  readonly naive?: Measurement;
  /** How many times as fast as the good and as the naive JavaScript. */
  readonly speedup: { readonly baseline: number; readonly naive?: number };
  readonly gflops?: number;
}

export type Measured = Readonly<{ ours: Measurement; baseline: Measurement; naive?: Measurement }>;

export function resultOf(which: Case, { ours, baseline, naive }: Measured): Result {
  const { group, name, size, via, elements, repeats = 1, flops } = which;
  const each = ({ median, spread, samples }: Measurement): Measurement => ({
    median: round(median / (elements * repeats)),
    spread: round(spread),
    samples,
  });
  return {
    group,
    name,
    size,
    via,
    elements,
    ours: each(ours),
    baseline: { ...each(baseline), method: which.baseline },
    ...(naive && { naive: each(naive) }),
    speedup: {
      baseline: round(baseline.median / ours.median),
      ...(naive && { naive: round(naive.median / ours.median) }),
    },
    ...(flops && { gflops: round(flops / ours.median) }),
  };
}

/** Four digits: more is noise. */
const round = (value: number): number => Number(value.toPrecision(4));

export function thisMachine(): Machine {
  const cpus = os.cpus();
  const { runtime, runtimeVersion } = new Bench();
  return {
    cpu: cpus[0]?.model.trim() ?? os.arch(),
    cores: cpus.length,
    runtime,
    version: runtimeVersion,
    build: bestBuild(),
  };
}

const inResults = (name: string): string => fileURLToPath(new URL(`results/${name}`, import.meta.url));

export const LATEST = inResults("latest.json");

/** Of a run that is quick or leaves out cases: it must not replace the published one. */
export const PARTIAL = inResults("partial.json");

/** @throws Error when the folder cannot be made or written to; to be found out before measuring, not after */
export function prepareFolder(file: string): void {
  const folder = dirname(resolve(file));
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK);
}

/** Writes the results, and a chart of them beside. @returns both names, relative to the working directory */
export function writeResults(file: string, results: Results): string[] {
  const chart = file.replace(/\.json$/, ".svg");
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(chart, drawChart(results));
  return [file, chart].map((each) => relative(process.cwd(), resolve(each)));
}

/** @throws Error that says how to make the file when there is none */
export function readResults(file: string): Results {
  let results: Partial<Results>;
  try {
    results = JSON.parse(readFileSync(file, "utf8")) as Partial<Results>;
  } catch (cause) {
    throw new Error(
      `${file} cannot be read as results (${(cause as Error).message}); npm run bench -- --out writes them`,
      { cause },
    );
  }
  if (!Array.isArray(results?.cases) || !results.machine)
    throw new Error(`${file} does not hold results of npm run bench`);
  return results as Results;
}
