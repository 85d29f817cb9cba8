import { map1 } from "../elementwise";
import {
  logDensity, logDensityGradient, probability, probabilityGradient, quantile, quantileGradient,
} from "../location-scale";
import { sigmoid } from "../special/logistic";

/** Cauchy(loc, scale), z = (x - loc) / scale. */

const PI: f64 = 3.141592653589793;
const LN_PI: f64 = 1.1447298858494002;

/** f(z) = -log(1 + z²) - log π */
function logProb(z: f64): f64 {
  return -Math.log1p(z * z) - LN_PI;
}

/** -2 z / (1 + z²) */
function slope(z: f64): f64 {
  return (-2 * z) / (1 + z * z);
}

/** The angle of (-z, 1) in half turns: 1/2 + atan(z) / π without the cancellation in the lower tail. */
function cdf(z: f64): f64 {
  return Math.atan2(1, -z) / PI;
}

/** -1 / tan(π p), by the nearer of 0, 1/2 and 1 */
function icdf(p: f64): f64 {
  if (Math.abs(p - 0.5) <= 0.25) return Math.tan(PI * (p - 0.5));
  return p < 0.5 ? -1 / Math.tan(PI * p) : 1 / Math.tan(PI * (1 - p));
}

/** icdf(sigmoid(l)) of logistic noise l, exact in both tails: at most 2^65 / π. */
function noise(l: f64): f64 {
  const z = icdf(sigmoid(-Math.abs(l)));
  return l < 0 ? z : -z;
}

export function cauchyNoiseForward(y: usize, logistic: usize, n: usize): void {
  map1(y, logistic, n, noise);
}

export function cauchyLogProbForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  logDensity(y, x, loc, scale, n, logProb);
}

export function cauchyLogProbBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  logDensityGradient(dx, dloc, dscale, dy, x, loc, scale, n, slope);
}

export function cauchyCdfForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  probability(y, x, loc, scale, n, cdf);
}

export function cauchyCdfBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  probabilityGradient(dx, dloc, dscale, dy, x, loc, scale, n, logProb);
}

export function cauchyIcdfForward(y: usize, p: usize, loc: usize, scale: usize, n: usize): void {
  quantile(y, p, loc, scale, n, icdf);
}

export function cauchyIcdfBackward(
  dp: usize, dloc: usize, dscale: usize, dy: usize, p: usize, loc: usize, scale: usize, n: usize,
): void {
  quantileGradient(dp, dloc, dscale, dy, p, loc, scale, n, icdf, logProb);
}
