/**
 * Into an open support: what float32 would round to its end becomes a number beside the end. At 0 that is the least normal
 * one, since 1 / x, which gradients of log-densities have, is infinite for the subnormal ones.
 */
const LEAST: f64 = f32.MIN_NORMAL_VALUE;

/** Of (0, infinity). */
export function insidePositive(x: f64): f64 {
  return Math.min(Math.max(x, LEAST), f32.MAX_VALUE);
}

/** Of (0, 1). */
export function insideUnit(x: f64): f64 {
  return Math.min(Math.max(x, LEAST), 0.9999999403953552); // 1 - 2^-24
}
