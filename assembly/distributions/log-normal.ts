import { gradient2, gradient3, map2, map3, partials } from "../elementwise";
import { LN_SQRT_2PI } from "../special/gamma";
import { insidePositive } from "../special/inside";
import { normalCdf, normalQuantile } from "../special/normal";

/** LogNormal(loc, scale): exp of a normal number, z = (log x - loc) / scale. */

/** log p(x) = -z² / 2 - log scale - log √(2π) - log x */
function logProb(x: f64, loc: f64, scale: f64): f64 {
  if (!(x > 0)) return -Infinity;
  const log = Math.log(x);
  const z = (log - loc) / scale;
  return -0.5 * z * z - Math.log(scale) - LN_SQRT_2PI - log;
}

function logProbGradient(x: f64, loc: f64, scale: f64): void {
  if (!(x > 0)) return partials(0);
  const z = (Math.log(x) - loc) / scale;
  partials(-(z / scale + 1) / x, z / scale, (z * z - 1) / scale);
}

function cdf(x: f64, loc: f64, scale: f64): f64 {
  return x > 0 ? normalCdf((Math.log(x) - loc) / scale) : 0;
}

function cdfGradient(x: f64, loc: f64, scale: f64): void {
  const z = (Math.log(x) - loc) / scale;
  const p = x > 0 ? Math.exp(-0.5 * z * z - LN_SQRT_2PI) / scale : 0;
  if (p == 0) partials(0);
  else partials(p / x, -p, -z * p);
}

/** exp(loc + scale Q(p)), Q the quantile of the standard normal */
function icdf(p: f64, loc: f64, scale: f64): f64 {
  return Math.exp(loc + scale * normalQuantile(p));
}

function icdfGradient(p: f64, loc: f64, scale: f64): void {
  const z = normalQuantile(p);
  const x = Math.exp(loc + scale * z);
  partials(x * scale * Math.exp(0.5 * z * z + LN_SQRT_2PI), x, x > 0 ? x * z : 0);
}

/** exp(loc + scale e) of a standard normal e */
function draw(e: f64, loc: f64, scale: f64): f64 {
  return insidePositive(Math.exp(loc + scale * e));
}

function drawGradient(e: f64, loc: f64, scale: f64): void {
  const x = draw(e, loc, scale);
  partials(x * scale, x, x * e);
}

/** exp(loc + c scale²): the mean for c = 1/2, the mode for -1 */
function moment(c: f64, loc: f64, scale: f64): f64 {
  return Math.exp(loc + c * scale * scale);
}

function momentGradient(c: f64, loc: f64, scale: f64): void {
  const m = moment(c, loc, scale);
  partials(m * scale * scale, m, 2 * c * scale * m);
}

/** (exp scale² - 1) exp(2 loc + scale²) */
function variance(loc: f64, scale: f64): f64 {
  return Math.expm1(scale * scale) * Math.exp(2 * loc + scale * scale);
}

/** d/dscale = 2 scale (2 exp scale² - 1) exp(2 loc + scale²) */
function varianceGradient(loc: f64, scale: f64): void {
  const s = scale * scale;
  partials(2 * variance(loc, scale), 2 * scale * (2 * Math.exp(s) - 1) * Math.exp(2 * loc + s));
}

export function logNormalLogProbForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  map3(y, x, loc, scale, n, logProb);
}

export function logNormalLogProbBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient3(dx, dloc, dscale, dy, x, loc, scale, n, logProbGradient);
}

export function logNormalCdfForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  map3(y, x, loc, scale, n, cdf);
}

export function logNormalCdfBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient3(dx, dloc, dscale, dy, x, loc, scale, n, cdfGradient);
}

export function logNormalIcdfForward(y: usize, p: usize, loc: usize, scale: usize, n: usize): void {
  map3(y, p, loc, scale, n, icdf);
}

export function logNormalIcdfBackward(
  dp: usize, dloc: usize, dscale: usize, dy: usize, p: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient3(dp, dloc, dscale, dy, p, loc, scale, n, icdfGradient);
}

export function logNormalDrawForward(y: usize, noise: usize, loc: usize, scale: usize, n: usize): void {
  map3(y, noise, loc, scale, n, draw);
}

export function logNormalDrawBackward(
  dnoise: usize, dloc: usize, dscale: usize, dy: usize, noise: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient3(dnoise, dloc, dscale, dy, noise, loc, scale, n, drawGradient);
}

export function logNormalMomentForward(y: usize, c: usize, loc: usize, scale: usize, n: usize): void {
  map3(y, c, loc, scale, n, moment);
}

export function logNormalMomentBackward(
  dc: usize, dloc: usize, dscale: usize, dy: usize, c: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient3(dc, dloc, dscale, dy, c, loc, scale, n, momentGradient);
}

export function logNormalVarianceForward(y: usize, loc: usize, scale: usize, n: usize): void {
  map2(y, loc, scale, n, variance);
}

export function logNormalVarianceBackward(
  dloc: usize, dscale: usize, dy: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient2(dloc, dscale, dy, loc, scale, n, varianceGradient);
}
