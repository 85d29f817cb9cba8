import { add, addInt, max, min, mul, mulAdd, nearest, residual, shiftLeft, shiftRight, splat, sub, subInt, word } from "./lanes";

export const LOG2_E: f64 = 1.4426950408889634;

// 2^f = 1 + f P(f) on |f| <= 0.5001, error 2^-28.3 (scripts/minimax.ts, a).
const P0: f32 = 0.6931472;
const P1: f32 = 0.24022648;
const P2: f32 = 0.0555036;
const P3: f32 = 0.009618506;
const P4: f32 = 0.0013390812;
const P5: f32 = 0.00015326498;

/**
 * exp(x) over the whole range: subnormal results are right, overflow gives Infinity, -Infinity gives exactly 0, NaN stays.
 * Max error: 1.25 ulp
 */
@inline
export function exp<V>(x: V): V {
  return expScaled<V>(x, 0, LOG2_E);
}

/**
 * 2^((x - shift) * scale): exp((x - shift) / tau) with scale = log2(e) / tau.
 * Identity: 2^z = 2^n 2^f with n = round(z), |f| <= 1/2.
 * n is found in f32; f in f64, because the f32 rounding of (x - shift) / tau alone would cost 4e-6 relative where the
 * result is 1e-30. |z| > 200 is clamped: such results are 0 or Infinity. So is a scale beyond f32, which only
 * differences below 1e-36 could tell.
 * Max error: 1.25 ulp (of the exact 2^z for the given f64 shift and scale)
 */
@inline
export function expScaled<V>(x: V, shift: f64, scale: f64): V {
  const scale32 = splat<V>(f32(Math.min(scale, f32.MAX_VALUE)));
  const z = min<V>(max<V>(mul<V>(sub<V>(x, splat<V>(f32(shift))), scale32), splat<V>(-200)), splat<V>(200));
  const n = nearest<V>(z);
  const f = min<V>(max<V>(residual<V>(x, shift, scale, n), splat<V>(-1)), splat<V>(1));
  let p = mulAdd<V>(f, splat<V>(P5), splat<V>(P4));
  p = mulAdd<V>(f, p, splat<V>(P3));
  p = mulAdd<V>(f, p, splat<V>(P2));
  p = mulAdd<V>(f, p, splat<V>(P1));
  p = mulAdd<V>(f, p, splat<V>(P0));
  p = mulAdd<V>(f, p, splat<V>(1));
  return scaleByPowerOf2<V>(p, n);
}

/** x * 2^n for whole |n| <= 200, in two steps because 2^n itself may not be a normal float; one rounding at most. */
@inline
function scaleByPowerOf2<V>(x: V, n: V): V {
  const MAGIC: f32 = 12582912; // 1.5 * 2^23: adding it leaves n in the low bits
  const i = subInt<V>(add<V>(n, splat<V>(MAGIC)), word<V>(reinterpret<u32>(MAGIC)));
  const half = shiftRight<V>(i, 1);
  return mul<V>(mul<V>(x, powerOf2<V>(half)), powerOf2<V>(subInt<V>(i, half)));
}

@inline
function powerOf2<V>(i: V): V {
  return shiftLeft<V>(addInt<V>(i, word<V>(127)), 23);
}
