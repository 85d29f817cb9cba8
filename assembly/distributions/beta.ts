import { gradient2, gradient3, map2, map3, partials } from "../elementwise";
import { Stream } from "../philox";
import { elementOf, replay2, sample2 } from "../sampling";
import { digammaRatio, LN_SQRT_2PI, logMinusDigamma, stirling, trigamma } from "../special/gamma";
import { logGammaVariate } from "../special/gamma-variate";
import {
  betaCdf, betaCdfGradientPair, betaLogitQuantile, betaLogitSampleGradient, betaLogKernel,
} from "../special/incomplete-beta";
import { insideUnit } from "../special/inside";
import { sigmoid } from "../special/logistic";

/** Beta(a, b), density ∝ x^(a - 1) (1 - x)^(b - 1). K(x; a, b) = x (1 - x) p(x), in logarithms betaLogKernel. */

/** logit x = log G(a) - log G(b): both ends of 0..1 have all their digits. */
function variate(a: f64, b: f64): f64 {
  const first = logGammaVariate(a);
  return first - logGammaVariate(b);
}

function sample(a: f64, b: f64): f64 {
  return insideUnit(sigmoid(variate(a, b)));
}

/** dx/da = -(∂I/∂a) / p of the cdf I, and dx/db in its mirror image, at the variate before it was rounded */
function sampleGradient(a: f64, b: f64): void {
  quantileGradient(variate(a, b), a, b);
}

function quantileGradient(t: f64, a: f64, b: f64): void {
  const rate = sigmoid(t) * sigmoid(-t); // dx / d logit x
  if (rate == 0) return partials(0);
  partials(rate * betaLogitSampleGradient(t, a, b), -rate * betaLogitSampleGradient(-t, b, a));
}

/** log p(x) = log K - log x - log(1 - x) */
function logProb(x: f64, a: f64, b: f64): f64 {
  return x > 0 && x < 1 ? betaLogKernel(x, 1 - x, a, b) - Math.log(x) - Math.log1p(-x) : -Infinity;
}

/** d/dx = (a - 1) / x - (b - 1) / (1 - x), d/da = log x + psi(a + b) - psi(a), d/db likewise of 1 - x */
function logProbGradient(x: f64, a: f64, b: f64): void {
  if (!(x > 0 && x < 1)) return partials(0);
  partials(
    (a - 1) / x - (b - 1) / (1 - x),
    Math.log(x) + digammaRatio(a, b),
    Math.log1p(-x) + digammaRatio(b, a),
  );
}

/** log B(a, b) - (a - 1) psi(a) - (b - 1) psi(b) + (a + b - 2) psi(a + b), in which the large terms are gone */
function entropy(a: f64, b: f64): f64 {
  const n = a + b;
  const gap = logMinusDigamma(n);
  return (
    0.5 * (Math.log(a / n) + Math.log(b / n) - Math.log(n)) + LN_SQRT_2PI + (stirling(a) + stirling(b) - stirling(n)) +
    (a - 1) * (logMinusDigamma(a) - gap) + (b - 1) * (logMinusDigamma(b) - gap)
  );
}

function entropyGradient(a: f64, b: f64): void {
  const n = a + b;
  const shared = (n - 2) * trigamma(n);
  partials(shared - (a - 1) * trigamma(a), shared - (b - 1) * trigamma(b));
}

function cdf(x: f64, a: f64, b: f64): f64 {
  return x < 1 ? betaCdf(x, a, b) : 1;
}

function cdfGradient(x: f64, a: f64, b: f64): void {
  if (!(x > 0 && x < 1)) return partials(0);
  const y = 1 - x;
  partials(
    Math.exp(betaLogKernel(x, y, a, b)) / (x * y),
    betaCdfGradientPair(x, y, a, b),
    -betaCdfGradientPair(y, x, b, a),
  );
}

function icdf(p: f64, a: f64, b: f64): f64 {
  return sigmoid(betaLogitQuantile(p, a, b));
}

