import { gradient2, gradient4, map2, map4, partials } from "../elementwise";
import {
  averageBend, averageBendE, averageSigmoid, averageSlope, averageSlopeE, averageSoftabs, averageTanh, averageTanhE,
} from "../special/logistic-average";

/**
 * Averages over the binary Concrete law, x = sigmoid((l + e) / t) of log-odds l, temperature t and logistic noise e: moments,
 * entropy and divergence, by the quadrature of logistic-average.ts.
 */

/** E x. By the identities of averageSigmoid, of l + t e where t < 1, of y itself elsewhere. */
function mean(l: f64, t: f64): f64 {
  return t < 1 ? averageSigmoid(l, t) : averageSigmoid(l / t, 1 / t);
}

let meanByLogit: f64;
let meanByTemperature: f64;

function setMeanGradient(l: f64, t: f64): void {
  if (t < 1) {
    meanByLogit = averageSlope(l, t);
    meanByTemperature = averageSlopeE(l, t);
  } else {
    meanByLogit = averageSlope(l / t, 1 / t) / t;
    const drift = meanByLogit > 0 ? l * meanByLogit : 0;
    meanByTemperature = -(drift + averageSlopeE(l / t, 1 / t) / t) / t;
  }
}

function meanGradient(l: f64, t: f64): void {
  setMeanGradient(l, t);
  partials(meanByLogit, meanByTemperature);
}

/** Var x = m (1 - m) - E x (1 - x), and E x (1 - x) = t dm/dl */
function variance(l: f64, t: f64): f64 {
  const m = mean(l, t);
  return Math.max(m * (1 - m) - (t < 1 ? t * averageSlope(l, t) : averageSlope(l / t, 1 / t)), 0);
}

function varianceGradient(l: f64, t: f64): void {
  setMeanGradient(l, t);
  const side = 1 - 2 * mean(l, t);
  if (t < 1) {
    partials(
      side * meanByLogit - t * averageBend(l, t),
      side * meanByTemperature - meanByLogit - t * averageBendE(l, t),
    );
  } else {
    const b = l / t;
    const byB = averageBend(b, 1 / t);
    const drift = byB != 0 ? b * byB : 0;
    partials(side * meanByLogit - byB / t, side * meanByTemperature + (drift + averageBendE(b, 1 / t) / t) / t);
  }
}

/** The entropy of x: 2 - log t, that of y, plus E log dx/dy = -E softabs(y). Infinite odds leave nothing random: 0. */
function entropy(l: f64, t: f64): f64 {
  if (Math.abs(l) == Infinity) return 0;
  return 2 - Math.log(t) - (t < 1 ? averageSoftabs(l, t) / t : averageSoftabs(l / t, 1 / t));
}

function entropyGradient(l: f64, t: f64): void {
  if (Math.abs(l) == Infinity) return partials(0, 0);
  if (t < 1) partials(-averageTanh(l, t) / t, (averageSoftabs(l, t) / t - 1 - averageTanhE(l, t)) / t);
  else {
    const byB = averageTanh(l / t, 1 / t);
    partials(-byB / t, ((l * byB + averageTanhE(l / t, 1 / t)) / t - 1) / t);
  }
}

/**
 * KL(p || q) = -log r - 2 + E softabs(b + r e) with r = t' / t, b = l' - r l; for r = 1 it is b coth(b / 2) - 2.
 * Of y as of x: both densities change by the same factor. With infinite odds a law is a point.
 */
function kl(l: f64, t: f64, otherL: f64, otherT: f64): f64 {
  if (isPoint(l, otherL)) return l == otherL ? 0 : Infinity;
  const r = otherT / t;
  const b = otherL - r * l;
  return Math.max((r <= 1 ? averageSoftabs(b, r) : r * averageSoftabs(b / r, 1 / r)) - 2 - Math.log(r), 0);
}

@inline
function isPoint(l: f64, otherL: f64): bool {
  return Math.max(Math.abs(l), Math.abs(otherL)) == Infinity;
}

function klGradient(l: f64, t: f64, otherL: f64, otherT: f64): void {
  if (isPoint(l, otherL)) return partials(0, 0, 0, 0);
  const r = otherT / t;
  const b = otherL - r * l;
  let byB: f64;
  let byR: f64;
  if (r <= 1) {
    byB = averageTanh(b, r);
    byR = averageTanhE(b, r);
  } else {
    byB = averageTanh(b / r, 1 / r);
    byR = averageSoftabs(b / r, 1 / r) - (b * byB + averageTanhE(b / r, 1 / r)) / r;
  }
  const total = byR - 1 / r - l * byB;
  partials(-r * byB, (-total * r) / t, byB, total / t);
}

export function relaxedBernoulliMeanForward(y: usize, logits: usize, temperature: usize, n: usize): void {
  map2(y, logits, temperature, n, mean);
}

export function relaxedBernoulliMeanBackward(
  dlogits: usize, dtemperature: usize, dy: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient2(dlogits, dtemperature, dy, logits, temperature, n, meanGradient);
}

export function relaxedBernoulliVarianceForward(y: usize, logits: usize, temperature: usize, n: usize): void {
  map2(y, logits, temperature, n, variance);
}

export function relaxedBernoulliVarianceBackward(
  dlogits: usize, dtemperature: usize, dy: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient2(dlogits, dtemperature, dy, logits, temperature, n, varianceGradient);
}

export function relaxedBernoulliEntropyForward(y: usize, logits: usize, temperature: usize, n: usize): void {
  map2(y, logits, temperature, n, entropy);
}

export function relaxedBernoulliEntropyBackward(
  dlogits: usize, dtemperature: usize, dy: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient2(dlogits, dtemperature, dy, logits, temperature, n, entropyGradient);
}

export function relaxedBernoulliKlForward(
  y: usize, logits: usize, temperature: usize, otherLogits: usize, otherTemperature: usize, n: usize,
): void {
  map4(y, logits, temperature, otherLogits, otherTemperature, n, kl);
}

export function relaxedBernoulliKlBackward(
  dlogits: usize, dtemperature: usize, dotherLogits: usize, dotherTemperature: usize, dy: usize,
  logits: usize, temperature: usize, otherLogits: usize, otherTemperature: usize, n: usize,
): void {
  gradient4(
    dlogits, dtemperature, dotherLogits, dotherTemperature, dy, logits, temperature, otherLogits, otherTemperature, n,
    klGradient,
  );
}
