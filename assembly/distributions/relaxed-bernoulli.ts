import { gradient1, gradient3, map1, map3, partials } from "../elementwise";
import { logit, sigmoid } from "../special/logistic";
import { slope, softabs, tanhHalf } from "../special/logistic-average";

/**
 * The binary Concrete law: y = (l + e) / t of log-odds l, temperature t and logistic noise e, and x = sigmoid(y).
 * With u = l - t y: the density of y is t sigmoid'(u), that of x is t sigmoid'(u) / sigmoid'(y).
 * Source: Maddison, Mnih, Teh 2017, app. B and C.3.2.
 */

const MOST: f64 = 3.4028234663852886e38;
/** The ends of the values whose density is taken: smallest normal float32, largest below 1. */
const LEAST_VALUE: f64 = 1.1754943508222875e-38;
const MOST_VALUE: f64 = 0.9999999403953552;

/** (l + e) / t, kept finite; infinite for infinite e: the quantiles of 0 and 1. */
function relax(e: f64, l: f64, t: f64): f64 {
  return Math.abs(e) == Infinity ? e : Math.max(-MOST, Math.min((l + e) / t, MOST));
}

function relaxGradient(e: f64, l: f64, t: f64): void {
  partials(1 / t, 1 / t, -(l + e) / t / t);
}

/** sigmoid(y), kept inside of the open interval */
function squash(y: f64): f64 {
  return Math.max(LEAST_VALUE, Math.min(sigmoid(y), MOST_VALUE));
}

function squashGradient(y: f64): void {
  partials(slope(y));
}

function logitLogProb(y: f64, l: f64, t: f64): f64 {
  return Math.log(t) - softabs(l - t * y);
}

function logitLogProbGradient(y: f64, l: f64, t: f64): void {
  const s = tanhHalf(l - t * y);
  partials(t * s, -s, 1 / t + y * s);
}

/** The density of x = sigmoid(y), at y. */
function logProbAt(y: f64, l: f64, t: f64): f64 {
  return logitLogProb(y, l, t) + softabs(y);
}

function logProbAtGradient(y: f64, l: f64, t: f64): void {
  const s = tanhHalf(l - t * y);
  partials(t * s + tanhHalf(y), -s, 1 / t + y * s);
}

function logProb(x: f64, l: f64, t: f64): f64 {
  return x >= 0 && x <= 1 ? logProbAt(logit(inside(x)), l, t) : -Infinity;
}

function logProbGradient(x: f64, l: f64, t: f64): void {
  if (!(x >= 0 && x <= 1)) return partials(0, 0, 0);
  const at = inside(x);
  const y = logit(at);
  const s = tanhHalf(l - t * y);
  partials(at == x ? (t * s + tanhHalf(y)) / (x * (1 - x)) : 0, -s, 1 / t + y * s);
}

@inline
function inside(x: f64): f64 {
  return Math.max(LEAST_VALUE, Math.min(x, MOST_VALUE));
}

/** P(Y <= y) = sigmoid(t y - l) */
function cdf(y: f64, l: f64, t: f64): f64 {
  return sigmoid(t * y - l);
}

function cdfGradient(y: f64, l: f64, t: f64): void {
  const s = slope(t * y - l);
  partials(t * s, -s, s > 0 ? y * s : 0);
}

export function relaxLogitForward(y: usize, noise: usize, logits: usize, temperature: usize, n: usize): void {
  map3(y, noise, logits, temperature, n, relax);
}

export function relaxLogitBackward(
  dnoise: usize, dlogits: usize, dtemperature: usize, dy: usize, noise: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient3(dnoise, dlogits, dtemperature, dy, noise, logits, temperature, n, relaxGradient);
}

export function squashForward(y: usize, x: usize, n: usize): void {
  map1(y, x, n, squash);
}

export function squashBackward(dx: usize, dy: usize, x: usize, n: usize): void {
  gradient1(dx, dy, x, n, squashGradient);
}

export function logitRelaxedBernoulliLogProbForward(y: usize, x: usize, logits: usize, temperature: usize, n: usize): void {
  map3(y, x, logits, temperature, n, logitLogProb);
}

export function logitRelaxedBernoulliLogProbBackward(
  dx: usize, dlogits: usize, dtemperature: usize, dy: usize, x: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient3(dx, dlogits, dtemperature, dy, x, logits, temperature, n, logitLogProbGradient);
}

export function relaxedBernoulliLogProbAtForward(y: usize, x: usize, logits: usize, temperature: usize, n: usize): void {
  map3(y, x, logits, temperature, n, logProbAt);
}

export function relaxedBernoulliLogProbAtBackward(
  dx: usize, dlogits: usize, dtemperature: usize, dy: usize, x: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient3(dx, dlogits, dtemperature, dy, x, logits, temperature, n, logProbAtGradient);
}

export function relaxedBernoulliLogProbForward(y: usize, x: usize, logits: usize, temperature: usize, n: usize): void {
  map3(y, x, logits, temperature, n, logProb);
}

export function relaxedBernoulliLogProbBackward(
  dx: usize, dlogits: usize, dtemperature: usize, dy: usize, x: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient3(dx, dlogits, dtemperature, dy, x, logits, temperature, n, logProbGradient);
}

export function logitRelaxedBernoulliCdfForward(y: usize, x: usize, logits: usize, temperature: usize, n: usize): void {
  map3(y, x, logits, temperature, n, cdf);
}

export function logitRelaxedBernoulliCdfBackward(
  dx: usize, dlogits: usize, dtemperature: usize, dy: usize, x: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient3(dx, dlogits, dtemperature, dy, x, logits, temperature, n, cdfGradient);
}
