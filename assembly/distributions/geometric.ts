import { gradient1, gradient2, map1, map2, partials } from "../elementwise";
import { isCount } from "../special/counting";
import { sigmoid, softplus } from "../special/logistic";
import { over, times } from "../special/times";

/** Failures before the first success, of log-odds l > -Infinity for a success: p = sigmoid(l), q = 1 - p. */

const LARGEST: f64 = 3.4028234663852886e38;

/** floor(E / -log q), E standard exponential: P(k or more) = P(E >= -k log q) = q^k, both tails from E's. */
function sample(e: f64, l: f64): f64 {
  return Math.min(Math.floor(e / softplus(l)), LARGEST);
}

/** log p(x) = log p + x log q */
function logProb(x: f64, l: f64): f64 {
  return isCount(x) ? -softplus(-l) - times(x, softplus(l)) : -Infinity;
}

function logProbGradient(x: f64, l: f64): void {
  partials(0, isCount(x) ? sigmoid(-l) - x * sigmoid(l) : 0);
}

/** The same from p: its log-odds, rounded to f32, would lose digits where x is large. */
function logProbOfProbs(x: f64, p: f64): f64 {
  return isCount(x) ? Math.log(p) + times(x, Math.log1p(-p)) : -Infinity;
}

function logProbOfProbsGradient(x: f64, p: f64): void {
  partials(0, isCount(x) ? 1 / p - over(x, 1 - p) : 0);
}

/** 1 - q^(floor(x) + 1) */
function cdf(x: f64, l: f64): f64 {
  return x >= 0 ? -Math.expm1(-(Math.floor(x) + 1) * softplus(l)) : 0;
}

function cdfGradient(x: f64, l: f64): void {
  const n = Math.floor(x) + 1;
  partials(0, x >= 0 && x < Infinity ? n * Math.exp(-n * softplus(l)) * sigmoid(l) : 0);
}

/**
 * The least k with q^(k + 1) <= 1 - p: ceil(log(1 - p) / log q) - 1, from rate = -log q. The quotient is less by more than it
 * was rounded, so that a p that is P(X <= k) gives k.
 */
function icdfOf(p: f64, rate: f64): f64 {
  if (!(p >= 0)) return NaN;
  if (p == 0) return 0;
  if (p == 1) return rate < Infinity ? Infinity : 0;
  return Math.min(Math.max(Math.ceil((-Math.log1p(-p) / rate) * (1 - 1e-15)) - 1, 0), LARGEST);
}

function icdf(p: f64, l: f64): f64 {
  return icdfOf(p, softplus(l));
}

function icdfOfProbs(p: f64, probs: f64): f64 {
  return icdfOf(p, -Math.log1p(-probs));
}

/** q / p = exp(-l) */
function mean(l: f64): f64 {
  return Math.exp(-l);
}

function meanGradient(l: f64): void {
  partials(-Math.exp(-l));
}

/** q / p² = e (1 + e), e = exp(-l) */
function variance(l: f64): f64 {
  const e = Math.exp(-l);
  return e * (1 + e);
}

function varianceGradient(l: f64): void {
  const e = Math.exp(-l);
  partials(-e * (1 + 2 * e));
}

function cdfOfProbs(x: f64, p: f64): f64 {
  return x >= 0 ? -Math.expm1((Math.floor(x) + 1) * Math.log1p(-p)) : 0;
}

/** n q^(n - 1), n = floor(x) + 1 */
function cdfOfProbsGradient(x: f64, p: f64): void {
  const n = Math.floor(x) + 1;
  partials(0, x >= 0 && x < Infinity ? n * Math.exp(times(n - 1, Math.log1p(-p))) : 0);
}

function meanOfProbs(p: f64): f64 {
  return (1 - p) / p;
}

function meanOfProbsGradient(p: f64): void {
  partials(-1 / (p * p));
}

function varianceOfProbs(p: f64): f64 {
  return (1 - p) / (p * p);
}

function varianceOfProbsGradient(p: f64): void {
  partials((p - 2) / (p * p * p));
}

/** -(q / p) log q: between 0 (p = 1) and 1 (p = 0) */
function scaled(l: f64): f64 {
  return l < -40 ? 1 : l > 800 ? 0 : Math.exp(-l) * softplus(l);
}

/** -log p - (q / p) log q */
function entropy(l: f64): f64 {
  return softplus(-l) + scaled(l);
}

function entropyGradient(l: f64): void {
  partials(-scaled(l));
}

