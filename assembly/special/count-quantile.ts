import { normalQuantile } from "./normal";

/** Quantiles of counts: the least k with P(X <= k) >= p. */

const LARGEST: f64 = 3.4028234663852886e38;

/** Twice the error of the tails: a p that is P(X <= k) finds k, though that was computed too small. p, an f32, has 6e-8. */
const SLACK: f64 = 1e-11;

/** P(X <= k), or P(X > k) for `above`, of the law with the parameters a, b, c; monotone in k. */
type Tail = (k: f64, above: bool, a: f64, b: f64, c: f64) => f64;

/** Of the smaller of the two tails at p, which has all its digits: 1 - p is exact. */
@inline
function reaches(k: f64, p: f64, tail: Tail, a: f64, b: f64, c: f64): bool {
  return p <= 0.5 ? tail(k, false, a, b, c) >= p * (1 - SLACK) : tail(k, true, a, b, c) <= (1 - p) * (1 + SLACK);
}

/** Where to begin: Cornish and Fisher's second term, `skewed` the third cumulant divided by the variance. */
export function nearQuantile(p: f64, mean: f64, variance: f64, skewed: f64): f64 {
  const z = normalQuantile(p);
  return mean + z * Math.sqrt(variance) + (skewed * (z * z - 1)) / 6;
}

/** Steps that double from `start` until p lies between two counts, then halves. `last`: of the support, or Infinity. */
export function countQuantile(p: f64, start: f64, last: f64, tail: Tail, a: f64, b: f64, c: f64): f64 {
  if (!(p >= 0 && p <= 1) || isNaN(a + b + c)) return NaN;
  if (p == 0) return 0;
  if (p == 1) return last;
  const end = Math.min(last, LARGEST);
  let high = start > 0 ? Math.min(Math.floor(start), end) : 0;
  let low = high - 1; // P(X <= low) < p <= P(X <= high) is what both loops lead to
  let step: f64 = 1;
  if (high == end || reaches(high, p, tail, a, b, c)) {
    while (low >= 0 && reaches(low, p, tail, a, b, c)) {
      high = low;
      step *= 2;
      low = Math.max(high - step, -1);
    }
  } else {
    do {
      low = high;
      high = Math.min(low + step, end);
      step *= 2;
    } while (high < end && !reaches(high, p, tail, a, b, c));
  }
  let middle = Math.floor(0.5 * (low + high));
  while (middle > low && middle < high) {
    if (reaches(middle, p, tail, a, b, c)) high = middle;
    else low = middle;
    middle = Math.floor(0.5 * (low + high));
  }
  return high;
}
