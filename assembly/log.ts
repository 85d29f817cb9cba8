import {
  add, and, choose, div, equal, fromInt, lessThan, mul, mulAdd, shiftLeft, shiftRight, splat, sub, subInt, word,
} from "./lanes";

// log(1 + t) = t - t^2/2 + t^3 P(t) on |t| <= 1/3, error 2^-27.7 (scripts/minimax.ts, b).
const P0: f32 = 0.33333215;
const P1: f32 = -0.24999806;
const P2: f32 = 0.20010427;
const P3: f32 = -0.16680197;
const P4: f32 = 0.14005734;
const P5: f32 = -0.121874474;
const P6: f32 = 0.13984594;
const P7: f32 = -0.12880209;

// ln 2 = HIGH + LOW; HIGH has 10 significant bits, so n * HIGH is exact for |n| < 2^14.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -0.00021219444;

const TWO_THIRDS: u32 = 0x3f2aaaab; // bits of 2/3: mantissas are taken from [2/3, 4/3)
const MIN_NORMAL: f32 = 1.17549435e-38;

/**
 * log(x) for normal positive x; anything else gives a meaningless number.
 * Identity: x = 2^n (1 + t) with 2/3 <= 1 + t < 4/3;  log x = n ln 2 + log(1 + t).
 * Max error: 1 ulp
 */
@inline
export function logNormal<V>(x: V): V {
  return logScaled<V>(x, word<V>(0));
}

/**
 * log(x) over the whole range: subnormals are right, log(0) = -Infinity, log(Infinity) = Infinity, x < 0 and NaN give NaN.
 * Max error: 1 ulp
 */
@inline
export function log<V>(x: V): V {
  const zero = splat<V>(0);
  const infinity = splat<V>(Infinity);
  const tiny = lessThan<V>(x, splat<V>(MIN_NORMAL));
  const finite = logScaled<V>(choose<V>(mul<V>(x, splat<V>(8388608)), x, tiny), and<V>(tiny, word<V>(23)));
  const positive = lessThan<V>(zero, x);
  // Not positive: 0 / 0 for x < 0 and NaN, -Infinity for either zero.
  const invalid = choose<V>(splat<V>(-Infinity), splat<V>(NaN), equal<V>(x, zero));
  return choose<V>(choose<V>(infinity, finite, equal<V>(x, infinity)), invalid, positive);
}

/** log(x * 2^-shift) for normal positive x and an integer shift. */
@inline
function logScaled<V>(x: V, shift: V): V {
  const n = shiftRight<V>(subInt<V>(x, word<V>(TWO_THIRDS)), 23);
  const t = sub<V>(subInt<V>(x, shiftLeft<V>(n, 23)), splat<V>(1));
  return addLn2<V>(log1pSmall<V>(t), fromInt<V>(subInt<V>(n, shift)));
}

/** t - t^2/2 + t^3 P(t), the small terms first. */
@inline
function log1pSmall<V>(t: V): V {
  const u = mul<V>(t, t);
  let p = mulAdd<V>(t, splat<V>(P7), splat<V>(P6));
  p = mulAdd<V>(t, p, splat<V>(P5));
  p = mulAdd<V>(t, p, splat<V>(P4));
  p = mulAdd<V>(t, p, splat<V>(P3));
  p = mulAdd<V>(t, p, splat<V>(P2));
  p = mulAdd<V>(t, p, splat<V>(P1));
  p = mulAdd<V>(t, p, splat<V>(P0));
  return sub<V>(t, sub<V>(mul<V>(splat<V>(0.5), u), mul<V>(u, mul<V>(t, p))));
}

@inline
function addLn2<V>(y: V, n: V): V {
  return add<V>(mul<V>(n, splat<V>(LN2_HIGH)), add<V>(y, mul<V>(n, splat<V>(LN2_LOW))));
}

/**
 * log(1 + x) for 0 <= x <= 1.
 * Identity: with m = 1 + x rounded and c = x - (m - 1) its rounding error, log(1 + x) = log m + c / m.
 * Max error: 1.5 ulp
 */
@inline
export function log1p<V>(x: V): V {
  const one = splat<V>(1);
  const m = add<V>(one, x);
  const c = sub<V>(x, sub<V>(m, one));
  return add<V>(logNormal<V>(m), div<V>(c, m));
}
