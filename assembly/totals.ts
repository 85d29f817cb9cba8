import { get } from "./elementwise";

/** Sums of a row of f32, `bytes` long, in f64. */

/** Σ a */
export function total(a: usize, bytes: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) sum += get(a + i);
  return sum;
}

/** The others: s - a_j, j in bytes, added up where the subtraction would lose its digits */
export function others(a: usize, bytes: usize, j: usize, s: f64): f64 {
  const own = get(a + j);
  if (own <= 0.5 * s) return s - own;
  let sum: f64 = 0;
  for (let i: usize = 0; i < bytes; i += 4) if (i != j) sum += get(a + i);
  return sum;
}
