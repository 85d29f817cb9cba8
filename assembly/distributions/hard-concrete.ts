import { gradient1, gradient2, gradient3, map1, map2, map3, partials } from "../elementwise";
import { sigmoid, softplus } from "../special/logistic";
import { slope, softabs, tanhHalf } from "../special/logistic-average";
import { COUNT, node, weight } from "../special/quadrature";

/**
 * Hard concrete: x = min(max(s(y), 0), 1), s(y) = low + (high - low) sigmoid(y), low < 0, high > 1, with y of the binary
 * Concrete law. With e = t y - l: P(Y <= y) = sigmoid(e).
 * Source: Louizos, Welling, Kingma 2018, eq. 10-12.
 */
let low: f64;
let high: f64;

/** The y that s takes to x: log((x - low) / (high - x)) */
function pull(x: f64): f64 {
  return Math.log((x - low) / (high - x));
}

function stretch(y: f64): f64 {
  return low + (high - low) * sigmoid(y);
}

function clamp(y: f64): f64 {
  return Math.max(0, Math.min(stretch(y), 1));
}

function clampGradient(y: f64): void {
  const s = stretch(y);
  partials(s > 0 && s < 1 ? (high - low) * slope(y) : 0);
}

function cdf(x: f64, l: f64, t: f64): f64 {
  return x < 0 ? 0 : x < 1 ? sigmoid(t * pull(x) - l) : 1;
}

function cdfGradient(x: f64, l: f64, t: f64): void {
  if (!(x >= 0 && x < 1)) return partials(0, 0, 0);
  const y = pull(x);
  const s = slope(t * y - l);
  partials(t * s * jacobian(x), -s, y * s);
}

/** dy/dx */
function jacobian(x: f64): f64 {
  return (high - low) / ((x - low) * (high - x));
}

/** The atoms: log P(0) = -softplus(l - t y(0)), log P(1) = -softplus(t y(1) - l). Between them a density. */
function logProb(x: f64, l: f64, t: f64): f64 {
  if (x == 0) return -softplus(l - t * pull(0));
  if (x == 1) return -softplus(t * pull(1) - l);
  if (!(x > 0 && x < 1)) return -Infinity;
  return Math.log(t * jacobian(x)) - softabs(t * pull(x) - l);
}

function logProbGradient(x: f64, l: f64, t: f64): void {
  if (!(x >= 0 && x <= 1)) return partials(0, 0, 0);
  const y = pull(x);
  const e = t * y - l;
  if (x == 0) return partials(0, -sigmoid(-e), y * sigmoid(-e));
  if (x == 1) return partials(0, sigmoid(e), -y * sigmoid(e));
  const s = tanhHalf(e);
  partials(1 / (high - x) - 1 / (x - low) - t * jacobian(x) * s, s, 1 / t - y * s);
}

/** Where sigmoid(e) is neither 0 nor 1. */
const REACH: f64 = 40;

/** Of E x and of E x^2: the value and its derivatives with respect to l and t. */
let value: f64;
let byLogit: f64;
let byTemperature: f64;

/**
 * E f(s(Y)) for f(x) = x, or x^2, by parts: f(s(b)) - integral of (f(s))'(y) P(Y <= y) over a..b, which ends where x is 0 or
 * 1 or P is. In pieces over which neither s nor P turns by more than their poles at +-pi i allow.
 */
function moment(l: f64, t: f64, squared: bool): void {
  const first = pull(0);
  const last = pull(1);
  const a = Math.max(first, Math.min((l - REACH) / t, last));
  const b = Math.max(first, Math.min((l + REACH) / t, last));
  const pieces = Math.ceil((b - a) / (3 * Math.min(1, 1 / t)));
  const width = (b - a) / pieces;
  const end = b == last ? 1 : stretch(b);
  value = squared ? end * end : end;
  byLogit = 0;
  byTemperature = 0;
  for (let piece: f64 = 0; piece < pieces; piece++)
    for (let i: usize = 0; i < COUNT; i++) {
      const y = a + width * (piece + node(i));
      let f = width * weight(i) * (high - low) * slope(y);
      if (squared) f *= 2 * stretch(y);
      const density = slope(t * y - l);
      value -= f * sigmoid(t * y - l);
      byLogit += f * density;
      byTemperature -= f * y * density;
    }
}

function mean(l: f64, t: f64): f64 {
  moment(l, t, false);
  return value;
}

function meanGradient(l: f64, t: f64): void {
  moment(l, t, false);
  partials(byLogit, byTemperature);
}

function variance(l: f64, t: f64): f64 {
  const m = mean(l, t);
  moment(l, t, true);
  return Math.max(value - m * m, 0);
}

function varianceGradient(l: f64, t: f64): void {
  moment(l, t, false);
  const m = value;
  const dl = byLogit;
  const dt = byTemperature;
  moment(l, t, true);
  partials(byLogit - 2 * m * dl, byTemperature - 2 * m * dt);
}

@inline
function setEnds(from: f64, to: f64): void {
  low = from;
  high = to;
}

export function hardConcreteClampForward(y: usize, x: usize, n: usize, from: f64, to: f64): void {
  setEnds(from, to);
  map1(y, x, n, clamp);
}

export function hardConcreteClampBackward(dx: usize, dy: usize, x: usize, n: usize, from: f64, to: f64): void {
  setEnds(from, to);
  gradient1(dx, dy, x, n, clampGradient);
}

export function hardConcreteCdfForward(
  y: usize, x: usize, logits: usize, temperature: usize, n: usize, from: f64, to: f64,
): void {
  setEnds(from, to);
  map3(y, x, logits, temperature, n, cdf);
}

export function hardConcreteCdfBackward(
  dx: usize, dlogits: usize, dtemperature: usize, dy: usize, x: usize, logits: usize, temperature: usize, n: usize,
  from: f64, to: f64,
): void {
  setEnds(from, to);
  gradient3(dx, dlogits, dtemperature, dy, x, logits, temperature, n, cdfGradient);
}

export function hardConcreteLogProbForward(
  y: usize, x: usize, logits: usize, temperature: usize, n: usize, from: f64, to: f64,
): void {
  setEnds(from, to);
  map3(y, x, logits, temperature, n, logProb);
}

export function hardConcreteLogProbBackward(
  dx: usize, dlogits: usize, dtemperature: usize, dy: usize, x: usize, logits: usize, temperature: usize, n: usize,
  from: f64, to: f64,
): void {
  setEnds(from, to);
  gradient3(dx, dlogits, dtemperature, dy, x, logits, temperature, n, logProbGradient);
}

export function hardConcreteMeanForward(
  y: usize, logits: usize, temperature: usize, n: usize, from: f64, to: f64,
): void {
  setEnds(from, to);
  map2(y, logits, temperature, n, mean);
}

export function hardConcreteMeanBackward(
  dlogits: usize, dtemperature: usize, dy: usize, logits: usize, temperature: usize, n: usize, from: f64, to: f64,
): void {
  setEnds(from, to);
  gradient2(dlogits, dtemperature, dy, logits, temperature, n, meanGradient);
}

export function hardConcreteVarianceForward(
  y: usize, logits: usize, temperature: usize, n: usize, from: f64, to: f64,
): void {
  setEnds(from, to);
  map2(y, logits, temperature, n, variance);
}

export function hardConcreteVarianceBackward(
  dlogits: usize, dtemperature: usize, dy: usize, logits: usize, temperature: usize, n: usize, from: f64, to: f64,
): void {
  setEnds(from, to);
  gradient2(dlogits, dtemperature, dy, logits, temperature, n, varianceGradient);
}
