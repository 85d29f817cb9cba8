import { gradient4, map4, partials } from "../elementwise";
import {
  logDensity, logDensityGradient, probability, probabilityGradient, quantile, quantileGradient,
} from "../location-scale";
import { LN_SQRT_2PI } from "../special/gamma";
import { normalCdf, normalQuantile } from "../special/normal";

/** Normal(loc, scale), z = (x - loc) / scale. */

/** f(z) = -z² / 2 - log √(2π) */
function logProb(z: f64): f64 {
  return -0.5 * z * z - LN_SQRT_2PI;
}

function slope(z: f64): f64 {
  return -z;
}

/** KL(p || q) = (v - 1 - log v + ((loc - otherLoc) / otherScale)²) / 2, v = (scale / otherScale)² */
function kl(loc: f64, scale: f64, otherLoc: f64, otherScale: f64): f64 {
  const r = scale / otherScale;
  const z = (loc - otherLoc) / otherScale;
  return 0.5 * ((r - 1) * (r + 1) + z * z) - Math.log(r);
}

function klGradient(loc: f64, scale: f64, otherLoc: f64, otherScale: f64): void {
  const r = scale / otherScale;
  const z = (loc - otherLoc) / otherScale;
  const pull = z / otherScale;
  partials(pull, r / otherScale - 1 / scale, -pull, (1 - r * r - z * z) / otherScale);
}

export function normalLogProbForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  logDensity(y, x, loc, scale, n, logProb);
}

export function normalLogProbBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  logDensityGradient(dx, dloc, dscale, dy, x, loc, scale, n, slope);
}

export function normalCdfForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  probability(y, x, loc, scale, n, normalCdf);
}

export function normalCdfBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  probabilityGradient(dx, dloc, dscale, dy, x, loc, scale, n, logProb);
}

export function normalIcdfForward(y: usize, p: usize, loc: usize, scale: usize, n: usize): void {
  quantile(y, p, loc, scale, n, normalQuantile);
}

export function normalIcdfBackward(
  dp: usize, dloc: usize, dscale: usize, dy: usize, p: usize, loc: usize, scale: usize, n: usize,
): void {
  quantileGradient(dp, dloc, dscale, dy, p, loc, scale, n, normalQuantile, logProb);
}

export function normalKlForward(y: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize): void {
  map4(y, loc, scale, otherLoc, otherScale, n, kl);
}

export function normalKlBackward(
  dloc: usize, dscale: usize, dotherLoc: usize, dotherScale: usize, dy: usize,
  loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  gradient4(dloc, dscale, dotherLoc, dotherScale, dy, loc, scale, otherLoc, otherScale, n, klGradient);
}
