import { gradient4, map1, map4, partials } from "../elementwise";
import {
  logDensity, logDensityGradient, probability, probabilityGradient, quantile, quantileGradient,
} from "../location-scale";
import { deviance } from "../special/deviance";
import { erf } from "../special/normal";

/** Laplace(loc, scale), z = (x - loc) / scale. */

const LN2: f64 = 0.6931471805599453;

/** f(z) = -|z| - log 2 */
function logProb(z: f64): f64 {
  return -Math.abs(z) - LN2;
}

/** -sign z, 0 at the peak */
function slope(z: f64): f64 {
  return z > 0 ? -1 : z < 0 ? 1 : 0;
}

/** exp(z) / 2 below 0, 1 - exp(-z) / 2 above */
function cdf(z: f64): f64 {
  const tail = 0.5 * Math.exp(-Math.abs(z));
  return z < 0 ? tail : 1 - tail;
}

/** log 2p below 1/2, -log 2(1 - p) above */
function icdf(p: f64): f64 {
  return p < 0.5 ? Math.log(2 * p) : -Math.log(2 * (1 - p));
}

/** icdf(sigmoid(l)) of logistic noise l, exact in both tails and at 0: sign(l) log((1 + exp |l|) / 2) */
function noise(l: f64): f64 {
  const s = Math.log1p(0.5 * Math.expm1(Math.abs(l)));
  return l < 0 ? -s : s;
}

/** KL(p || q) = r - 1 - log r + r (t + exp(-t) - 1), r = scale / otherScale, t = |loc - otherLoc| / scale */
function kl(loc: f64, scale: f64, otherLoc: f64, otherScale: f64): f64 {
  const r = scale / otherScale;
  const t = Math.abs(loc - otherLoc) / scale;
  return deviance(r, (scale - otherScale) / otherScale) + r * (t + Math.expm1(-t));
}

function klGradient(loc: f64, scale: f64, otherLoc: f64, otherScale: f64): void {
  const t = Math.abs(loc - otherLoc) / scale;
  const more = Math.expm1(-t);
  const pull = (loc > otherLoc ? -more : more) / otherScale;
  const ratio = t + more + (scale - otherScale) / scale; // d/dr
  partials(pull, (ratio + t * more) / otherScale, -pull, (-scale * ratio) / (otherScale * otherScale));
}

const LN_2_SQRT_2PI_E: f64 = 0.7257913526447274; // log √(2πe) - log 2
const SQRT_2_PI: f64 = 0.7978845608028654; // √(2/π)
const SQRT1_2: f64 = 0.7071067811865476;

/** KL(Normal(loc, scale) || q) = r E|d + Z| - log r - log √(2πe) + log 2, r = scale / otherScale, d = (loc - otherLoc) / scale */
function normalLaplaceKl(loc: f64, scale: f64, otherLoc: f64, otherScale: f64): f64 {
  const r = scale / otherScale;
  return r * meanDistance((loc - otherLoc) / scale) - Math.log(r) - LN_2_SQRT_2PI_E;
}

/** E|d + Z| of a standard normal Z: √(2/π) exp(-d² / 2) + d erf(d / √2) */
function meanDistance(d: f64): f64 {
  return SQRT_2_PI * Math.exp(-0.5 * d * d) + d * erf(d * SQRT1_2);
}

function normalLaplaceKlGradient(loc: f64, scale: f64, otherLoc: f64, otherScale: f64): void {
  const d = (loc - otherLoc) / scale;
  const pull = erf(d * SQRT1_2) / otherScale;
  partials(
    pull, (SQRT_2_PI * Math.exp(-0.5 * d * d)) / otherScale - 1 / scale,
    -pull, (1 - (scale * meanDistance(d)) / otherScale) / otherScale,
  );
}

export function laplaceNoiseForward(y: usize, logistic: usize, n: usize): void {
  map1(y, logistic, n, noise);
}

export function laplaceLogProbForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  logDensity(y, x, loc, scale, n, logProb);
}

export function laplaceLogProbBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  logDensityGradient(dx, dloc, dscale, dy, x, loc, scale, n, slope);
}

export function laplaceCdfForward(y: usize, x: usize, loc: usize, scale: usize, n: usize): void {
  probability(y, x, loc, scale, n, cdf);
}

export function laplaceCdfBackward(
  dx: usize, dloc: usize, dscale: usize, dy: usize, x: usize, loc: usize, scale: usize, n: usize,
): void {
  probabilityGradient(dx, dloc, dscale, dy, x, loc, scale, n, logProb);
}

export function laplaceIcdfForward(y: usize, p: usize, loc: usize, scale: usize, n: usize): void {
  quantile(y, p, loc, scale, n, icdf);
}

export function laplaceIcdfBackward(
  dp: usize, dloc: usize, dscale: usize, dy: usize, p: usize, loc: usize, scale: usize, n: usize,
): void {
  quantileGradient(dp, dloc, dscale, dy, p, loc, scale, n, icdf, logProb);
}

export function laplaceKlForward(
  y: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  map4(y, loc, scale, otherLoc, otherScale, n, kl);
}

export function laplaceKlBackward(
  dloc: usize, dscale: usize, dotherLoc: usize, dotherScale: usize, dy: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  gradient4(dloc, dscale, dotherLoc, dotherScale, dy, loc, scale, otherLoc, otherScale, n, klGradient);
}

export function normalLaplaceKlForward(
  y: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  map4(y, loc, scale, otherLoc, otherScale, n, normalLaplaceKl);
}

export function normalLaplaceKlBackward(
  dloc: usize, dscale: usize, dotherLoc: usize, dotherScale: usize, dy: usize, loc: usize, scale: usize, otherLoc: usize, otherScale: usize, n: usize,
): void {
  gradient4(dloc, dscale, dotherLoc, dotherScale, dy, loc, scale, otherLoc, otherScale, n, normalLaplaceKlGradient);
}
