import { add, div, load, mul, mulAdd, size, splat, sqrt, store, sub } from "./lanes";

/** One optimizer step over a parameter x: f32[n] with gradient dx; all arrays have room for a multiple of 4 elements. */

/**
 * Adam: m = b1 m + (1 - b1) dx,  v = b2 v + (1 - b2) dx^2,  x -= rate (m / c1) / (sqrt(v / c2) + epsilon),
 * with c1 = 1 - b1^t, c2 = 1 - b2^t. From f64: `step` = rate / c1, `scale` = 1 / c2, `n1` = 1 - b1, `n2` = 1 - b2
 * (1 - b2 formed in f32 would be off by 5e-5).
 * Source: Kingma, Ba 2015, algorithm 1.
 */
function adam<V>(x: usize, dx: usize, m: usize, v: usize, n: usize, step: f32, scale: f32, b1: f32, n1: f32, b2: f32, n2: f32, epsilon: f32): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>()) {
    const d = load<V>(dx + i);
    const mean = mulAdd<V>(splat<V>(b1), load<V>(m + i), mul<V>(splat<V>(n1), d));
    const square = mulAdd<V>(splat<V>(b2), load<V>(v + i), mul<V>(splat<V>(n2), mul<V>(d, d)));
    const spread = add<V>(sqrt<V>(mul<V>(square, splat<V>(scale))), splat<V>(epsilon));
    const next = sub<V>(load<V>(x + i), div<V>(mul<V>(splat<V>(step), mean), spread));
    store<V>(m + i, mean);
    store<V>(v + i, square);
    store<V>(x + i, next);
  }
}

export function adamStep(x: usize, dx: usize, m: usize, v: usize, n: usize, step: f32, scale: f32, b1: f32, n1: f32, b2: f32, n2: f32, epsilon: f32): void {
  if (ASC_FEATURE_SIMD) adam<v128>(x, dx, m, v, n, step, scale, b1, n1, b2, n2, epsilon);
  else adam<f32>(x, dx, m, v, n, step, scale, b1, n1, b2, n2, epsilon);
}

/** Momentum: m = momentum m + dx,  x -= rate m. Source: Sutskever et al. 2013, with the rate outside the velocity. */
function sgd<V>(x: usize, dx: usize, m: usize, n: usize, rate: f32, momentum: f32): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>()) {
    const velocity = mulAdd<V>(splat<V>(momentum), load<V>(m + i), load<V>(dx + i));
    store<V>(m + i, velocity);
    store<V>(x + i, sub<V>(load<V>(x + i), mul<V>(splat<V>(rate), velocity)));
  }
}

export function sgdStep(x: usize, dx: usize, m: usize, n: usize, rate: f32, momentum: f32): void {
  if (ASC_FEATURE_SIMD) sgd<v128>(x, dx, m, n, rate, momentum);
  else sgd<f32>(x, dx, m, n, rate, momentum);
}
