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

/** How far from 1 a sum of probabilities may be, the tolerance of the supports that the bindings check. */
export const TOLERANCE: f64 = 1e-4;

/** Whether the row is one of probabilities; NaN is none. */
export function isSimplex(x: usize, bytes: usize): bool {
  for (let i: usize = 0; i < bytes; i += 4) if (!(get(x + i) >= 0)) return false;
  return Math.abs(total(x, bytes) - 1) <= TOLERANCE;
}
