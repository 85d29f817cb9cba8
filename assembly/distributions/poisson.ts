import { gradient1, gradient2, map1, map2, partials } from "../elementwise";
import { Stream } from "../philox";
import { begin } from "../rejection";
import { poissonVariate } from "../special/count-variates";
import { countQuantile, nearQuantile } from "../special/count-quantile";
import { addEntropy, entropy, entropyOfMany, entropySlope, MANY } from "../special/count-search";
import { isCount, poissonLogProb } from "../special/counting";
import { deviance } from "../special/deviance";
import { gammaCdf, gammaSurvival } from "../special/incomplete-gamma";

/** Poisson(λ), λ >= 0. */

/** log p(x) = x log λ - λ - log x! */
function logProb(x: f64, rate: f64): f64 {
  return isCount(x) ? poissonLogProb(x, rate) : -Infinity;
}

/** d/dλ = x / λ - 1 */
function logProbGradient(x: f64, rate: f64): void {
  partials(0, isCount(x) ? (x == 0 ? -1 : (x - rate) / rate) : 0);
}

/** Q(floor(x) + 1, λ), the regularized incomplete gamma function */
function cdf(x: f64, rate: f64): f64 {
  return x == Infinity ? 1 : x >= 0 ? gammaSurvival(rate, Math.floor(x) + 1) : 0;
}

/** d/dλ = -p(floor(x)) */
function cdfGradient(x: f64, rate: f64): void {
  partials(0, x >= 0 && x < Infinity ? -Math.exp(poissonLogProb(Math.floor(x), rate)) : 0);
}

function tail(k: f64, above: bool, rate: f64, _b: f64, _c: f64): f64 {
  return above ? gammaCdf(rate, k + 1) : gammaSurvival(rate, k + 1);
}

function icdf(p: f64, rate: f64): f64 {
  return countQuantile(p, nearQuantile(p, rate, rate, 1), rate > 0 ? Infinity : 0, tail, rate, 0, 0);
}

function mode(rate: f64): f64 {
  return Math.floor(rate);
}

/** -Σ p log p, term by term; NaN of what is not a rate. */
function entropyOf(rate: f64): f64 {
  if (!(rate >= 0 && rate < Infinity)) return NaN;
  if (rate >= MANY) return entropyOfMany(rate, 1);
  const k = mode(rate);
  addEntropy(k, poissonLogProb(k, rate), rate, rate, 0);
  return entropy;
}

/** dp/dλ = p (k - λ) / λ */
function entropyGradient(rate: f64): void {
  if (!(rate >= 0 && rate < Infinity)) return partials(NaN);
  if (rate >= MANY) return partials((0.5 + 1 / (12 * rate)) / rate);
  entropyOf(rate);
  partials(rate > 0 ? entropySlope / rate : Infinity);
}

/** KL = λ log(λ / μ) + μ - λ = λ dev(μ / λ) */
function kl(rate: f64, other: f64): f64 {
  if (rate == 0) return other;
  return other == 0 ? Infinity : rate * deviance(other / rate, (other - rate) / rate);
}

function klGradient(rate: f64, other: f64): void {
  partials(Math.log(rate / other), (other - rate) / other);
}

/** y, rate: f32[n]; element i has the numbers of element (high, low) + i. */
export function poissonSample(y: usize, rate: usize, n: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  let element = (u64(high) << 32) | u64(low);
  for (const end = y + (n << 2); y < end; y += 4, rate += 4) {
    begin(k0, k1, element++, Stream.COUNTS);
    f32.store(y, f32(poissonVariate(f64(f32.load(rate)))));
  }
}

export function poissonModeForward(y: usize, rate: usize, n: usize): void {
  map1(y, rate, n, mode);
}

export function poissonLogProbForward(y: usize, x: usize, rate: usize, n: usize): void {
  map2(y, x, rate, n, logProb);
}

export function poissonLogProbBackward(dx: usize, drate: usize, dy: usize, x: usize, rate: usize, n: usize): void {
  gradient2(dx, drate, dy, x, rate, n, logProbGradient);
}

export function poissonCdfForward(y: usize, x: usize, rate: usize, n: usize): void {
  map2(y, x, rate, n, cdf);
}

export function poissonCdfBackward(dx: usize, drate: usize, dy: usize, x: usize, rate: usize, n: usize): void {
  gradient2(dx, drate, dy, x, rate, n, cdfGradient);
}

export function poissonIcdfForward(y: usize, p: usize, rate: usize, n: usize): void {
  map2(y, p, rate, n, icdf);
}

export function poissonEntropyForward(y: usize, rate: usize, n: usize): void {
  map1(y, rate, n, entropyOf);
}

export function poissonEntropyBackward(drate: usize, dy: usize, rate: usize, n: usize): void {
  gradient1(drate, dy, rate, n, entropyGradient);
}

export function poissonKlForward(y: usize, rate: usize, otherRate: usize, n: usize): void {
  map2(y, rate, otherRate, n, kl);
}

export function poissonKlBackward(
  drate: usize, dotherRate: usize, dy: usize, rate: usize, otherRate: usize, n: usize,
): void {
  gradient2(drate, dotherRate, dy, rate, otherRate, n, klGradient);
}
