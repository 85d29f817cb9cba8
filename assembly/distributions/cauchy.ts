import { gradient4, map1, map4, partials } from "../elementwise";
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
  if (!(p >= 0 && p <= 1)) return NaN;
  if (Math.abs(p - 0.5) <= 0.25) return Math.tan(PI * (p - 0.5));
  return p < 0.5 ? -1 / Math.tan(PI * p) : 1 / Math.tan(PI * (1 - p));
}

/** icdf(sigmoid(l)) of logistic noise l, exact in both tails: at most 2^65 / π. */
function noise(l: f64): f64 {
  const z = icdf(sigmoid(-Math.abs(l)));
  return l < 0 ? z : -z;
}

/** KL(p || q) = log(1 + ((scale - otherScale)² + (loc - otherLoc)²) / (4 scale otherScale)) (F. Chyzak, F. Nielsen 2019) */
function kl(loc: f64, scale: f64, otherLoc: f64, otherScale: f64): f64 {
  const d = loc - otherLoc;
  const e = scale - otherScale;
  return Math.log1p((e * e + d * d) / (4 * scale * otherScale));
}

/** With a = (scale + otherScale)² + d²: d/dloc = 2 d / a, d/dscale = (scale² - otherScale² - d²) / (a scale) */
function klGradient(loc: f64, scale: f64, otherLoc: f64, otherScale: f64): void {
  const d = loc - otherLoc;
  const sum = scale + otherScale;
  const a = sum * sum + d * d;
  const b = (scale - otherScale) * sum;
  partials((2 * d) / a, (b - d * d) / (a * scale), (-2 * d) / a, (-b - d * d) / (a * otherScale));
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

export function cauchyKlForward(
  y: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  map4(y, loc, scale, otherLoc, otherScale, n, kl);
}

export function cauchyKlBackward(
  dloc: usize, dscale: usize, dotherLoc: usize, dotherScale: usize, dy: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  gradient4(dloc, dscale, dotherLoc, dotherScale, dy, loc, scale, otherLoc, otherScale, n, klGradient);
}
