import type { Measurement } from "../measure.ts";
import type { Machine } from "../results.ts";
import { type Bound, greatest, needs } from "./bound.ts";
import type { Kernel } from "./kernels.ts";
import type { Agreement } from "./listing.ts";
import { type Class, type Counts, vectorTotal } from "./lowering.ts";
import type { Rates } from "./rates.ts";

/** The file format of bench/results/roofline.json. Times are nanoseconds an element. */
export interface Roofline {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly engine: { readonly runtime: "node"; readonly version: string; readonly build: "simd" };
  /** For which the instructions are counted. */
  readonly architecture: string;
  /** Of the table of instructions with the emitted code; null where the engine cannot list it. */
  readonly agreement: Agreement | null;
  readonly rates: Rates;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly kernel: string;
  readonly size: string;
  readonly elements: number;
  /** Instructions an element. */
  readonly instructions: {
    readonly vector: number;
    readonly memory: number;
    readonly other: number;
    readonly classes: Counts;
  };
  /** Every resource that is used, the greatest first. */
  readonly bounds: readonly Bound[];
  readonly measured: Measurement;
  /** Bound by measured time: 1 where nothing is left to gain without fewer instructions. */
  readonly share: number;
  readonly gflops?: number;
}

/** `counts` and `flops` of one call, times in nanoseconds a call. */
export function rowOf(
  { name, size, elements, flops }: Kernel,
  counts: Counts,
  rates: Rates,
  measured: Measurement,
  traffic: Measurement | undefined,
): Row {
  const each = (value: number | undefined): number => round((value ?? 0) / elements);
  const all = [...needs(counts, rates), ...(traffic ? [{ by: "memory", time: traffic.median }] : [])];
  return {
    kernel: name,
    size,
    elements,
    instructions: {
      vector: each(vectorTotal(counts)),
      memory: each((counts.load ?? 0) + (counts.store ?? 0)),
      other: each(counts.scalar),
      classes: Object.fromEntries((Object.entries(counts) as [Class, number][]).map(([key, n]) => [key, each(n)])),
    },
    bounds: all
      .filter(({ time }) => time > 0)
      .sort((a, b) => b.time - a.time)
      .map(({ by, time }) => ({ by, time: each(time) })),
    measured: { ...measured, median: each(measured.median), spread: round(measured.spread) },
    share: round(greatest(all).time / measured.median),
    ...(flops && { gflops: round(flops / measured.median) }),
  };
}

/** Four digits: more is noise. */
const round = (value: number): number => Number(value.toPrecision(4));
