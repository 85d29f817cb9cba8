import { gradient2, gradient3, map2, map3, partials } from "../elementwise";
import { Stream } from "../philox";
import { begin } from "../rejection";
import { countQuantile, nearQuantile } from "../special/count-quantile";
import { poissonVariate } from "../special/count-variates";
import { isCount } from "../special/counting";
import { digammaRatio, lbeta } from "../special/gamma";
import { logGammaVariate } from "../special/gamma-variate";
import { betaCdfGradientPair, betaCdfPair, betaLogKernel } from "../special/incomplete-beta";
import { sigmoid, softplus } from "../special/logistic";
import { entropy, entropyByLogits, entropyByShape, sumEntropy } from "../special/negative-binomial-entropy";
import { over, times } from "../special/times";

/** Successes of log-odds l < Infinity before r > 0 failures, r real: p = sigmoid(l), q = 1 - p. */

const LARGEST: f64 = 3.4028234663852886e38;

/** log of Γ(x + r) / (x! Γ(r)) = 1 / (x B(x, r)) */
function logWays(x: f64, r: f64): f64 {
  return x == 0 ? 0 : -Math.log(x) - lbeta(x, r);
}

/** From here on the terms of log p(x), as large as this each, lose digits, and p^x q^r / (x B(x, r)) is taken as a whole. */
const MANY: f64 = 1e6;

/** log p(x) = log ways + x log p + r log q */
function logProb(x: f64, r: f64, l: f64): f64 {
  if (!isCount(x)) return -Infinity;
  if (Math.min(x, r) > MANY && Math.abs(l) < 700) return betaLogKernel(sigmoid(l), sigmoid(-l), x, r) - Math.log(x);
  return logWays(x, r) - times(x, softplus(-l)) - r * softplus(l);
}

/** d/dr = ψ(x + r) - ψ(r) + log q, d/dl = x q - r p */
function logProbGradient(x: f64, r: f64, l: f64): void {
  if (isCount(x)) partials(0, digammaRatio(r, x) - softplus(l), x * sigmoid(-l) - r * sigmoid(l));
  else partials(0);
}

/** The same from p: its log-odds, rounded to f32, would lose digits where x is large. */
function logProbOfProbs(x: f64, r: f64, p: f64): f64 {
  if (!isCount(x)) return -Infinity;
  if (Math.min(x, r) > MANY && p > 0) return betaLogKernel(p, 1 - p, x, r) - Math.log(x);
  return logWays(x, r) + times(x, Math.log(p)) + r * Math.log1p(-p);
}

function logProbOfProbsGradient(x: f64, r: f64, p: f64): void {
  if (isCount(x)) partials(0, digammaRatio(r, x) + Math.log1p(-p), over(x, p) - r / (1 - p));
  else partials(0);
}

/** I_q(r, k + 1) with k = floor(x), the regularized incomplete beta function */
function cdf(x: f64, r: f64, l: f64): f64 {
  return x == Infinity ? 1 : x >= 0 ? betaCdfPair(sigmoid(-l), sigmoid(l), r, Math.floor(x) + 1) : 0;
}

/** d/dl = -(r + k) p p(k) */
function cdfGradient(x: f64, r: f64, l: f64): void {
  const k = Math.floor(x);
  if (k >= 0 && k < Infinity)
    partials(
      0, betaCdfGradientPair(sigmoid(-l), sigmoid(l), r, k + 1), -(r + k) * sigmoid(l) * Math.exp(logProb(k, r, l)),
    );
  else partials(0);
}

function cdfOfProbs(x: f64, r: f64, p: f64): f64 {
  return x == Infinity ? 1 : x >= 0 ? betaCdfPair(1 - p, p, r, Math.floor(x) + 1) : 0;
}

/** d/dp = -(r + k) p(k) / q */
function cdfOfProbsGradient(x: f64, r: f64, p: f64): void {
  const k = Math.floor(x);
  if (k >= 0 && k < Infinity)
    partials(0, betaCdfGradientPair(1 - p, p, r, k + 1), (-(r + k) * Math.exp(logProbOfProbs(k, r, p))) / (1 - p));
  else partials(0);
}

