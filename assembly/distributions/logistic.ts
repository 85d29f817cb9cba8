import {
  logDensity, logDensityGradient, probability, probabilityGradient, quantile, quantileGradient,
} from "../location-scale";
import { logit, sigmoid } from "../special/logistic";

/** Logistic(loc, scale), z = (x - loc) / scale. */

/** f(z) = -|z| - 2 log(1 + exp(-|z|)) */
function logProb(z: f64): f64 {
  const s = Math.abs(z);
  return -s - 2 * Math.log1p(Math.exp(-s));
}

/** -tanh(z / 2) */
function slope(z: f64): f64 {
  return -Math.tanh(0.5 * z);
}

export function logisticLogProbForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  logDensity(y, x, loc, scale, n, logProb);
}

export function logisticLogProbBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  logDensityGradient(dx, dloc, dscale, dy, x, loc, scale, n, slope);
}

export function logisticCdfForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  probability(y, x, loc, scale, n, sigmoid);
}

export function logisticCdfBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  probabilityGradient(dx, dloc, dscale, dy, x, loc, scale, n, logProb);
}

export function logisticIcdfForward(y: usize, p: usize, loc: usize, scale: usize, n: usize): void {
  quantile(y, p, loc, scale, n, logit);
}

export function logisticIcdfBackward(
  dp: usize, dloc: usize, dscale: usize, dy: usize, p: usize, loc: usize, scale: usize, n: usize,
): void {
  quantileGradient(dp, dloc, dscale, dy, p, loc, scale, n, logit, logProb);
}
