import { foldIn } from "reparam";
import type { Family } from "../../reference/noise.ts";
import { gammaQ } from "../../reference/statistics.ts";
import { countingJob, type Job, keyFor } from "../job.ts";
import type { Outcome } from "../outcome.ts";
import { hitsTest } from "../tools/hits.ts";
import { SAMPLERS } from "./noise.ts";

/** One end of a family. */
export interface Tail {
  readonly family: Family;
  readonly side: "above" | "below";
  /** P(X > x) or P(X < x). */
  chance(x: number): number;
  /** About where the chance is 2^-k: the test asks for the chance beyond the nearest float32. */
  at(k: number): number;
}

const normalTail = (x: number): number => gammaQ(0.5, (x * x) / 2) / 2;

/** The leading term of the normal's tail, exp(-x^2 / 2) / (x sqrt(2 pi)), solved for x (Abramowitz and Stegun 26.2.12). */
function normalAt(k: number): number {
  let x = Math.sqrt(2 * k * Math.LN2);
  for (let i = 0; i < 20; i++) x = Math.sqrt(2 * (k * Math.LN2 - Math.log(x * Math.sqrt(2 * Math.PI))));
  return x;
}

/** Of the uniform only the lower one: above, float32 itself ends at 1 - 2^-24. */
export const TAILS: readonly Tail[] = [
  { family: "uniform", side: "below", chance: (x) => x, at: (k) => 2 ** -k },
  { family: "exponential", side: "below", chance: (x) => -Math.expm1(-x), at: (k) => 2 ** -k },
  { family: "exponential", side: "above", chance: (x) => Math.exp(-x), at: (k) => k * Math.LN2 },
  { family: "gumbel", side: "below", chance: (x) => Math.exp(-Math.exp(-x)), at: (k) => -Math.log(k * Math.LN2) },
  { family: "gumbel", side: "above", chance: (x) => -Math.expm1(-Math.exp(-x)), at: (k) => k * Math.LN2 },
  { family: "logistic", side: "below", chance: (x) => 1 / (1 + Math.exp(-x)), at: (k) => -k * Math.LN2 },
  { family: "logistic", side: "above", chance: (x) => 1 / (1 + Math.exp(x)), at: (k) => k * Math.LN2 },
  { family: "normal", side: "below", chance: normalTail, at: (k) => -normalAt(k) },
  { family: "normal", side: "above", chance: normalTail, at: normalAt },
];

/** The chances are 2^-k. */
export const DEPTHS = [12, 16, 20, 22, 24, 25] as const;

/** Noise of 24 bits has nothing beyond the last depth: of Gumbels that is told by 32 expected draws; of the others 8 are. */
export const drawsOf = (family: Family): number => (family === "gumbel" ? 2 ** 30 : 2 ** 28);
const PARTS = 4;
const CHUNK = 2 ** 20;

const limits = (tail: Pick<Tail, "at">): number[] => DEPTHS.map((k) => Math.fround(tail.at(k)));

/** Those that may lie in one of the tails: few, so that what follows need not hurry. */
function outer(values: Float32Array, tails: readonly Pick<Tail, "side" | "at">[]): number[] {
  const most = Math.min(...tails.filter(({ side }) => side === "above").map((tail) => limits(tail)[0]));
  const least = Math.max(...tails.filter(({ side }) => side === "below").map((tail) => limits(tail)[0]));
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value > most || value < least) found.push(value);
  }
  return found;
}

/** For each tail and depth, tail by tail, how many of the values lie beyond. */
export function countTails(tails: readonly Pick<Tail, "side" | "at">[], values: Float32Array): Float64Array {
  const found = outer(values, tails);
  const counts = tails.flatMap((tail) =>
    limits(tail).map(
      (limit) => found.filter((value) => (tail.side === "above" ? value > limit : value < limit)).length,
    ),
  );
  return Float64Array.from(counts);
}

export const tailTests = (tail: Tail, counts: ArrayLike<number>, draws: number): Outcome[] =>
  limits(tail).map((limit, i) => {
    const name = `tail of ${tail.family} ${tail.side} ${Number(limit.toPrecision(6))}, 1 in 2^${DEPTHS[i]}`;
    return hitsTest(name, counts[i], draws, tail.chance(limit));
  });

function tailJob(family: Family): Job<Float64Array> {
  const name = `tails of ${family}`;
  const tails = TAILS.filter((tail) => tail.family === family);
  const draws = drawsOf(family);
  function count(part: number): Float64Array {
    const key = foldIn(keyFor(name), part);
    const total = new Float64Array(tails.length * DEPTHS.length);
    const out = new Float32Array(CHUNK);
    for (let offset = 0; offset < draws / PARTS; offset += CHUNK) {
      const counts = countTails(tails, SAMPLERS[family](key, CHUNK, { offset, out }));
      for (let i = 0; i < total.length; i++) total[i] += counts[i];
    }
    return total;
  }
  return countingJob(name, PARTS, count, (counts) =>
    tails.flatMap((tail, i) => tailTests(tail, counts.subarray(i * DEPTHS.length, (i + 1) * DEPTHS.length), draws)),
  );
}

export const tailJobs: readonly Job[] = (Object.keys(SAMPLERS) as Family[]).map(tailJob);
