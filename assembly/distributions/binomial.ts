import { gradient2, gradient3, map2, map3, partials } from "../elementwise";
import { Stream } from "../philox";
import { begin } from "../rejection";
import { countQuantile, nearQuantile } from "../special/count-quantile";
import { addEntropy, entropy, entropyOfMany, entropySlope, MANY } from "../special/count-search";
import { binomialVariate } from "../special/count-variates";
import { binomialLogProb, isCount } from "../special/counting";
import { lchoose } from "../special/gamma";
import { betaCdfPair } from "../special/incomplete-beta";
import { sigmoid } from "../special/logistic";
import { over, times } from "../special/times";

/** Successes in m trials of log-odds l, which may be infinite: p = sigmoid(l), q = 1 - p. Nothing has a gradient to m. */

@inline
function isOutcome(x: f64, m: f64): bool {
  return isCount(x) && x <= m;
}

/** log p(x) = log (m choose x) + x log p + (m - x) log q */
function logProb(x: f64, m: f64, l: f64): f64 {
  return isOutcome(x, m) ? binomialLogProb(x, m, l) : -Infinity;
}

/** d/dl = x - m p = x q - (m - x) p */
function logProbGradient(x: f64, m: f64, l: f64): void {
  partials(0, 0, isOutcome(x, m) ? x * sigmoid(-l) - (m - x) * sigmoid(l) : 0);
}

/** The same from p: its log-odds, rounded to f32, would lose digits where x is large. */
function logProbOfProbs(x: f64, m: f64, p: f64): f64 {
  return isOutcome(x, m) ? lchoose(m, x) + times(x, Math.log(p)) + times(m - x, Math.log1p(-p)) : -Infinity;
}

function logProbOfProbsGradient(x: f64, m: f64, p: f64): void {
  partials(0, 0, isOutcome(x, m) ? over(x, p) - over(m - x, 1 - p) : 0);
}

/** I_q(m - k, k + 1) with k = floor(x), the regularized incomplete beta function */
function cdfOf(x: f64, m: f64, p: f64, q: f64): f64 {
  const k = Math.floor(x);
  return k < 0 ? 0 : k >= m ? 1 : betaCdfPair(q, p, m - k, k + 1);
}

function cdf(x: f64, m: f64, l: f64): f64 {
  return cdfOf(x, m, sigmoid(l), sigmoid(-l));
}

/** d/dl = -(m - k) p p(k) */
function cdfGradient(x: f64, m: f64, l: f64): void {
  const k = Math.floor(x);
  partials(0, 0, k >= 0 && k < m ? (k - m) * sigmoid(l) * Math.exp(logProb(k, m, l)) : 0);
}

function cdfOfProbs(x: f64, m: f64, p: f64): f64 {
  return cdfOf(x, m, p, 1 - p);
}

/** d/dp = -(m - k) p(k) / q */
function cdfOfProbsGradient(x: f64, m: f64, p: f64): void {
  const k = Math.floor(x);
  partials(0, 0, k >= 0 && k < m ? (k - m) * over(Math.exp(logProbOfProbs(k, m, p)), 1 - p) : 0);
}

/** I_p(k + 1, m - k) above */
function tail(k: f64, above: bool, m: f64, p: f64, q: f64): f64 {
  return above ? betaCdfPair(p, q, k + 1, m - k) : betaCdfPair(q, p, m - k, k + 1);
}

function icdfOf(y: f64, m: f64, p: f64, q: f64): f64 {
  return countQuantile(y, nearQuantile(y, m * p, m * p * q, q - p), p > 0 ? m : 0, tail, m, p, q);
}

function icdf(y: f64, m: f64, l: f64): f64 {
  return icdfOf(y, m, sigmoid(l), sigmoid(-l));
}

function icdfOfProbs(y: f64, m: f64, p: f64): f64 {
  return icdfOf(y, m, p, 1 - p);
}

/** m p q */
function variance(m: f64, l: f64): f64 {
  return m * sigmoid(l) * sigmoid(-l);
}

function varianceGradient(m: f64, l: f64): void {
  const p = sigmoid(l);
  const q = sigmoid(-l);
  partials(0, m * p * q * (q - p));
}

function varianceOfProbs(m: f64, p: f64): f64 {
  return m * p * (1 - p);
}

function varianceOfProbsGradient(m: f64, p: f64): void {
  partials(0, m * (1 - 2 * p));
}

/** floor((m + 1) p) */
function mode(m: f64, l: f64): f64 {
  return Math.min(Math.floor((m + 1) * sigmoid(l)), m);
}

/** -Σ p log p, term by term, of the rarer side; NaN of what is not a number of trials. */
function entropyOf(m: f64, l: f64): f64 {
  if (!(m >= 0 && m < Infinity)) return NaN;
  const v = variance(m, l);
  const gap = sigmoid(-l) - sigmoid(l);
  if (v >= MANY) return entropyOfMany(v, gap * gap);
  const s = -Math.abs(l);
  const odds = Math.exp(s);
  const k = mode(m, s);
  addEntropy(k, binomialLogProb(k, m, s), m * sigmoid(s), m * odds, -odds);
  return entropy;
}

