import { gradient2, map2, partials } from "../elementwise";
import { sigmoid, softplus } from "../special/logistic";
import { averageSigmoid, averageSigmoidE, averageSoftplus, slope } from "../special/logistic-average";
import { inPiecesAround } from "../special/pieces";

/**
 * Mean and variance of log x of the binary Concrete law: log x = -softplus(-y), y = (l + e) / t, e logistic noise.
 * The mean by logistic-average.ts, at b = -l, r = t for t < 1 and at b = -l / t, r = 1 / t elsewhere; the variance in pieces
 * around y = 0, where softplus bends. With infinite odds log x is a constant, 0 or -Infinity, of variance 0.
 */
const REACH: f64 = 40;

function mean(l: f64, t: f64): f64 {
  return t < 1 ? -averageSoftplus(-l, t) / t : -averageSoftplus(-l / t, 1 / t);
}

function meanGradient(l: f64, t: f64): void {
  if (Math.abs(l) == Infinity) return partials(0, 0);
  if (t < 1) {
    partials(averageSigmoid(-l, t) / t, (averageSoftplus(-l, t) / t - averageSigmoidE(-l, t)) / t);
  } else {
    const s = averageSigmoid(-l / t, 1 / t);
    partials(s / t, (averageSigmoidE(-l / t, 1 / t) / t - (l * s) / t) / t);
  }
}

let logits: f64;
let temperature: f64;
let center: f64;
let value: f64;
let byLogit: f64;
let byTemperature: f64;

/** d log x / dy = sigmoid(-y), dy / dl = 1 / t, dy / dt = -y / t; what the mean adds is 0. */
function addVariance(y: f64, w: f64): void {
  const off = -softplus(-y) - center;
  const p = w * temperature * slope(temperature * y - logits);
  const pull = (2 * p * off * sigmoid(-y)) / temperature;
  value += p * off * off;
  byLogit += pull;
  byTemperature -= pull * y;
}

function setVariance(l: f64, t: f64): void {
  value = byLogit = byTemperature = 0;
  if (Math.abs(l) == Infinity) return;
  logits = l;
  temperature = t;
  center = mean(l, t);
  inPiecesAround(addVariance, (l - REACH) / t, (l + REACH) / t, 0, REACH, 3 / t, 3);
}

function variance(l: f64, t: f64): f64 {
  setVariance(l, t);
  return value;
}

function varianceGradient(l: f64, t: f64): void {
  setVariance(l, t);
  partials(byLogit, byTemperature);
}

export function relaxedBernoulliLogMeanForward(y: usize, logits: usize, temperature: usize, n: usize): void {
  map2(y, logits, temperature, n, mean);
}

export function relaxedBernoulliLogMeanBackward(
  dlogits: usize, dtemperature: usize, dy: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient2(dlogits, dtemperature, dy, logits, temperature, n, meanGradient);
}

export function relaxedBernoulliLogVarianceForward(y: usize, logits: usize, temperature: usize, n: usize): void {
  map2(y, logits, temperature, n, variance);
}

export function relaxedBernoulliLogVarianceBackward(
  dlogits: usize, dtemperature: usize, dy: usize, logits: usize, temperature: usize, n: usize,
): void {
  gradient2(dlogits, dtemperature, dy, logits, temperature, n, varianceGradient);
}
