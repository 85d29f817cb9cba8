import { gradient1, gradient2, gradient3, map1, map2, map3, partials } from "../elementwise";
import { digammaRatio, lgamma1p } from "../special/gamma";
import { insidePositive } from "../special/inside";

/** Weibull(scale, k = concentration): scale E^(1/k) of a standard exponential E; t = log(x / scale), w = exp(k t). */

const EULER: f64 = 0.5772156649015329;

/** log p(x) = log k - log x + k t - w */
function logProb(x: f64, scale: f64, k: f64): f64 {
  if (!(x > 0 && x < Infinity)) return -Infinity;
  const kt = k * Math.log(x / scale);
  return Math.log(k) - Math.log(x) + kt - Math.exp(kt);
}

/** d/dx = (k - 1 - k w) / x, d/dscale = k (w - 1) / scale, d/dk = 1/k + t - t w */
function logProbGradient(x: f64, scale: f64, k: f64): void {
  if (!(x > 0 && x < Infinity)) return partials(0);
  const t = Math.log(x / scale);
  const more = Math.expm1(k * t); // w - 1
  partials((-1 - k * more) / x, (k * more) / scale, 1 / k - t * more);
}

/** 1 - exp(-w) */
function cdf(x: f64, scale: f64, k: f64): f64 {
  return x > 0 ? -Math.expm1(-Math.exp(k * Math.log(x / scale))) : 0;
}

/** With c = w exp(-w): d/dx = k c / x, d/dscale = -k c / scale, d/dk = t c */
function cdfGradient(x: f64, scale: f64, k: f64): void {
  const t = Math.log(x / scale);
  const w = Math.exp(k * t);
  const c = x > 0 && w < 800 ? w * Math.exp(-w) : 0;
  if (c == 0) partials(0);
  else partials((k * c) / x, (-k * c) / scale, t * c);
}

/** scale E^(1/k) */
function power(e: f64, scale: f64, k: f64): f64 {
  return scale * Math.exp(Math.log(e) / k);
}

/** scale (-log(1 - p))^(1/k) */
function icdf(p: f64, scale: f64, k: f64): f64 {
  return power(-Math.log1p(-p), scale, k);
}

function icdfGradient(p: f64, scale: f64, k: f64): void {
  const e = -Math.log1p(-p);
  const r = power(e, 1, k);
  partials((scale * r) / (k * e * (1 - p)), r, r > 0 ? (-scale * r * Math.log(e)) / (k * k) : 0);
}

function draw(e: f64, scale: f64, k: f64): f64 {
  return insidePositive(power(e, scale, k));
}

function drawGradient(e: f64, scale: f64, k: f64): void {
  const x = draw(e, scale, k);
  partials(x / (k * e), x / scale, (-x * Math.log(e)) / (k * k));
}

/** scale Γ(1 + h), h = 1/k */
function mean(scale: f64, k: f64): f64 {
  return scale * Math.exp(lgamma1p(1 / k));
}

function meanGradient(scale: f64, k: f64): void {
  const h = 1 / k;
  const m = Math.exp(lgamma1p(h));
  partials(m, -scale * m * digamma1p(h) * h * h);
}

/** digamma(1 + h) */
function digamma1p(h: f64): f64 {
  return digammaRatio(1, h) - EULER;
}

/** log Γ(1 + 2h) - 2 log Γ(1 + h); where the terms cancel, its series ζ(2) h² - 2 ζ(3) h³ + ... Max error: 2e-11. */
function logRatio(h: f64): f64 {
  if (h < 1e-3)
    return h * h * (1.6449340668482264 + h * (-2.4041138063191886 + h * (3.788131318188483 - h * 6.221566530860423)));
  return lgamma1p(2 * h) - 2 * lgamma1p(h);
}

/** scale² (Γ(1 + 2h) - Γ(1 + h)²), h = 1/k */
function variance(scale: f64, k: f64): f64 {
  const m = mean(scale, k);
  return m * m * Math.expm1(logRatio(1 / k));
}

