import { exponential, normal, uniform } from "../rejection";
import { deviance } from "./deviance";

/**
 * Gamma variates of shape a and rate 1, from the numbers of the element that `begin` chose.
 *
 * G. Marsaglia, W. W. Tsang 2000, "A simple method for generating gamma variables": d v of v = (1 + c x)³, x standard
 * normal, d = a - 1/3, c = 1 / √(9 d), accepted where log u < x²/2 - d (v - 1 - log v); more than 95 % are, at a = 1,
 * and almost all at large a. Below 1: G(a) = G(a + 1) U^(1/a), whose logarithm, log G(a + 1) - E / a, has all its
 * digits where G(a) underflows. Range: any a > 0.
 */

/** a >= 1 */
function accepted(a: f64): f64 {
  const d = a - 1.0 / 3;
  const c = 1 / Math.sqrt(9 * d);
  while (true) {
    const x = normal();
    const t = c * x;
    if (t <= -1) continue;
    const root = 1 + t;
    const v = root * root * root;
    const u = uniform();
    const square = x * x;
    if (u < 1 - 0.0331 * square * square) return d * v;
    // v - 1 from t: the deviance is of its square, which would drown in the rounding of v when d is large.
    if (Math.log(u) < 0.5 * square - d * deviance(v, t * (3 + t * (3 + t)))) return d * v;
  }
}

/** Standard gamma of shape a: 0 where it underflows. */
export function gammaVariate(a: f64): f64 {
  return a < 1 ? Math.exp(logGammaVariate(a)) : accepted(a);
}

/** Its logarithm: the same variate for the same numbers, however small the shape. */
export function logGammaVariate(a: f64): f64 {
  return a < 1 ? Math.log(accepted(a + 1)) - exponential() / a : Math.log(accepted(a));
}