/** I_p(k + 1, r) above */
function tail(k: f64, above: bool, r: f64, p: f64, q: f64): f64 {
  return above ? betaCdfPair(p, q, k + 1, r) : betaCdfPair(q, p, r, k + 1);
}

function icdfOf(y: f64, r: f64, p: f64, q: f64): f64 {
  const mean = (r * p) / q;
  return countQuantile(y, nearQuantile(y, mean, mean / q, (1 + p) / q), p > 0 ? Infinity : 0, tail, r, p, q);
}

function icdf(y: f64, r: f64, l: f64): f64 {
  return icdfOf(y, r, sigmoid(l), sigmoid(-l));
}

function icdfOfProbs(y: f64, r: f64, p: f64): f64 {
  return icdfOf(y, r, p, 1 - p);
}

/** r p / q = r exp(l) */
function mean(r: f64, l: f64): f64 {
  return r * Math.exp(l);
}

function meanGradient(r: f64, l: f64): void {
  const odds = Math.exp(l);
  partials(odds, r * odds);
}

/** r p / q² = r o (1 + o), o = exp(l) */
function variance(r: f64, l: f64): f64 {
  const odds = Math.exp(l);
  return r * odds * (1 + odds);
}

function varianceGradient(r: f64, l: f64): void {
  const odds = Math.exp(l);
  partials(odds * (1 + odds), r * odds * (1 + 2 * odds));
}

function meanOfProbs(r: f64, p: f64): f64 {
  return (r * p) / (1 - p);
}

function meanOfProbsGradient(r: f64, p: f64): void {
  const q = 1 - p;
  partials(p / q, r / (q * q));
}

function varianceOfProbs(r: f64, p: f64): f64 {
  const q = 1 - p;
  return (r * p) / (q * q);
}

function varianceOfProbsGradient(r: f64, p: f64): void {
  const q = 1 - p;
  partials(p / (q * q), (r * (1 + p)) / (q * q * q));
}

/** floor((r - 1) p / q), 0 for r <= 1 */
function mode(r: f64, l: f64): f64 {
  return Math.floor(Math.max(r - 1, 0) * Math.exp(l));
}

/** -Σ p log p */
function entropyOf(r: f64, l: f64): f64 {
  sumEntropy(r, l);
  return entropy;
}

function entropyGradient(r: f64, l: f64): void {
  sumEntropy(r, l);
  partials(entropyByShape, entropyByLogits);
}

/**
 * Poisson of the rate G exp(l), G standard gamma of shape r. trials (r), logits: f32[n]; element i has the numbers of element
 * (high, low) + i.
 */
export function negativeBinomialSample(
  y: usize, trials: usize, logits: usize, n: usize, k0: u32, k1: u32, low: u32, high: u32,
): void {
  let element = (u64(high) << 32) | u64(low);
  for (const end = y + (n << 2); y < end; y += 4, trials += 4, logits += 4) {
    begin(k0, k1, element++, Stream.COUNTS);
    const rate = Math.exp(logGammaVariate(f64(f32.load(trials))) + f64(f32.load(logits)));
    f32.store(y, f32(Math.min(poissonVariate(Math.min(rate, LARGEST)), LARGEST)));
  }
}

export function negativeBinomialLogProbForward(y: usize, x: usize, trials: usize, logits: usize, n: usize): void {
  map3(y, x, trials, logits, n, logProb);
}

export function negativeBinomialLogProbBackward(
  dx: usize, dtrials: usize, dlogits: usize, dy: usize, x: usize, trials: usize, logits: usize, n: usize,
): void {
  gradient3(dx, dtrials, dlogits, dy, x, trials, logits, n, logProbGradient);
}

export function negativeBinomialLogProbOfProbsForward(y: usize, x: usize, trials: usize, probs: usize, n: usize): void {
  map3(y, x, trials, probs, n, logProbOfProbs);
}

