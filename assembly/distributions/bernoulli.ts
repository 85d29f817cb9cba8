import { gradient1, gradient2, map1, map2, partials } from "../elementwise";
import { sigmoid, softplus } from "../special/logistic";

/** Bernoulli(sigmoid(l)) of log-odds l, which may be infinite. */

/** 1 where the logistic noise e is above -l: compared, not added, so that nothing is rounded. */
function sample(e: f64, l: f64): f64 {
  return e > -l ? 1 : 0;
}

/** log p(x) = -softplus(-l) for x = 1, -softplus(l) for x = 0 */
function logProb(x: f64, l: f64): f64 {
  return x == 1 ? -softplus(-l) : x == 0 ? -softplus(l) : -Infinity;
}

function logProbGradient(x: f64, l: f64): void {
  partials(0, x == 1 ? sigmoid(-l) : x == 0 ? -sigmoid(l) : 0);
}

/** The same from p, whose gradient is not lost at 0 and 1, where the log-odds are infinite. */
function logProbOfProbs(x: f64, p: f64): f64 {
  return x == 1 ? Math.log(p) : x == 0 ? Math.log1p(-p) : -Infinity;
}

function logProbOfProbsGradient(x: f64, p: f64): void {
  partials(0, x == 1 ? 1 / p : x == 0 ? -1 / (1 - p) : 0);
}

/** -p log p - q log q with p = sigmoid(l), q = 1 - p */
function entropy(l: f64): f64 {
  const s = Math.abs(l);
  return softplus(-s) + (s < Infinity ? s * sigmoid(-s) : 0);
}

/** d/dl = -l p q */
function entropyGradient(l: f64): void {
  partials(Math.abs(l) < Infinity ? -l * sigmoid(l) * sigmoid(-l) : 0);
}

/** KL = p log(p / p') + q log(q / q'), p' and q' from the other log-odds m; a side of probability 0 adds nothing. */
function kl(l: f64, m: f64): f64 {
  return part(l, m) + part(-l, -m);
}

/** sigmoid(l) (log sigmoid(l) - log sigmoid(m)) */
function part(l: f64, m: f64): f64 {
  return l > -Infinity ? sigmoid(l) * (softplus(-m) - softplus(-l)) : 0;
}

/** d/dl = p q (l - m), d/dm = p' - p */
function klGradient(l: f64, m: f64): void {
  const pq = sigmoid(l) * sigmoid(-l);
  partials(pq > 0 ? pq * (l - m) : 0, sigmoid(m) - sigmoid(l));
}

/** 0 below 0, P(0) below 1, 1 from there on */
function cdf(x: f64, l: f64): f64 {
  return x < 0 ? 0 : x < 1 ? sigmoid(-l) : 1;
}

function cdfGradient(x: f64, l: f64): void {
  partials(0, x >= 0 && x < 1 ? -sigmoid(l) * sigmoid(-l) : 0);
}

/** 0 where p <= P(0), compared on the side where 1 - p or P(0) is exact. */
function icdfOf(p: f64, success: f64, failure: f64): f64 {
  if (!(p >= 0 && p <= 1)) return NaN;
  return (p <= 0.5 ? p <= failure : success <= 1 - p) ? 0 : 1;
}

function icdf(p: f64, l: f64): f64 {
  return icdfOf(p, sigmoid(l), sigmoid(-l));
}

function icdfOfProbs(p: f64, probs: f64): f64 {
  return icdfOf(p, probs, 1 - probs);
}

export function bernoulliIcdfForward(y: usize, p: usize, logits: usize, n: usize): void {
  map2(y, p, logits, n, icdf);
}

export function bernoulliIcdfOfProbsForward(y: usize, p: usize, probs: usize, n: usize): void {
  map2(y, p, probs, n, icdfOfProbs);
}

function cdfOfProbs(x: f64, p: f64): f64 {
  return x < 0 ? 0 : x < 1 ? 1 - p : 1;
}

function cdfOfProbsGradient(x: f64, p: f64): void {
  partials(0, x >= 0 && x < 1 ? -1 : 0);
}

export function bernoulliCdfForward(y: usize, x: usize, logits: usize, n: usize): void {
  map2(y, x, logits, n, cdf);
}

export function bernoulliCdfBackward(dx: usize, dlogits: usize, dy: usize, x: usize, logits: usize, n: usize): void {
  gradient2(dx, dlogits, dy, x, logits, n, cdfGradient);
}

export function bernoulliKlForward(y: usize, logits: usize, otherLogits: usize, n: usize): void {
  map2(y, logits, otherLogits, n, kl);
}

export function bernoulliKlBackward(
  dlogits: usize, dotherLogits: usize, dy: usize, logits: usize, otherLogits: usize, n: usize,
): void {
  gradient2(dlogits, dotherLogits, dy, logits, otherLogits, n, klGradient);
}

export function bernoulliSampleForward(y: usize, noise: usize, logits: usize, n: usize): void {
  map2(y, noise, logits, n, sample);
}

export function bernoulliLogProbForward(y: usize, x: usize, logits: usize, n: usize): void {
  map2(y, x, logits, n, logProb);
}

export function bernoulliLogProbBackward(dx: usize, dlogits: usize, dy: usize, x: usize, logits: usize, n: usize): void {
  gradient2(dx, dlogits, dy, x, logits, n, logProbGradient);
}

export function bernoulliEntropyForward(y: usize, logits: usize, n: usize): void {
  map1(y, logits, n, entropy);
}

export function bernoulliEntropyBackward(dlogits: usize, dy: usize, logits: usize, n: usize): void {
  gradient1(dlogits, dy, logits, n, entropyGradient);
}

export function bernoulliLogProbOfProbsForward(y: usize, x: usize, probs: usize, n: usize): void {
  map2(y, x, probs, n, logProbOfProbs);
}

export function bernoulliLogProbOfProbsBackward(
  dx: usize, dprobs: usize, dy: usize, x: usize, probs: usize, n: usize,
): void {
  gradient2(dx, dprobs, dy, x, probs, n, logProbOfProbsGradient);
}

export function bernoulliCdfOfProbsForward(y: usize, x: usize, probs: usize, n: usize): void {
  map2(y, x, probs, n, cdfOfProbs);
}

export function bernoulliCdfOfProbsBackward(dx: usize, dprobs: usize, dy: usize, x: usize, probs: usize, n: usize): void {
  gradient2(dx, dprobs, dy, x, probs, n, cdfOfProbsGradient);
}