/** log p - log p' + (q / p) (log q - log q'), p' and q' from the other log-odds m. */
function kl(l: f64, m: f64): f64 {
  return softplus(-m) - softplus(-l) + rest(l, m);
}

function rest(l: f64, m: f64): f64 {
  const e = Math.exp(-l);
  return e > 0 ? e * (softplus(m) - softplus(l)) : 0;
}

/** d/dl = -(q / p) (log q - log q'), d/dm = (q / p) p' - q' */
function klGradient(l: f64, m: f64): void {
  partials(-rest(l, m), Math.exp(-l) * sigmoid(m) - sigmoid(-m));
}

export function geometricSampleForward(y: usize, noise: usize, logits: usize, n: usize): void {
  map2(y, noise, logits, n, sample);
}

export function geometricLogProbForward(y: usize, x: usize, logits: usize, n: usize): void {
  map2(y, x, logits, n, logProb);
}

export function geometricLogProbBackward(dx: usize, dlogits: usize, dy: usize, x: usize, logits: usize, n: usize): void {
  gradient2(dx, dlogits, dy, x, logits, n, logProbGradient);
}

export function geometricLogProbOfProbsForward(y: usize, x: usize, probs: usize, n: usize): void {
  map2(y, x, probs, n, logProbOfProbs);
}

export function geometricLogProbOfProbsBackward(
  dx: usize, dprobs: usize, dy: usize, x: usize, probs: usize, n: usize,
): void {
  gradient2(dx, dprobs, dy, x, probs, n, logProbOfProbsGradient);
}

export function geometricCdfForward(y: usize, x: usize, logits: usize, n: usize): void {
  map2(y, x, logits, n, cdf);
}

export function geometricCdfBackward(dx: usize, dlogits: usize, dy: usize, x: usize, logits: usize, n: usize): void {
  gradient2(dx, dlogits, dy, x, logits, n, cdfGradient);
}

export function geometricIcdfForward(y: usize, p: usize, logits: usize, n: usize): void {
  map2(y, p, logits, n, icdf);
}

export function geometricIcdfOfProbsForward(y: usize, p: usize, probs: usize, n: usize): void {
  map2(y, p, probs, n, icdfOfProbs);
}

export function geometricMeanForward(y: usize, logits: usize, n: usize): void {
  map1(y, logits, n, mean);
}

export function geometricMeanBackward(dlogits: usize, dy: usize, logits: usize, n: usize): void {
  gradient1(dlogits, dy, logits, n, meanGradient);
}

export function geometricVarianceForward(y: usize, logits: usize, n: usize): void {
  map1(y, logits, n, variance);
}

export function geometricVarianceBackward(dlogits: usize, dy: usize, logits: usize, n: usize): void {
  gradient1(dlogits, dy, logits, n, varianceGradient);
}

export function geometricEntropyForward(y: usize, logits: usize, n: usize): void {
  map1(y, logits, n, entropy);
}

export function geometricEntropyBackward(dlogits: usize, dy: usize, logits: usize, n: usize): void {
  gradient1(dlogits, dy, logits, n, entropyGradient);
}

export function geometricKlForward(y: usize, logits: usize, otherLogits: usize, n: usize): void {
  map2(y, logits, otherLogits, n, kl);
}

export function geometricKlBackward(
  dlogits: usize, dotherLogits: usize, dy: usize, logits: usize, otherLogits: usize, n: usize,
): void {
  gradient2(dlogits, dotherLogits, dy, logits, otherLogits, n, klGradient);
}

export function geometricCdfOfProbsForward(y: usize, x: usize, probs: usize, n: usize): void {
  map2(y, x, probs, n, cdfOfProbs);
}

export function geometricCdfOfProbsBackward(dx: usize, dprobs: usize, dy: usize, x: usize, probs: usize, n: usize): void {
  gradient2(dx, dprobs, dy, x, probs, n, cdfOfProbsGradient);
}

export function geometricMeanOfProbsForward(y: usize, probs: usize, n: usize): void {
  map1(y, probs, n, meanOfProbs);
}

export function geometricMeanOfProbsBackward(dprobs: usize, dy: usize, probs: usize, n: usize): void {
  gradient1(dprobs, dy, probs, n, meanOfProbsGradient);
}

export function geometricVarianceOfProbsForward(y: usize, probs: usize, n: usize): void {
  map1(y, probs, n, varianceOfProbs);
}

export function geometricVarianceOfProbsBackward(dprobs: usize, dy: usize, probs: usize, n: usize): void {
  gradient1(dprobs, dy, probs, n, varianceOfProbsGradient);
}
