import {
  logDensity, logDensityGradient, probability, probabilityGradient, quantile, quantileGradient,
} from "../location-scale";

/** Gumbel(loc, scale), z = (x - loc) / scale: the law of the largest. */

/** f(z) = -z - exp(-z) */
function logProb(z: f64): f64 {
  return z > -800 ? -z - Math.exp(-z) : -Infinity; // Infinity - Infinity
}

/** exp(-z) - 1 */
function slope(z: f64): f64 {
  return Math.expm1(-z);
}

/** exp(-exp(-z)) */
function cdf(z: f64): f64 {
  return Math.exp(-Math.exp(-z));
}

/** -log(-log p) */
function icdf(p: f64): f64 {
  return -Math.log(-Math.log(p));
}

export function gumbelLogProbForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  logDensity(y, x, loc, scale, n, logProb);
}

export function gumbelLogProbBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  logDensityGradient(dx, dloc, dscale, dy, x, loc, scale, n, slope);
}

export function gumbelCdfForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  probability(y, x, loc, scale, n, cdf);
}

export function gumbelCdfBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  probabilityGradient(dx, dloc, dscale, dy, x, loc, scale, n, logProb);
}

export function gumbelIcdfForward(y: usize, p: usize, loc: usize, scale: usize, n: usize): void {
  quantile(y, p, loc, scale, n, icdf);
}

export function gumbelIcdfBackward(
  dp: usize, dloc: usize, dscale: usize, dy: usize, p: usize, loc: usize, scale: usize, n: usize,
): void {
  quantileGradient(dp, dloc, dscale, dy, p, loc, scale, n, icdf, logProb);
}
