import type { Key } from "reparam";

/** A distribution function: P(X <= x). */
export interface ContinuousLaw {
  readonly kind: "continuous";
  cdf(x: number): number;
}

/** P(X = k), 0 outside the support. The integers from `from` to `to` are compared one by one, what is beyond as a whole. */
export interface DiscreteLaw {
  readonly kind: "discrete";
  pmf(k: number): number;
  readonly from: number;
  readonly to: number;
}

/** A sampler of numbers, and what is known of its law from elsewhere: nothing here may come from the library. */
export interface SamplerCase {
  readonly name: string;
  draws(key: Key, n: number): Float32Array;
  readonly law: ContinuousLaw | DiscreteLaw;
  /** NaN or Infinity where there is none: that moment is not tested. */
  readonly mean: number;
  readonly variance: number;
  /** E (X - mean)^4; taken from the draws where it is left out, and the variance is not tested where it is Infinity. */
  readonly fourthCentralMoment?: number;
}
