import { gradient2, gradient4, map2, map4, partials } from "../elementwise";
import { Stream } from "../philox";
import { normal } from "../rejection";
import { elementOf, finite, replay3, sample3 } from "../sampling";
import { digammaRatio, lbeta, lgammaRatio, trigamma } from "../special/gamma";
import { logGammaVariate } from "../special/gamma-variate";
import { betaLogitQuantile, betaLogitSampleGradient, betaSurvivalPair, betaCdfPair } from "../special/incomplete-beta";

/**
 * StudentT(v, loc, scale), t = (x - loc) / scale. w = v / (v + t²) is Beta(v / 2, 1 / 2), and half of its cdf the
 * tail of t.
 */

const HALF_LOG_PI: f64 = 0.5723649429247001;
const LN2: f64 = 0.6931471805599453;

/** logit w of the variate, and its t: z / √(G / (v/2)), z standard normal, G standard gamma of shape v / 2 */
let logitW: f64;
let t: f64;

function draw(v: f64): void {
  const z = normal();
  const logG = logGammaVariate(0.5 * v);
  logitW = logG + LN2 - 2 * Math.log(Math.abs(z));
  t = finite(z * Math.exp(0.5 * (Math.log(0.5 * v) - logG)));
}

function sample(v: f64, loc: f64, scale: f64): f64 {
  draw(v);
  return finite(loc + scale * t);
}

function sampleGradient(v: f64, loc: f64, scale: f64): void {
  draw(v);
  partials(finite(scale * slope(t, logitW, v)), 1, t);
}

/** dt/dv at a fixed tail: from log t = (log v - logit w) / 2 and d logit w of the beta distribution. */
function slope(t: f64, logitW: f64, v: f64): f64 {
  return t == 0 ? 0 : 0.5 * t * (1 / v - 0.5 * betaLogitSampleGradient(logitW, 0.5 * v, 0.5));
}

/** log p = lgamma((v + 1) / 2) - lgamma(v / 2) - log(v π) / 2 - (v + 1) / 2 log(1 + t² / v), of t */
function logDensity(t: f64, v: f64): f64 {
  return lgammaRatio(0.5 * v, 0.5) - 0.5 * Math.log(v) - HALF_LOG_PI - 0.5 * (v + 1) * Math.log1p((t * t) / v);
}

function logProb(x: f64, v: f64, loc: f64, scale: f64): f64 {
  return Math.abs(x) < Infinity ? logDensity((x - loc) / scale, v) - Math.log(scale) : -Infinity;
}

function logProbGradient(x: f64, v: f64, loc: f64, scale: f64): void {
  if (!(Math.abs(x) < Infinity)) return partials(0);
  const t = (x - loc) / scale;
  const u = (t * t) / v;
  const pull = ((1 + 1 / v) * t) / (1 + u) / scale;
  partials(
    -pull,
    0.5 * (digammaRatio(0.5 * v, 0.5) - 1 / v - Math.log1p(u) + ((1 + 1 / v) * u) / (1 + u)),
    pull,
    (t * t - 1) / (1 + u) / scale,
  );
}

/** (v + 1) / 2 (psi((v + 1) / 2) - psi(v / 2)) + log √v + log B(v / 2, 1 / 2) + log scale */
function entropy(v: f64, scale: f64): f64 {
  return 0.5 * (v + 1) * digammaRatio(0.5 * v, 0.5) + 0.5 * Math.log(v) + lbeta(0.5 * v, 0.5) + Math.log(scale);
}

function entropyGradient(v: f64, scale: f64): void {
  partials(0.25 * (v + 1) * (trigamma(0.5 * (v + 1)) - trigamma(0.5 * v)) + 0.5 / v, 1 / scale);
}

/** loc where v > 1: without a mean below. */
function mean(v: f64, loc: f64): f64 {
  return v > 1 ? loc : NaN;
}

function meanGradient(v: f64, loc: f64): void {
  partials(0, v > 1 ? 1 : 0);
}

/** scale² v / (v - 2) where v > 2; infinite above 1, and without one below. */
function variance(v: f64, scale: f64): f64 {
  return v > 2 ? scale * scale * (v / (v - 2)) : v > 1 ? Infinity : NaN;
}

function varianceGradient(v: f64, scale: f64): void {
  if (!(v > 2)) return partials(0);
  const s = scale / (v - 2);
  partials(-2 * s * s, 2 * s * v);
}

/** The tail beyond |t|, w and 1 - w being v / (v + t²) and t² / (v + t²) */
function cdf(x: f64, v: f64, loc: f64, scale: f64): f64 {
  const t = (x - loc) / scale;
  if (Math.abs(t) == Infinity) return t > 0 ? 1 : 0;
  const n = v + t * t;
  const tail = 0.5 * betaCdfPair(v / n, (t * t) / n, 0.5 * v, 0.5);
  return t < 0 ? tail : 0.5 + 0.5 * betaSurvivalPair(v / n, (t * t) / n, 0.5 * v, 0.5);
}

