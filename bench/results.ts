import type { Case, Via } from "./cases/index.ts";
import type { Measurement } from "./measure.ts";

/** The file format of bench/results/latest.json. Times are nanoseconds an element. */
export interface Results {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  /** In the order in which they were measured. */
  readonly engines: readonly EngineResults[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** The vector extensions of the processor, where the system tells them. */
  readonly flags?: readonly string[];
}

export type Runtime = "node" | "bun" | "firefox" | "chromium";

export interface EngineResults {
  /** What `--engines` calls it. */
  readonly id: string;
  readonly runtime: Runtime;
  readonly version: string;
  /** Of the library's core: which one this engine can run. */
  readonly build: string;
  readonly cases: readonly Result[];
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
    ...(flops && { gflops: round((flops * repeats) / ours.median) }),
  };
}

/** Four digits: more is noise. */
const round = (value: number): number => Number(value.toPrecision(4));

/** What a case is known by, from run to run and from engine to engine. */
export const identity = ({ group, name, size, via }: Pick<Result, "group" | "name" | "size" | "via">): string =>
  [group, name, size, via].join("|");

type Named = Pick<EngineResults, "runtime" | "version">;

const major = ({ version }: Named): string => version.replace(/\..*/, "");

/** What an engine is known by: a browser is the same with its next version, which is monthly; a Node is another one. */
export const engineKey = (engine: Named): string =>
  engine.runtime === "node" ? `node ${major(engine)}` : engine.runtime;

/** The engine the others are compared with: Node 24, or the first where it was not measured. */
export const referenceOf = <E extends Named>(engines: readonly E[]): E =>
  engines.find((each) => engineKey(each) === "node 24") ?? engines[0];