/** dx/dp = 1 / p(x); the ends of the range do not depend on the parameters. */
function icdfGradient(p: f64, a: f64, b: f64): void {
  if (!(p > 0 && p < 1)) return partials(Infinity);
  const t = betaLogitQuantile(p, a, b);
  const x = sigmoid(t);
  const y = sigmoid(-t);
  const rate = x * y;
  if (rate == 0) return partials(0);
  partials(
    rate * Math.exp(-betaLogKernel(x, y, a, b)),
    rate * betaLogitSampleGradient(t, a, b),
    -rate * betaLogitSampleGradient(-t, b, a),
  );
}

/**
 * Where the density is largest: an end of 0..1 if a shape is 1 or less; that of the larger of two such, 1 of equals.
 */
function mode(a: f64, b: f64): f64 {
  if (a > 1 && b > 1) return (a - 1) / (a - 1 + (b - 1));
  return a > 1 || (b <= 1 && a >= b) ? 1 : 0;
}

function modeGradient(a: f64, b: f64): void {
  if (!(a > 1 && b > 1)) return partials(0);
  const n = a - 1 + (b - 1);
  partials((b - 1) / n / n, (1 - a) / n / n);
}

export function betaSample(
  y: usize, concentration1: usize, concentration0: usize, n: usize, k0: u32, k1: u32, low: u32, high: u32,
): void {
  sample2(y, concentration1, concentration0, n, k0, k1, elementOf(low, high), Stream.GAMMAS, sample);
}

export function betaSampleBackward(
  dconcentration1: usize, dconcentration0: usize, dy: usize, y: usize, concentration1: usize, concentration0: usize,
  n: usize, k0: u32, k1: u32, low: u32, high: u32,
): void {
  replay2(
    dconcentration1, dconcentration0, dy, concentration1, concentration0, n, k0, k1, elementOf(low, high),
    Stream.GAMMAS, sampleGradient,
  );
}

export function betaLogProbForward(
  y: usize, x: usize, concentration1: usize, concentration0: usize, n: usize,
): void {
  map3(y, x, concentration1, concentration0, n, logProb);
}

export function betaLogProbBackward(
  dx: usize, dconcentration1: usize, dconcentration0: usize, dy: usize,
  x: usize, concentration1: usize, concentration0: usize, n: usize,
): void {
  gradient3(dx, dconcentration1, dconcentration0, dy, x, concentration1, concentration0, n, logProbGradient);
}

export function betaEntropyForward(y: usize, concentration1: usize, concentration0: usize, n: usize): void {
  map2(y, concentration1, concentration0, n, entropy);
}

export function betaEntropyBackward(
  dconcentration1: usize, dconcentration0: usize, dy: usize, concentration1: usize, concentration0: usize, n: usize,
): void {
  gradient2(dconcentration1, dconcentration0, dy, concentration1, concentration0, n, entropyGradient);
}

export function betaModeForward(y: usize, concentration1: usize, concentration0: usize, n: usize): void {
  map2(y, concentration1, concentration0, n, mode);
}

export function betaModeBackward(
  dconcentration1: usize, dconcentration0: usize, dy: usize, concentration1: usize, concentration0: usize, n: usize,
): void {
  gradient2(dconcentration1, dconcentration0, dy, concentration1, concentration0, n, modeGradient);
}

export function betaCdfForward(y: usize, x: usize, concentration1: usize, concentration0: usize, n: usize): void {
  map3(y, x, concentration1, concentration0, n, cdf);
}

export function betaCdfBackward(
  dx: usize, dconcentration1: usize, dconcentration0: usize, dy: usize,
  x: usize, concentration1: usize, concentration0: usize, n: usize,
): void {
  gradient3(dx, dconcentration1, dconcentration0, dy, x, concentration1, concentration0, n, cdfGradient);
}

export function betaIcdfForward(y: usize, p: usize, concentration1: usize, concentration0: usize, n: usize): void {
  map3(y, p, concentration1, concentration0, n, icdf);
}

export function betaIcdfBackward(
  dp: usize, dconcentration1: usize, dconcentration0: usize, dy: usize,
  p: usize, concentration1: usize, concentration0: usize, n: usize,
): void {
  gradient3(dp, dconcentration1, dconcentration0, dy, p, concentration1, concentration0, n, icdfGradient);
}
