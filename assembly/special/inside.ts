/** Into an open support: what float32 would round to its end becomes the float beside the end. */

/** Of (0, infinity). */
export function insidePositive(x: f64): f64 {
  return Math.min(Math.max(x, 1.401298464324817e-45), f32.MAX_VALUE);
}

/** Of (0, 1). */
export function insideUnit(x: f64): f64 {
  return Math.min(Math.max(x, 1.401298464324817e-45), 0.9999999403953552); // 2^-149, 1 - 2^-24
}
