import { gradient3, gradient4, map3, map4, partials } from "../elementwise";

/** Uniform(low, high), of width high - low. */

/** log p(x) = -log(high - low), -Infinity outside of [low, high] */
function logProb(x: f64, low: f64, high: f64): f64 {
  return x >= low && x <= high ? -Math.log(high - low) : -Infinity;
}

function logProbGradient(x: f64, low: f64, high: f64): void {
  const inside = x >= low && x <= high;
  const p = inside ? 1 / (high - low) : 0;
  partials(0, p, -p);
}

/** (x - low) / (high - low), within [0, 1] */
function cdf(x: f64, low: f64, high: f64): f64 {
  return Math.min(Math.max((x - low) / (high - low), 0), 1);
}

function cdfGradient(x: f64, low: f64, high: f64): void {
  const width = high - low;
  const p = x >= low && x <= high ? 1 / width : 0;
  partials(p, p > 0 ? (p * (x - high)) / width : 0, p > 0 ? (p * (low - x)) / width : 0);
}

/** low + (high - low) p, which also draws: from a uniform p */
function icdf(p: f64, low: f64, high: f64): f64 {
  return p >= 0 && p <= 1 ? low + (high - low) * p : NaN;
}

function icdfGradient(p: f64, low: f64, high: f64): void {
  partials(high - low, 1 - p, p);
}

/** KL(p || q) = log of the ratio of the widths, Infinity where p leaves q */
function kl(low: f64, high: f64, otherLow: f64, otherHigh: f64): f64 {
  return low >= otherLow && high <= otherHigh ? Math.log((otherHigh - otherLow) / (high - low)) : Infinity;
}

function klGradient(low: f64, high: f64, otherLow: f64, otherHigh: f64): void {
  if (!(low >= otherLow && high <= otherHigh)) return partials(0);
  const p = 1 / (high - low);
  const q = 1 / (otherHigh - otherLow);
  partials(p, -p, -q, q);
}

export function uniformLogProbForward(y: usize, x: usize, low: usize, high: usize, n: usize): void {
  map3(y, x, low, high, n, logProb);
}

export function uniformLogProbBackward(
  dx: usize, dlow: usize, dhigh: usize, dy: usize, x: usize, low: usize, high: usize, n: usize,
): void {
  gradient3(dx, dlow, dhigh, dy, x, low, high, n, logProbGradient);
}

export function uniformCdfForward(y: usize, x: usize, low: usize, high: usize, n: usize): void {
  map3(y, x, low, high, n, cdf);
}

export function uniformCdfBackward(
  dx: usize, dlow: usize, dhigh: usize, dy: usize, x: usize, low: usize, high: usize, n: usize,
): void {
  gradient3(dx, dlow, dhigh, dy, x, low, high, n, cdfGradient);
}

export function uniformIcdfForward(y: usize, p: usize, low: usize, high: usize, n: usize): void {
  map3(y, p, low, high, n, icdf);
}

export function uniformIcdfBackward(
  dp: usize, dlow: usize, dhigh: usize, dy: usize, p: usize, low: usize, high: usize, n: usize,
): void {
  gradient3(dp, dlow, dhigh, dy, p, low, high, n, icdfGradient);
}

export function uniformKlForward(y: usize, low: usize, high: usize, otherLow: usize, otherHigh: usize, n: usize): void {
  map4(y, low, high, otherLow, otherHigh, n, kl);
}

export function uniformKlBackward(
  dlow: usize, dhigh: usize, dotherLow: usize, dotherHigh: usize, dy: usize, low: usize, high: usize, otherLow: usize, otherHigh: usize, n: usize,
): void {
  gradient4(dlow, dhigh, dotherLow, dotherHigh, dy, low, high, otherLow, otherHigh, n, klGradient);
}
