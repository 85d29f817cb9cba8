import { absolute, add, choose, div, lessThan, mul, mulAdd, splat, sub, withSignOf } from "./lanes";
import { exp } from "./exp";

// tanh x = x + x^3 P(x^2) on |x| <= 0.625, error 2^-27.7 (scripts/minimax.ts, e).
const P0: f32 = -0.3333328;
const P1: f32 = 0.13331406;
const P2: f32 = -0.053736515;
const P3: f32 = 0.020628167;
const P4: f32 = -0.0056922967;

/**
 * tanh(x) over the whole range.
 * Identity: tanh x = sign(x) (1 - 2 / (exp(2 |x|) + 1)); near 0, where that cancels, the polynomial.
 * Max error: 1.5 ulp
 */
@inline
export function tanh<V>(x: V): V {
  const one = splat<V>(1);
  const a = absolute<V>(x);
  const u = mul<V>(x, x);
  let p = mulAdd<V>(u, splat<V>(P4), splat<V>(P3));
  p = mulAdd<V>(u, p, splat<V>(P2));
  p = mulAdd<V>(u, p, splat<V>(P1));
  p = mulAdd<V>(u, p, splat<V>(P0));
  const small = add<V>(x, mul<V>(x, mul<V>(u, p)));
  const large = sub<V>(one, div<V>(splat<V>(2), add<V>(exp<V>(add<V>(a, a)), one)));
  return choose<V>(small, withSignOf<V>(large, x), lessThan<V>(a, splat<V>(0.625)));
}