/** p times (dx, -dx/dv at a fixed cdf, -1, -t) */
function cdfGradient(x: f64, v: f64, loc: f64, scale: f64): void {
  const t = (x - loc) / scale;
  if (!(Math.abs(t) < Infinity)) return partials(0);
  const density = Math.exp(logDensity(t, v));
  const logitW = Math.log(v) - 2 * Math.log(Math.abs(t));
  const p = density / scale;
  partials(p, t == 0 ? 0 : -density * slope(t, logitW, v), -p, -t * p);
}

/** logit w of the quantile: infinite at t = 0, p = 1/2. */
function logitOfQuantile(p: f64, v: f64): f64 {
  return betaLogitQuantile(2 * Math.min(p, 1 - p), 0.5 * v, 0.5);
}

function quantile(p: f64, v: f64, logitW: f64): f64 {
  const t = Math.sqrt(v) * Math.exp(-0.5 * logitW);
  return p < 0.5 ? -t : t;
}

function icdf(p: f64, v: f64, loc: f64, scale: f64): f64 {
  return loc + scale * quantile(p, v, logitOfQuantile(p, v));
}

function icdfGradient(p: f64, v: f64, loc: f64, scale: f64): void {
  if (!(p > 0 && p < 1)) return partials(Infinity, 0, 1, 0);
  const logitW = logitOfQuantile(p, v);
  const t = quantile(p, v, logitW);
  partials(scale * Math.exp(-logDensity(t, v)), scale * slope(t, logitW, v), 1, t);
}

export function studentTSample(
  y: usize, df: usize, loc: usize, scale: usize, n: usize, k0: u32, k1: u32, low: u32, high: u32,
): void {
  sample3(y, df, loc, scale, n, k0, k1, elementOf(low, high), Stream.GAMMAS, sample);
}

export function studentTSampleBackward(
  ddf: usize, dloc: usize, dscale: usize, dy: usize, y: usize, df: usize, loc: usize, scale: usize, n: usize,
  k0: u32, k1: u32, low: u32, high: u32,
): void {
  replay3(
    ddf, dloc, dscale, dy, df, loc, scale, n, k0, k1, elementOf(low, high), Stream.GAMMAS, sampleGradient,
  );
}

export function studentTLogProbForward(y: usize, x: usize, df: usize, loc: usize, scale: usize, n: usize): void {
  map4(y, x, df, loc, scale, n, logProb);
}

export function studentTLogProbBackward(
  dx: usize, ddf: usize, dloc: usize, dscale: usize, dy: usize, x: usize, df: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient4(dx, ddf, dloc, dscale, dy, x, df, loc, scale, n, logProbGradient);
}

export function studentTEntropyForward(y: usize, df: usize, scale: usize, n: usize): void {
  map2(y, df, scale, n, entropy);
}

export function studentTEntropyBackward(ddf: usize, dscale: usize, dy: usize, df: usize, scale: usize, n: usize): void {
  gradient2(ddf, dscale, dy, df, scale, n, entropyGradient);
}

export function studentTMeanForward(y: usize, df: usize, loc: usize, n: usize): void {
  map2(y, df, loc, n, mean);
}

export function studentTMeanBackward(ddf: usize, dloc: usize, dy: usize, df: usize, loc: usize, n: usize): void {
  gradient2(ddf, dloc, dy, df, loc, n, meanGradient);
}

export function studentTVarianceForward(y: usize, df: usize, scale: usize, n: usize): void {
  map2(y, df, scale, n, variance);
}

export function studentTVarianceBackward(
  ddf: usize, dscale: usize, dy: usize, df: usize, scale: usize, n: usize,
): void {
  gradient2(ddf, dscale, dy, df, scale, n, varianceGradient);
}

export function studentTCdfForward(y: usize, x: usize, df: usize, loc: usize, scale: usize, n: usize): void {
  map4(y, x, df, loc, scale, n, cdf);
}

export function studentTCdfBackward(
  dx: usize, ddf: usize, dloc: usize, dscale: usize, dy: usize, x: usize, df: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient4(dx, ddf, dloc, dscale, dy, x, df, loc, scale, n, cdfGradient);
}

export function studentTIcdfForward(y: usize, p: usize, df: usize, loc: usize, scale: usize, n: usize): void {
  map4(y, p, df, loc, scale, n, icdf);
}

export function studentTIcdfBackward(
  dp: usize, ddf: usize, dloc: usize, dscale: usize, dy: usize, p: usize, df: usize, loc: usize, scale: usize, n: usize,
): void {
  gradient4(dp, ddf, dloc, dscale, dy, p, df, loc, scale, n, icdfGradient);
}
