import { gradient2, map2, partials } from "../elementwise";

/** Exponential(rate), of mean 1 / rate. */

/** log p(x) = log rate - rate x, x >= 0 */
function logProb(x: f64, rate: f64): f64 {
  return x >= 0 ? Math.log(rate) - rate * x : -Infinity;
}

function logProbGradient(x: f64, rate: f64): void {
  if (x >= 0) partials(-rate, 1 / rate - x);
  else partials(0);
}

/** 1 - exp(-rate x) */
function cdf(x: f64, rate: f64): f64 {
  return x > 0 ? -Math.expm1(-rate * x) : 0;
}

function cdfGradient(x: f64, rate: f64): void {
  const tail = x >= 0 ? Math.exp(-rate * x) : 0;
  partials(rate * tail, tail > 0 ? x * tail : 0);
}

/** -log(1 - p) / rate */
function icdf(p: f64, rate: f64): f64 {
  return p >= 0 ? -Math.log1p(-p) / rate : NaN;
}

function icdfGradient(p: f64, rate: f64): void {
  partials(1 / ((1 - p) * rate), Math.log1p(-p) / (rate * rate));
}

export function exponentialLogProbForward(y: usize, x: usize, rate: usize, n: usize): void {
  map2(y, x, rate, n, logProb);
}

export function exponentialLogProbBackward(dx: usize, drate: usize, dy: usize, x: usize, rate: usize, n: usize): void {
  gradient2(dx, drate, dy, x, rate, n, logProbGradient);
}

export function exponentialCdfForward(y: usize, x: usize, rate: usize, n: usize): void {
  map2(y, x, rate, n, cdf);
}

export function exponentialCdfBackward(dx: usize, drate: usize, dy: usize, x: usize, rate: usize, n: usize): void {
  gradient2(dx, drate, dy, x, rate, n, cdfGradient);
}

export function exponentialIcdfForward(y: usize, p: usize, rate: usize, n: usize): void {
  map2(y, p, rate, n, icdf);
}

export function exponentialIcdfBackward(dp: usize, drate: usize, dy: usize, p: usize, rate: usize, n: usize): void {
  gradient2(dp, drate, dy, p, rate, n, icdfGradient);
}