/** dp/dl = p (k - m p); the entropy is even in l. */
function entropyGradient(m: f64, l: f64): void {
  const v = variance(m, l);
  if (v >= MANY) return partials(0, (sigmoid(-l) - sigmoid(l)) * (0.5 + 1 / (12 * v)));
  if (!(entropyOf(m, l) >= 0)) return partials(0, NaN);
  partials(0, l > 0 ? -entropySlope : entropySlope);
}

/** KL = m times that of one trial, which may be infinite: 0 where there is none. */
function klGradient(m: f64, one: f64): void {
  partials(0, m);
}

export function binomialKlForward(y: usize, trials: usize, one: usize, n: usize): void {
  map2(y, trials, one, n, times);
}

export function binomialKlBackward(dtrials: usize, done: usize, dy: usize, trials: usize, one: usize, n: usize): void {
  gradient2(dtrials, done, dy, trials, one, n, klGradient);
}

/** y, trials, logits: f32[n]; element i has the numbers of element (high, low) + i. */
export function binomialSample(
  y: usize, trials: usize, logits: usize, n: usize, k0: u32, k1: u32, low: u32, high: u32,
): void {
  let element = (u64(high) << 32) | u64(low);
  for (const end = y + (n << 2); y < end; y += 4, trials += 4, logits += 4) {
    begin(k0, k1, element++, Stream.COUNTS);
    f32.store(y, f32(binomialVariate(f64(f32.load(trials)), f64(f32.load(logits)))));
  }
}

export function binomialLogProbForward(y: usize, x: usize, trials: usize, logits: usize, n: usize): void {
  map3(y, x, trials, logits, n, logProb);
}

export function binomialLogProbBackward(
  dx: usize, dtrials: usize, dlogits: usize, dy: usize, x: usize, trials: usize, logits: usize, n: usize,
): void {
  gradient3(dx, dtrials, dlogits, dy, x, trials, logits, n, logProbGradient);
}

export function binomialLogProbOfProbsForward(y: usize, x: usize, trials: usize, probs: usize, n: usize): void {
  map3(y, x, trials, probs, n, logProbOfProbs);
}

export function binomialLogProbOfProbsBackward(
  dx: usize, dtrials: usize, dprobs: usize, dy: usize, x: usize, trials: usize, probs: usize, n: usize,
): void {
  gradient3(dx, dtrials, dprobs, dy, x, trials, probs, n, logProbOfProbsGradient);
}

export function binomialCdfForward(y: usize, x: usize, trials: usize, logits: usize, n: usize): void {
  map3(y, x, trials, logits, n, cdf);
}

export function binomialCdfBackward(
  dx: usize, dtrials: usize, dlogits: usize, dy: usize, x: usize, trials: usize, logits: usize, n: usize,
): void {
  gradient3(dx, dtrials, dlogits, dy, x, trials, logits, n, cdfGradient);
}

export function binomialCdfOfProbsForward(y: usize, x: usize, trials: usize, probs: usize, n: usize): void {
  map3(y, x, trials, probs, n, cdfOfProbs);
}

export function binomialCdfOfProbsBackward(
  dx: usize, dtrials: usize, dprobs: usize, dy: usize, x: usize, trials: usize, probs: usize, n: usize,
): void {
  gradient3(dx, dtrials, dprobs, dy, x, trials, probs, n, cdfOfProbsGradient);
}

export function binomialIcdfForward(y: usize, p: usize, trials: usize, logits: usize, n: usize): void {
  map3(y, p, trials, logits, n, icdf);
}

export function binomialIcdfOfProbsForward(y: usize, p: usize, trials: usize, probs: usize, n: usize): void {
  map3(y, p, trials, probs, n, icdfOfProbs);
}

export function binomialVarianceForward(y: usize, trials: usize, logits: usize, n: usize): void {
  map2(y, trials, logits, n, variance);
}

export function binomialVarianceBackward(
  dtrials: usize, dlogits: usize, dy: usize, trials: usize, logits: usize, n: usize,
): void {
  gradient2(dtrials, dlogits, dy, trials, logits, n, varianceGradient);
}

export function binomialModeForward(y: usize, trials: usize, logits: usize, n: usize): void {
  map2(y, trials, logits, n, mode);
}

export function binomialEntropyForward(y: usize, trials: usize, logits: usize, n: usize): void {
  map2(y, trials, logits, n, entropyOf);
}

export function binomialEntropyBackward(
  dtrials: usize, dlogits: usize, dy: usize, trials: usize, logits: usize, n: usize,
): void {
  gradient2(dtrials, dlogits, dy, trials, logits, n, entropyGradient);
}

export function binomialVarianceOfProbsForward(y: usize, trials: usize, probs: usize, n: usize): void {
  map2(y, trials, probs, n, varianceOfProbs);
}

export function binomialVarianceOfProbsBackward(
  dtrials: usize, dprobs: usize, dy: usize, trials: usize, probs: usize, n: usize,
): void {
  gradient2(dtrials, dprobs, dy, trials, probs, n, varianceOfProbsGradient);
}
