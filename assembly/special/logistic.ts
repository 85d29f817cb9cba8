/** The logistic function and what goes with it, in f64; each within 2 ulp where that is not 0 or infinite. */

/** 1 / (1 + exp(-x)) */
export function sigmoid(x: f64): f64 {
  const e = Math.exp(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

/** log(1 + exp(x)) */
export function softplus(x: f64): f64 {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** log(p / (1 - p)): -Infinity at 0, Infinity at 1 */
export function logit(p: f64): f64 {
  return p < 0.5 ? Math.log(p) - Math.log1p(-p) : Math.log(p / (1 - p));
}
