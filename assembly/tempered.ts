import { expSmall, MAGIC } from "./exp";
import { LN2, LOG2_E } from "./ln2";
import {
  absolute, add, allBelow, lanes, load, max, min, mul, mulAdd, nearest, residual, shiftLeft, splat, sub, subInt, word,
} from "./lanes";

/**
 * 2^64 exp((x - shift) / tau) for logits x up to a maximum: the terms of a softmax. It divides by their sum, so any shift near
 * the maximum and any factor will do, if only the same for the whole row.
 * Identity: e^(x / tau) = 2^n e^(r / tau), n = round(x log2(e) / tau), r = x - n tau ln 2; the shift is N tau ln 2, N the n of
 * the maximum. The factor 2^64 keeps small terms normal, down to 2^-116: their quotients underflow where they should.
 */

export const FACTOR: f64 = 18446744073709551616.0; // 2^64
const LEAST: f64 = -180;

/** Where |x log2(e) / tau| is less, |n| < 2^10 for all terms that count. */
const TAME: f32 = 512;

/** What the temperatures of lanes<V>() rows make of the identity, a vector each. */
const scales = memory.data(80, 16);

/** log2(e) / tau; Infinity where tau is so extreme that the others are no good. */
@inline
export function scale<V>(): V {
  return load<V>(scales);
}

/** 1 / tau */
@inline
export function rate<V>(): V {
  return load<V>(scales + 16);
}

/** tau ln 2 = high + low, high of 14 significant bits: n * high is exact for |n| < 2^10. */
@inline
export function high<V>(): V {
  return load<V>(scales + 32);
}

@inline
export function low<V>(): V {
  return load<V>(scales + 48);
}

/** From so far below the maximum a term is as good as 0. */
@inline
export function reach<V>(): V {
  return load<V>(scales + 64);
}

/** tau: f64 for each of `rows` rows, `step` bytes apart; lanes beyond get that of the last. */
export function setTemperature<V>(tau: usize, step: usize, rows: usize): void {
  for (let lane: usize = 0; lane < lanes<V>(); lane++) {
    const at = scales + 4 * lane;
    if (lane == 0 || (step > 0 && lane < rows)) setLane(at, f64.load(tau + lane * step));
    else for (let i: usize = 0; i < 80; i += 16) f32.store(at + i, f32.load(at + i - 4));
  }
}

function setLane(at: usize, tau: f64): void {
  const unit = tau * LN2;
  const head = reinterpret<f32>(reinterpret<u32>(f32(unit)) & ~0x3ff);
  f32.store(at, tau > 1e-30 && tau < 1e30 ? f32(LOG2_E / tau) : Infinity);
  f32.store(at, f32(1 / tau), 16);
  f32.store(at, head, 32);
  f32.store(at, f32(unit - f64(head)), 48);
  f32.store(at, f32(LEAST * unit), 64);
}

/** Whether `term` will do for rows with these maxima; if not, `wildTerm` will. */
@inline
export function isTame<V>(best: V): bool {
  return allBelow<V>(mul<V>(absolute<V>(best), scale<V>()), TAME);
}

const BIAS = 127; // of a float's exponent

/** N + MAGIC - 64 - BIAS: taken off n + MAGIC, it leaves the exponent of 2^(n - N + 64). */
@inline
export function exponentOf<V>(best: V): V {
  return subInt<V>(mulAdd<V>(best, scale<V>(), splat<V>(MAGIC)), word<V>(64 + BIAS));
}

/** The same for another N than that of the maximum. */
@inline
export function exponentAt<V>(N: f32): V {
  return subInt<V>(splat<V>(MAGIC + N), word<V>(64 + BIAS));
}

/**
 * 2^64 exp((x - shift) / tau) where isTame; what is less than 2^-180 of the largest term stays there.
 * Max error: 1.5 ulp
 */
@inline
export function term<V>(x: V, least: V, exponent: V, scale: V, rate: V, high: V, low: V): V {
  const within = max<V>(x, least);
  const shifted = mulAdd<V>(within, scale, splat<V>(MAGIC));
  const n = sub<V>(shifted, splat<V>(MAGIC));
  const r = sub<V>(sub<V>(within, mul<V>(n, high)), mul<V>(n, low));
  return mul<V>(expSmall<V>(mul<V>(r, rate)), shiftLeft<V>(subInt<V>(shifted, exponent), 23)); // a product keeps NaN
}

/** N tau ln 2 */
export function shiftOf(best: f32, tau: f64): f64 {
  return f64(nearest<f32>(best * load<f32>(scales))) * (tau * LN2);
}

/**
 * The same at any maximum and temperature, the shift being the maximum: the rest in f64, because the f32 rounding of
 * (x - shift) / tau alone would cost 4e-6 relative where the term is 1e-30. A difference beyond float32 counts as infinite.
 * Max error: 1.25 ulp
 */
@inline
export function wildTerm<V>(x: V, shift: f64, tau: f64): V {
  const rate = LOG2_E / tau;
  // Neither infinite nor 0, which times 0 or -Infinity would be NaN: only differences below 1e-36 or beyond float32 could tell.
  const rate32 = splat<V>(f32(Math.max(Math.min(rate, f32.MAX_VALUE), 1.401298464324817e-45)));
  const n = nearest<V>(max<V>(mul<V>(sub<V>(x, splat<V>(f32(shift))), rate32), splat<V>(f32(LEAST))));
  const f = min<V>(max<V>(residual<V>(x, shift, rate, n), splat<V>(-0.5003)), splat<V>(0.5003));
  const power = shiftLeft<V>(add<V>(n, splat<V>(MAGIC + 64 + f32(BIAS))), 23);
  return mul<V>(expSmall<V>(mul<V>(f, splat<V>(f32(LN2)))), power);
}