export function negativeBinomialLogProbOfProbsBackward(
  dx: usize, dtrials: usize, dprobs: usize, dy: usize, x: usize, trials: usize, probs: usize, n: usize,
): void {
  gradient3(dx, dtrials, dprobs, dy, x, trials, probs, n, logProbOfProbsGradient);
}

export function negativeBinomialCdfForward(y: usize, x: usize, trials: usize, logits: usize, n: usize): void {
  map3(y, x, trials, logits, n, cdf);
}

export function negativeBinomialCdfBackward(
  dx: usize, dtrials: usize, dlogits: usize, dy: usize, x: usize, trials: usize, logits: usize, n: usize,
): void {
  gradient3(dx, dtrials, dlogits, dy, x, trials, logits, n, cdfGradient);
}

export function negativeBinomialCdfOfProbsForward(y: usize, x: usize, trials: usize, probs: usize, n: usize): void {
  map3(y, x, trials, probs, n, cdfOfProbs);
}

export function negativeBinomialCdfOfProbsBackward(
  dx: usize, dtrials: usize, dprobs: usize, dy: usize, x: usize, trials: usize, probs: usize, n: usize,
): void {
  gradient3(dx, dtrials, dprobs, dy, x, trials, probs, n, cdfOfProbsGradient);
}

export function negativeBinomialIcdfForward(y: usize, p: usize, trials: usize, logits: usize, n: usize): void {
  map3(y, p, trials, logits, n, icdf);
}

export function negativeBinomialIcdfOfProbsForward(y: usize, p: usize, trials: usize, probs: usize, n: usize): void {
  map3(y, p, trials, probs, n, icdfOfProbs);
}

export function negativeBinomialMeanForward(y: usize, trials: usize, logits: usize, n: usize): void {
  map2(y, trials, logits, n, mean);
}

export function negativeBinomialMeanBackward(
  dtrials: usize, dlogits: usize, dy: usize, trials: usize, logits: usize, n: usize,
): void {
  gradient2(dtrials, dlogits, dy, trials, logits, n, meanGradient);
}

export function negativeBinomialVarianceForward(y: usize, trials: usize, logits: usize, n: usize): void {
  map2(y, trials, logits, n, variance);
}

export function negativeBinomialVarianceBackward(
  dtrials: usize, dlogits: usize, dy: usize, trials: usize, logits: usize, n: usize,
): void {
  gradient2(dtrials, dlogits, dy, trials, logits, n, varianceGradient);
}

export function negativeBinomialModeForward(y: usize, trials: usize, logits: usize, n: usize): void {
  map2(y, trials, logits, n, mode);
}

export function negativeBinomialEntropyForward(y: usize, trials: usize, logits: usize, n: usize): void {
  map2(y, trials, logits, n, entropyOf);
}

export function negativeBinomialEntropyBackward(
  dtrials: usize, dlogits: usize, dy: usize, trials: usize, logits: usize, n: usize,
): void {
  gradient2(dtrials, dlogits, dy, trials, logits, n, entropyGradient);
}

export function negativeBinomialMeanOfProbsForward(y: usize, trials: usize, probs: usize, n: usize): void {
  map2(y, trials, probs, n, meanOfProbs);
}

export function negativeBinomialMeanOfProbsBackward(
  dtrials: usize, dprobs: usize, dy: usize, trials: usize, probs: usize, n: usize,
): void {
  gradient2(dtrials, dprobs, dy, trials, probs, n, meanOfProbsGradient);
}

export function negativeBinomialVarianceOfProbsForward(y: usize, trials: usize, probs: usize, n: usize): void {
  map2(y, trials, probs, n, varianceOfProbs);
}

export function negativeBinomialVarianceOfProbsBackward(
  dtrials: usize, dprobs: usize, dy: usize, trials: usize, probs: usize, n: usize,
): void {
  gradient2(dtrials, dprobs, dy, trials, probs, n, varianceOfProbsGradient);
}
