import { LN2_HIGH, LN2_LOW } from "./ln2";
import {
  add, addInt, and, choose, div, equal, fromInt, lessThan, mul, mulAdd, splat, sub, subInt, word,
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

const TWO_THIRDS: u32 = 0x3f2aaaab; // bits of 2/3: mantissas are taken from [2/3, 4/3)
const MIN_NORMAL: f32 = 1.17549435e-38;

/**
 * -log(x) for normal positive x; anything else gives a meaningless number.
 * Identity: x = 2^-n (1 + t) with 2/3 <= 1 + t < 4/3;  -log x = n ln 2 - log(1 + t).
 * Max error: 1 ulp
 */
@inline
export function minusLogNormal<V>(x: V): V {
  const n = minusExponent<V>(x);
  return addLn2<V>(minusLog1pSmall<V>(mantissa<V>(x, n)), n);
}

/**
 * log(x) for normal positive x; anything else gives a meaningless number.
 * Max error: 1 ulp
 */
@inline
export function logNormal<V>(x: V): V {
  return sub<V>(splat<V>(0), minusLogNormal<V>(x));
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
  const normal = choose<V>(mul<V>(x, splat<V>(8388608)), x, tiny); // times 2^23
  const n = minusExponent<V>(normal);
  const shifted = addInt<V>(n, and<V>(tiny, word<V>(23 << 23)));
  const finite = sub<V>(zero, addLn2<V>(minusLog1pSmall<V>(mantissa<V>(normal, n)), shifted));
  const positive = lessThan<V>(zero, x);
  // Not positive: 0 / 0 for x < 0 and NaN, -Infinity for either zero.
  const invalid = choose<V>(splat<V>(-Infinity), splat<V>(NaN), equal<V>(x, zero));
  return choose<V>(choose<V>(infinity, finite, equal<V>(x, infinity)), invalid, positive);
}

/** n of x = 2^-n (1 + t), in the place of an exponent: n 2^23. */
@inline
function minusExponent<V>(x: V): V {
  return and<V>(subInt<V>(word<V>(TWO_THIRDS + 0x7fffff), x), word<V>(0xff800000));
}

/** t of x = 2^-n (1 + t). */
@inline
function mantissa<V>(x: V, n: V): V {
  return sub<V>(addInt<V>(x, n), splat<V>(1));
}

/** -log(1 + t) = t^2/2 - t^3 P(t) - t, the small terms first; even and odd powers of P apart: half as long a chain. */
@inline
function minusLog1pSmall<V>(t: V): V {
  const u = mul<V>(t, t);
  let even = mulAdd<V>(u, splat<V>(P6), splat<V>(P4));
  even = mulAdd<V>(u, even, splat<V>(P2));
  even = mulAdd<V>(u, even, splat<V>(P0));
  let odd = mulAdd<V>(u, splat<V>(P7), splat<V>(P5));
  odd = mulAdd<V>(u, odd, splat<V>(P3));
  odd = mulAdd<V>(u, odd, splat<V>(P1));
  const p = mulAdd<V>(t, odd, even);
  return sub<V>(sub<V>(mul<V>(splat<V>(0.5), u), mul<V>(u, mul<V>(t, p))), t);
}

/** y + n ln 2, n in the place of an exponent. */
@inline
function addLn2<V>(y: V, n: V): V {
  const n23 = fromInt<V>(n);
  return add<V>(mul<V>(n23, splat<V>(LN2_HIGH / 8388608)), add<V>(y, mul<V>(n23, splat<V>(LN2_LOW / 8388608))));
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