/** d/dh = 2 scale² (Γ(1 + 2h) digamma(1 + 2h) - Γ(1 + h)² digamma(1 + h)) */
function varianceGradient(scale: f64, k: f64): void {
  const h = 1 / k;
  const v = variance(1, k);
  const m = Math.exp(lgamma1p(h));
  const dh = 2 * (v * digamma1p(2 * h) + m * m * digammaRatio(1 + h, h));
  partials(2 * scale * v, -scale * scale * dh * h * h);
}

/** scale ((k - 1) / k)^(1/k) for k > 1, else 0 */
function mode(scale: f64, k: f64): f64 {
  return k > 1 ? power((k - 1) / k, scale, k) : 0;
}

/** d log mode / dk = (1 / (k - 1) - log((k - 1) / k)) / k² */
function modeGradient(scale: f64, k: f64): void {
  const m = mode(1, k);
  partials(m, m > 0 ? (scale * m * (1 / (k - 1) - Math.log((k - 1) / k))) / (k * k) : 0);
}

/** γ (1 - 1/k) + log(scale / k) + 1, less log scale */
function entropy(k: f64): f64 {
  return EULER * (1 - 1 / k) - Math.log(k) + 1;
}

function entropyGradient(k: f64): void {
  partials((EULER / k - 1) / k);
}

export function weibullLogProbForward(y: usize, x: usize, scale: usize, k: usize, n: usize): void {
  map3(y, x, scale, k, n, logProb);
}

export function weibullLogProbBackward(
  dx: usize, dscale: usize, dk: usize, dy: usize, x: usize, scale: usize, k: usize, n: usize,
): void {
  gradient3(dx, dscale, dk, dy, x, scale, k, n, logProbGradient);
}

export function weibullCdfForward(y: usize, x: usize, scale: usize, k: usize, n: usize): void {
  map3(y, x, scale, k, n, cdf);
}

export function weibullCdfBackward(
  dx: usize, dscale: usize, dk: usize, dy: usize, x: usize, scale: usize, k: usize, n: usize,
): void {
  gradient3(dx, dscale, dk, dy, x, scale, k, n, cdfGradient);
}

export function weibullIcdfForward(y: usize, p: usize, scale: usize, k: usize, n: usize): void {
  map3(y, p, scale, k, n, icdf);
}

export function weibullIcdfBackward(
  dp: usize, dscale: usize, dk: usize, dy: usize, p: usize, scale: usize, k: usize, n: usize,
): void {
  gradient3(dp, dscale, dk, dy, p, scale, k, n, icdfGradient);
}

export function weibullDrawForward(y: usize, noise: usize, scale: usize, k: usize, n: usize): void {
  map3(y, noise, scale, k, n, draw);
}

export function weibullDrawBackward(
  dnoise: usize, dscale: usize, dk: usize, dy: usize, noise: usize, scale: usize, k: usize, n: usize,
): void {
  gradient3(dnoise, dscale, dk, dy, noise, scale, k, n, drawGradient);
}

export function weibullMeanForward(y: usize, scale: usize, k: usize, n: usize): void {
  map2(y, scale, k, n, mean);
}

export function weibullMeanBackward(dscale: usize, dk: usize, dy: usize, scale: usize, k: usize, n: usize): void {
  gradient2(dscale, dk, dy, scale, k, n, meanGradient);
}

export function weibullVarianceForward(y: usize, scale: usize, k: usize, n: usize): void {
  map2(y, scale, k, n, variance);
}

export function weibullVarianceBackward(dscale: usize, dk: usize, dy: usize, scale: usize, k: usize, n: usize): void {
  gradient2(dscale, dk, dy, scale, k, n, varianceGradient);
}

export function weibullModeForward(y: usize, scale: usize, k: usize, n: usize): void {
  map2(y, scale, k, n, mode);
}

export function weibullModeBackward(dscale: usize, dk: usize, dy: usize, scale: usize, k: usize, n: usize): void {
  gradient2(dscale, dk, dy, scale, k, n, modeGradient);
}

export function weibullEntropyForward(y: usize, k: usize, n: usize): void {
  map1(y, k, n, entropy);
}

export function weibullEntropyBackward(dk: usize, dy: usize, k: usize, n: usize): void {
  gradient1(dk, dy, k, n, entropyGradient);
}
