import { gradient2, gradient4, map2, map4, partials } from "../elementwise";
import { sigmoid, softplus } from "../special/logistic";
import { slope, softabs, tanhHalf } from "../special/logistic-average";
import { inPieces, inPiecesAround } from "../special/pieces";

/**
 * Entropy and divergence of hard concrete laws, x = min(max(low + (high - low) sigmoid(y), 0), 1), with respect to the
 * measure of hard-concrete.ts: with mass P(0), P(1) at the ends, and between, at u = t y - l, the density
 * f(y) = t sigmoid'(u) of y and f / (dx/dy) of x. The ends first < y < last of what lies between do not depend on l and t.
 *
 * H = -P(0) log P(0) - P(1) log P(1) + integral of f B, B = -log(f / (dx/dy)); as the whole is 1,
 * dH = -dP(0) log P(0) - dP(1) log P(1) + integral of df B. For the divergence, with R = log f - log g:
 * KL = P(0) log P(0)/Q(0) + P(1) log P(1)/Q(1) + integral of f R. Max error: 1e-13 of the largest term.
 *
 * Not from samples: log p jumps at the ends, so the pathwise gradient of its mean is not that of the entropy.
 */
const REACH: f64 = 40;

let l: f64;
let t: f64;
let otherL: f64;
let otherT: f64;
let first: f64;
let last: f64;
let logWidth: f64;
let value: f64;
let byL: f64;
let byT: f64;
let byOtherL: f64;
let byOtherT: f64;

function setEnds(low: f64, high: f64): void {
  first = Math.log(-low / high);
  last = Math.log((1 - low) / (high - 1));
  logWidth = Math.log(high - low);
}

/** Over the y where f is above exp(-REACH). */
@inline
function start(): f64 {
  return Math.max(first, Math.min((l - REACH) / t, last));
}

@inline
function end(): f64 {
  return Math.max(first, Math.min((l + REACH) / t, last));
}

/** What an end has: mass sigmoid(e), e = side (l - t y), side -1 of the lower one and 1 of the upper. */
function addMass(y: f64, side: f64): void {
  const e = side * (l - t * y);
  const mass = sigmoid(e);
  if (mass == 0) return;
  const log = -softplus(-e);
  const change = -side * slope(e) * log;
  value -= mass * log;
  byL += change;
  byT -= change * y;
}

function addEntropy(y: f64, w: f64): void {
  const u = t * y - l;
  const s = slope(u);
  const tanh = tanhHalf(u);
  const b = softabs(u) - Math.log(t) + logWidth - softabs(y);
  value += w * t * s * b;
  byL += w * t * s * tanh * b;
  byT += w * s * (1 - t * y * tanh) * b;
}

function setEntropy(logits: f64, temperature: f64): void {
  l = logits;
  t = temperature;
  value = byL = byT = 0;
  addMass(first, -1);
  addMass(last, 1);
  inPieces(addEntropy, start(), end(), 3 * Math.min(1, 1 / t));
}

function entropy(logits: f64, temperature: f64): f64 {
  setEntropy(logits, temperature);
  return value;
}

function entropyGradient(logits: f64, temperature: f64): void {
  setEntropy(logits, temperature);
  partials(byL, byT);
}

/** log of the ratio of the masses at an end, and its derivatives */
function addMassKl(y: f64, side: f64): void {
  const e = side * (l - t * y);
  const mass = sigmoid(e);
  if (mass == 0) return;
  const other = side * (otherL - otherT * y);
  const ratio = softplus(-other) - softplus(-e);
  const change = side * slope(e) * ratio;
  const pull = mass * side * sigmoid(-other);
  value += mass * ratio;
  byL += change;
  byT -= change * y;
  byOtherL -= pull;
  byOtherT += pull * y;
}

function addKl(y: f64, w: f64): void {
  const u = t * y - l;
  const v = otherT * y - otherL;
  const s = slope(u);
  const tanh = tanhHalf(u);
  const otherTanh = tanhHalf(v);
  const ratio = Math.log(t / otherT) - softabs(u) + softabs(v);
  value += w * t * s * ratio;
  byL += w * t * s * tanh * ratio;
  byT += w * s * (1 - t * y * tanh) * ratio;
  byOtherL -= w * t * s * otherTanh;
  byOtherT += w * t * s * (y * otherTanh - 1 / otherT);
}

function setKl(logits: f64, temperature: f64, otherLogits: f64, otherTemperature: f64): void {
  l = logits;
  t = temperature;
  otherL = otherLogits;
  otherT = otherTemperature;
  value = byL = byT = byOtherL = byOtherT = 0;
  addMassKl(first, -1);
  addMassKl(last, 1);
  inPiecesAround(addKl, start(), end(), otherL / otherT, REACH / otherT, 3 / t, 3 / otherT);
}

function kl(logits: f64, temperature: f64, otherLogits: f64, otherTemperature: f64): f64 {
  setKl(logits, temperature, otherLogits, otherTemperature);
  return Math.max(value, 0);
}

function klGradient(logits: f64, temperature: f64, otherLogits: f64, otherTemperature: f64): void {
  setKl(logits, temperature, otherLogits, otherTemperature);
  partials(byL, byT, byOtherL, byOtherT);
}

export function hardConcreteEntropyForward(
  y: usize, logits: usize, temperature: usize, n: usize, low: f64, high: f64,
): void {
  setEnds(low, high);
  map2(y, logits, temperature, n, entropy);
}

export function hardConcreteEntropyBackward(
  dlogits: usize, dtemperature: usize, dy: usize, logits: usize, temperature: usize, n: usize, low: f64, high: f64,
): void {
  setEnds(low, high);
  gradient2(dlogits, dtemperature, dy, logits, temperature, n, entropyGradient);
}

export function hardConcreteKlForward(
  y: usize, logits: usize, temperature: usize, otherLogits: usize, otherTemperature: usize, n: usize, low: f64, high: f64,
): void {
  setEnds(low, high);
  map4(y, logits, temperature, otherLogits, otherTemperature, n, kl);
}

export function hardConcreteKlBackward(
  dlogits: usize, dtemperature: usize, dotherLogits: usize, dotherTemperature: usize, dy: usize,
  logits: usize, temperature: usize, otherLogits: usize, otherTemperature: usize, n: usize, low: f64, high: f64,
): void {
  setEnds(low, high);
  gradient4(
    dlogits, dtemperature, dotherLogits, dotherTemperature, dy, logits, temperature, otherLogits, otherTemperature, n,
    klGradient,
  );
}
