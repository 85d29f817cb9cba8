import { gradient2, gradient3, gradient4, map2, map3, map4, partials } from "../elementwise";
import { Stream } from "../philox";
import { elementOf, sample2 } from "../sampling";
import { deviance } from "../special/deviance";
import { digammaRatio, LN_SQRT_2PI, logMinusDigamma, stirling, trigamma } from "../special/gamma";
import { gammaDivergenceRest } from "../special/gamma-divergence";
import { gammaVariate } from "../special/gamma-variate";
import {
  gammaCdf, gammaCdfGradient, gammaLogKernel, gammaLogQuantile, gammaLogSampleGradient,
} from "../special/incomplete-gamma";
import { insidePositive } from "../special/inside";

/**
 * Gamma(a, b), shape a and rate b: z = b x is a standard gamma variate, and K(z; a) = z p(z), in logarithms
 * gammaLogKernel.
 */

function sample(a: f64, b: f64): f64 {
  return insidePositive(gammaVariate(a) / b);
}

/** dx/da = -(∂P/∂a) / p, dx/db = -x / b */
function sampleGradient(x: f64, a: f64, b: f64): void {
  partials(0, x * gammaLogSampleGradient(Math.log(x * b), a), -x / b);
}

/** log p(x) = log K(b x; a) - log x */
function logProb(x: f64, a: f64, b: f64): f64 {
  return x > 0 && x < Infinity ? gammaLogKernel(x * b, a) - Math.log(x) : -Infinity;
}

/** d/dx = (a - 1) / x - b, d/da = log(b x) - psi(a), d/db = a / b - x */
function logProbGradient(x: f64, a: f64, b: f64): void {
  if (x > 0 && x < Infinity) partials((a - 1) / x - b, Math.log((b * x) / a) + logMinusDigamma(a), (a - b * x) / b);
  else partials(0);
}

/** a - log b + lgamma(a) + (1 - a) psi(a), in which the large terms are gone */
function entropy(a: f64, b: f64): f64 {
  return 0.5 * Math.log(a) - Math.log(b) + LN_SQRT_2PI + stirling(a) + (a - 1) * logMinusDigamma(a);
}

function entropyGradient(a: f64, b: f64): void {
  partials(1 + (1 - a) * trigamma(a), -1 / b);
}

function cdf(x: f64, a: f64, b: f64): f64 {
  return x < Infinity ? gammaCdf(x * b, a) : 1;
}

function cdfGradient(x: f64, a: f64, b: f64): void {
  if (!(x > 0 && x < Infinity)) return partials(0);
  const kernel = Math.exp(gammaLogKernel(x * b, a));
  partials(kernel / x, gammaCdfGradient(x * b, a), kernel / b);
}

function icdf(p: f64, a: f64, b: f64): f64 {
  return p < 1 ? Math.exp(gammaLogQuantile(p, a)) / b : p == 1 ? Infinity : NaN;
}

/** dx/dp = 1 / p(x); the ends of the range do not depend on the parameters. */
function icdfGradient(p: f64, a: f64, b: f64): void {
  if (!(p > 0 && p < 1)) return partials(Infinity);
  const y = gammaLogQuantile(p, a);
  const z = Math.exp(y);
  partials(Math.exp(y - gammaLogKernel(z, a)) / b, (z * gammaLogSampleGradient(y, a)) / b, -z / (b * b));
}

/** KL = lgamma(c) - lgamma(a) - psi(a) (c - a) + a e / b - a - c log(e / b), q = Gamma(c, e) */
function kl(a: f64, b: f64, c: f64, e: f64): f64 {
  const r = (a * e) / (b * c);
  return c * deviance(r, (a * e - b * c) / (b * c)) + gammaDivergenceRest(a, c);
}

function klGradient(a: f64, b: f64, c: f64, e: f64): void {
  const slope = (b * c - a * e) / b;
  partials(
    (a - c) * trigamma(a) + (e - b) / b,
    slope / b,
    digammaRatio(a, c - a) + Math.log(b / e),
    -slope / e,
  );
}

export function gammaSample(
  y: usize, concentration: usize, rate: usize, n: usize, k0: u32, k1: u32, low: u32, high: u32,
): void {
  sample2(y, concentration, rate, n, k0, k1, elementOf(low, high), Stream.GAMMAS, sample);
}

export function gammaSampleBackward(
  dconcentration: usize, drate: usize, dy: usize, y: usize, concentration: usize, rate: usize, n: usize,
): void {
  gradient3(0, dconcentration, drate, dy, y, concentration, rate, n, sampleGradient);
}

export function gammaLogProbForward(y: usize, x: usize, concentration: usize, rate: usize, n: usize): void {
  map3(y, x, concentration, rate, n, logProb);
}

export function gammaLogProbBackward(
  dx: usize, dconcentration: usize, drate: usize, dy: usize, x: usize, concentration: usize, rate: usize, n: usize,
): void {
  gradient3(dx, dconcentration, drate, dy, x, concentration, rate, n, logProbGradient);
}

export function gammaEntropyForward(y: usize, concentration: usize, rate: usize, n: usize): void {
  map2(y, concentration, rate, n, entropy);
}

export function gammaEntropyBackward(
  dconcentration: usize, drate: usize, dy: usize, concentration: usize, rate: usize, n: usize,
): void {
  gradient2(dconcentration, drate, dy, concentration, rate, n, entropyGradient);
}

export function gammaCdfForward(y: usize, x: usize, concentration: usize, rate: usize, n: usize): void {
  map3(y, x, concentration, rate, n, cdf);
}

export function gammaCdfBackward(
  dx: usize, dconcentration: usize, drate: usize, dy: usize, x: usize, concentration: usize, rate: usize, n: usize,
): void {
  gradient3(dx, dconcentration, drate, dy, x, concentration, rate, n, cdfGradient);
}

export function gammaIcdfForward(y: usize, p: usize, concentration: usize, rate: usize, n: usize): void {
  map3(y, p, concentration, rate, n, icdf);
}

export function gammaIcdfBackward(
  dp: usize, dconcentration: usize, drate: usize, dy: usize, p: usize, concentration: usize, rate: usize, n: usize,
): void {
  gradient3(dp, dconcentration, drate, dy, p, concentration, rate, n, icdfGradient);
}

export function gammaKlForward(
  y: usize, concentration: usize, rate: usize, otherConcentration: usize, otherRate: usize, n: usize,
): void {
  map4(y, concentration, rate, otherConcentration, otherRate, n, kl);
}

export function gammaKlBackward(
  dconcentration: usize, drate: usize, dotherConcentration: usize, dotherRate: usize, dy: usize,
  concentration: usize, rate: usize, otherConcentration: usize, otherRate: usize, n: usize,
): void {
  gradient4(
    dconcentration, drate, dotherConcentration, dotherRate, dy,
    concentration, rate, otherConcentration, otherRate, n, klGradient,
  );
}
