import { LN2_HIGH, LN2_LOW, LOG2_E } from "./ln2";
import { add, addInt, max, min, mul, mulAdd, shiftLeft, shiftRight, splat, sub, subInt, word } from "./lanes";

// e^r = 1 + r + r^2 P(r) on |r| <= 0.3468, error 2^-28.2 (scripts/minimax.ts, a).
const P0: f32 = 0.49999994;
const P1: f32 = 0.16666521;
const P2: f32 = 0.041668266;
const P3: f32 = 0.008368675;
const P4: f32 = 0.001382061;

/** 1.5 * 2^23: a number of less than 2^22 plus this is rounded to a whole one, which stands in the low bits. */
export const MAGIC: f32 = 12582912;

/**
 * exp(x) over the whole range: subnormal results are right, overflow gives Infinity, -Infinity gives exactly 0, NaN stays.
 * Identity: e^x = 2^n e^r with n = round(x / ln 2), r = x - n ln 2.
 * Max error: 1 ulp
 */
@inline
export function exp<V>(x: V): V {
  const within = min<V>(max<V>(x, splat<V>(-104)), splat<V>(89)); // beyond are 0 and Infinity
  const shifted = mulAdd<V>(within, splat<V>(f32(LOG2_E)), splat<V>(MAGIC));
  const n = sub<V>(shifted, splat<V>(MAGIC));
  const r = sub<V>(sub<V>(within, mul<V>(n, splat<V>(LN2_HIGH))), mul<V>(n, splat<V>(LN2_LOW)));
  // In two steps, because 2^n itself may not be a normal float; one rounding at most.
  const i = subInt<V>(shifted, word<V>(reinterpret<u32>(MAGIC)));
  const half = shiftRight<V>(i, 1);
  return mul<V>(mul<V>(expSmall<V>(r), powerOf2<V>(half)), powerOf2<V>(subInt<V>(i, half)));
}

/** 1 + r + r^2 P(r), the small terms first. */
@inline
export function expSmall<V>(r: V): V {
  let p = mulAdd<V>(r, splat<V>(P4), splat<V>(P3));
  p = mulAdd<V>(r, p, splat<V>(P2));
  p = mulAdd<V>(r, p, splat<V>(P1));
  p = mulAdd<V>(r, p, splat<V>(P0));
  return add<V>(add<V>(mul<V>(mul<V>(r, r), p), r), splat<V>(1));
}

@inline
function powerOf2<V>(i: V): V {
  return shiftLeft<V>(addInt<V>(i, word<V>(127)), 23);
}
