import { begin } from "./rejection";
import { get, pa, pb, pc, put, send } from "./elementwise";

/**
 * Samplers over arrays: y = f(a, b, ...) element by element, f drawing the numbers it wants from the counters of its
 * element; and their gradients, for which `replay` gives g the same numbers again. So g knows the variate in f64, where
 * y has been rounded, to an end of the support at worst.
 *
 * (high, low): number of the first element. Arrays and gradients as in elementwise.ts.
 */
type F2 = (a: f64, b: f64) => f64;
type F3 = (a: f64, b: f64, c: f64) => f64;
type G2 = (a: f64, b: f64) => void;
type G3 = (a: f64, b: f64, c: f64) => void;

/** Number of the first element, which JavaScript gives in two words. */
@inline
export function elementOf(low: u32, high: u32): u64 {
  return (u64(high) << 32) | u64(low);
}

/** Into the finite floats. */
export function finite(x: f64): f64 {
  return Math.max(-f32.MAX_VALUE, Math.min(f32.MAX_VALUE, x));
}

export function sample2(
  y: usize, a: usize, b: usize, n: usize, k0: u32, k1: u32, element: u64, stream: u32, f: F2,
): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4, element++) {
    begin(k0, k1, element, stream);
    put(y + i, f(get(a + i), get(b + i)));
  }
}

export function sample3(
  y: usize, a: usize, b: usize, c: usize, n: usize, k0: u32, k1: u32, element: u64, stream: u32, f: F3,
): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4, element++) {
    begin(k0, k1, element, stream);
    put(y + i, f(get(a + i), get(b + i), get(c + i)));
  }
}

export function replay2(
  ga: usize, gb: usize, dy: usize, a: usize, b: usize, n: usize, k0: u32, k1: u32, element: u64, stream: u32, g: G2,
): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4, element++) {
    const d = get(dy + i);
    if (d == 0) continue;
    begin(k0, k1, element, stream);
    g(get(a + i), get(b + i));
    send(ga, i, d * pa);
    send(gb, i, d * pb);
  }
}

export function replay3(
  ga: usize, gb: usize, gc: usize, dy: usize, a: usize, b: usize, c: usize, n: usize,
  k0: u32, k1: u32, element: u64, stream: u32, g: G3,
): void {
  for (let i: usize = 0, end = n << 2; i < end; i += 4, element++) {
    const d = get(dy + i);
    if (d == 0) continue;
    begin(k0, k1, element, stream);
    g(get(a + i), get(b + i), get(c + i));
    send(ga, i, d * pa);
    send(gb, i, d * pb);
    send(gc, i, d * pc);
  }
}
