import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { Bench } from "tinybench";
// The core of the built package has no public name.
import { bestBuild } from "../dist/core/index.js";
import type { Case, Via } from "./cases/index.ts";
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

const folder = new URL("results/", import.meta.url);

export const LATEST = "latest";

export function writeResults(stem: string, extension: "json" | "svg", text: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${stem}.${extension}`, folder), text);
  return `bench/results/${stem}.${extension}`;
}

/** @throws Error that says how to make the file when there is none */
export function readLatest(): Results {
  try {
    return JSON.parse(readFileSync(new URL(`${LATEST}.json`, folder), "utf8")) as Results;
  } catch (cause) {
    throw new Error("bench/results/latest.json cannot be read; `npm run bench` writes it", { cause });
  }
}
