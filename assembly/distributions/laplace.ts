import { map1 } from "../elementwise";
import {
  logDensity, logDensityGradient, probability, probabilityGradient, quantile, quantileGradient,
} from "../location-scale";

/** Laplace(loc, scale), z = (x - loc) / scale. */

const LN2: f64 = 0.6931471805599453;

/** f(z) = -|z| - log 2 */
function logProb(z: f64): f64 {
  return -Math.abs(z) - LN2;
}

/** -sign z, 0 at the peak */
function slope(z: f64): f64 {
  return z > 0 ? -1 : z < 0 ? 1 : 0;
}

/** exp(z) / 2 below 0, 1 - exp(-z) / 2 above */
function cdf(z: f64): f64 {
  const tail = 0.5 * Math.exp(-Math.abs(z));
  return z < 0 ? tail : 1 - tail;
}

/** log 2p below 1/2, -log 2(1 - p) above */
function icdf(p: f64): f64 {
  return p < 0.5 ? Math.log(2 * p) : -Math.log(2 * (1 - p));
}

/** icdf(sigmoid(l)) of logistic noise l, exact in both tails and at 0: sign(l) log((1 + exp |l|) / 2) */
function noise(l: f64): f64 {
  const s = Math.log1p(0.5 * Math.expm1(Math.abs(l)));
  return l < 0 ? -s : s;
}

export function laplaceNoiseForward(y: usize, logistic: usize, n: usize): void {
  map1(y, logistic, n, noise);
}

export function laplaceLogProbForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  logDensity(y, x, loc, scale, n, logProb);
}

export function laplaceLogProbBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  logDensityGradient(dx, dloc, dscale, dy, x, loc, scale, n, slope);
}

export function laplaceCdfForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  probability(y, x, loc, scale, n, cdf);
}

export function laplaceCdfBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  probabilityGradient(dx, dloc, dscale, dy, x, loc, scale, n, logProb);
}

export function laplaceIcdfForward(y: usize, p: usize, loc: usize, scale: usize, n: usize): void {
  quantile(y, p, loc, scale, n, icdf);
}

export function laplaceIcdfBackward(
  dp: usize, dloc: usize, dscale: usize, dy: usize, p: usize, loc: usize, scale: usize, n: usize,
): void {
  quantileGradient(dp, dloc, dscale, dy, p, loc, scale, n, icdf, logProb);
}
