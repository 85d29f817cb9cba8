import { Normal } from "../../distributions/index.ts";
import { step } from "../../graph/index.ts";
import type { Moments } from "./moments.ts";

/** What the mean gradient misses the truth by, and how well that is known. */
export interface Interval {
  readonly difference: Float64Array;
  /** All coordinates are within their margin of the difference at once, with the given confidence. */
  readonly margins: Float64Array;
  /** The length of the bias, without what chance adds to it; 0 where chance explains all of it. */
  readonly norm: number;
  /** At the given confidence. */
  readonly normInterval: readonly [least: number, most: number];
  /** No coordinate's bias is larger than this, at the given confidence. */
  readonly bound: number;
  readonly detected: boolean;
}

/** The gradient that others are compared with. `moments` of a long run; undefined of one that is exact. */
export interface Reference {
  readonly gradient: Float64Array;
  readonly moments: Moments | undefined;
}

/** A gradient of f32 operations is known to about this part of its largest coordinate, however many samples are averaged. */
export const ROUNDING = 2 ** -20;

/** Of the standard normal distribution: exceeded in absolute value with this probability. */
export const twoSided = (probability: number): number =>
  -step(() => new Normal({ loc: 0, scale: 1 }).icdf([probability / 2]).item(), { gradients: false });

/**
 * By the central limit theorem, with Bonferroni's correction over the coordinates: the probability that any interval misses is at most
 * 1 - confidence, apart from how far the means are from normal.
 */
export function intervalOf(moments: Moments, { gradient, moments: long }: Reference, confidence: number): Interval {
  const size = gradient.length;
  const z = twoSided((1 - confidence) / size);
  const difference = moments.mean.map((mean, j) => mean - (gradient[j] as number));
  const squaredErrors = difference.map((_, j) => moments.squaredError(j) + (long?.squaredError(j) ?? 0));
  const rounding = ROUNDING * largestOf(moments, gradient);
  const margins = squaredErrors.map((square) => z * Math.sqrt(square) + rounding);
  const ends = (sign: 1 | -1): Float64Array =>
    difference.map((each, j) => Math.max(0, Math.abs(each) + sign * (margins[j] as number)));
  const [least, most] = [ends(-1), ends(1)];
  return {
    difference,
    margins,
    norm: Math.sqrt(Math.max(0, squaredBias(difference, squaredErrors))),
    normInterval: [lengthOf(least), lengthOf(most)],
    bound: most.reduce((largest, each) => Math.max(largest, each), 0),
    detected: least.some((each) => each > 0),
  };
}

/** Unbiased: chance adds the variance of the difference to its square. */
const squaredBias = (difference: Float64Array, squaredErrors: Float64Array): number =>
  difference.reduce((sum, each, j) => sum + each * each - (squaredErrors[j] as number), 0);

/** E |gradient - truth|², unbiased: variance and squared bias. With an exact truth the mean of the squared errors. */
export function meanSquaredError(moments: Moments, { gradient, moments: long }: Reference): number {
  const difference = moments.mean.map((mean, j) => mean - (gradient[j] as number));
  const squaredErrors = difference.map((_, j) => moments.squaredError(j) + (long?.squaredError(j) ?? 0));
  return Math.max(0, moments.variance + squaredBias(difference, squaredErrors));
}

/** Of a coordinate of the truth, or the root mean square of one of the gradients. */
const largestOf = ({ mean, squares, n }: Moments, gradient: Float64Array): number =>
  mean.reduce((largest, m, j) => {
    const rms = Math.sqrt(m * m + (squares[j] as number) / n);
    return Math.max(largest, rms, Math.abs(gradient[j] as number));
  }, 0);

export const lengthOf = (vector: ArrayLike<number>): number => {
  let sum = 0;
  for (let j = 0; j < vector.length; j++) sum += (vector[j] as number) * (vector[j] as number);
  return Math.sqrt(sum);
};

/** The cosine of the angle between two vectors: 0 where one of them is 0. */
export function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const lengths = lengthOf(a) * lengthOf(b);
  if (lengths === 0) return 0;
  let dot = 0;
  for (let j = 0; j < a.length; j++) dot += (a[j] as number) * (b[j] as number);
  return dot / lengths;
}
