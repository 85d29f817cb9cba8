import { gradient3, gradient4, map3, map4, partials } from "../elementwise";

/** Normal(loc, scale), z = (x - loc) / scale. */

const HALF_LOG_TWO_PI: f64 = 0.9189385332046728;

/** log p(x) = -z² / 2 - log scale - log √(2π) */
function logProb(x: f64, loc: f64, scale: f64): f64 {
  const z = (x - loc) / scale;
  return -0.5 * z * z - Math.log(scale) - HALF_LOG_TWO_PI;
}

function logProbGradient(x: f64, loc: f64, scale: f64): void {
  const z = (x - loc) / scale;
  partials(-z / scale, z / scale, (z * z - 1) / scale);
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
  const slope = z / otherScale;
  partials(slope, r / otherScale - 1 / scale, -slope, (1 - r * r - z * z) / otherScale);
}

export function normalLogProbForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  map3(y, x, loc, scale, n, logProb);
}

export function normalLogProbBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient3(dx, dloc, dscale, dy, x, loc, scale, n, logProbGradient);
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
