import { gradient2, gradient3, map2, map3, partials } from "../elementwise";
import { digammaRatio, lgamma1p, lgammaRatio, trigamma } from "../special/gamma";
import { insideUnit } from "../special/inside";

/**
 * Kumaraswamy(a = concentration1, b = concentration0) of the cdf 1 - (1 - x^a)^b (P. Kumaraswamy 1980).
 * t = log x, q = 1 - x^a.
 */

/** log p(x) = log a + log b + (a - 1) t + (b - 1) log q, 0 < x < 1 */
function logProb(x: f64, a: f64, b: f64): f64 {
  if (!(x > 0 && x < 1)) return -Infinity;
  const t = Math.log(x);
  return Math.log(a) + Math.log(b) + (a - 1) * t + (b - 1) * logRest(a * t);
}

/** log(1 - exp y), y < 0 */
function logRest(y: f64): f64 {
  return y > -0.6931471805599453 ? Math.log(-Math.expm1(y)) : Math.log1p(-Math.exp(y));
}

function logProbGradient(x: f64, a: f64, b: f64): void {
  if (!(x > 0 && x < 1)) return partials(0);
  const t = Math.log(x);
  const odds = 1 / Math.expm1(-a * t); // x^a / q
  partials((a - 1 - (b - 1) * a * odds) / x, 1 / a + t - (b - 1) * t * odds, 1 / b + logRest(a * t));
}

function cdf(x: f64, a: f64, b: f64): f64 {
  return x > 0 ? (x < 1 ? -Math.expm1(b * logRest(a * Math.log(x))) : 1) : 0;
}

/** d/da = b q^(b-1) x^a t, d/db = -q^b log q */
function cdfGradient(x: f64, a: f64, b: f64): void {
  if (!(x > 0 && x < 1)) return partials(0);
  const t = Math.log(x);
  const rest = logRest(a * t);
  const c = b * Math.exp((b - 1) * rest + a * t);
  partials((a * c) / x, c * t, -rest * Math.exp(b * rest));
}

/** log of the quantile at exponential height e = -log(1 - p): log(1 - exp(-e / b)) / a */
function logQuantile(e: f64, a: f64, b: f64): f64 {
  return logRest(-e / b) / a;
}

/** x = exp y with y = logQuantile(e): dy/de = 1 / (a b (exp(e / b) - 1)), dy/da = -y / a, dy/db = -(e / b) dy/de */
function quantilePartials(x: f64, de: f64, e: f64, a: f64, b: f64): void {
  const y = logQuantile(e, a, b);
  const dy = 1 / (a * b * Math.expm1(e / b));
  if (x > 0 && e < Infinity) partials(x * dy * de, (-x * y) / a, -x * (e / b) * dy);
  else partials(0);
}

function icdf(p: f64, a: f64, b: f64): f64 {
  return Math.exp(logQuantile(-Math.log1p(-p), a, b));
}

function icdfGradient(p: f64, a: f64, b: f64): void {
  quantilePartials(icdf(p, a, b), 1 / (1 - p), -Math.log1p(-p), a, b);
}

/** (1 - exp(-e / b))^(1/a) of a standard exponential e */
function draw(e: f64, a: f64, b: f64): f64 {
  return insideUnit(Math.exp(logQuantile(e, a, b)));
}

function drawGradient(e: f64, a: f64, b: f64): void {
  quantilePartials(draw(e, a, b), 1, e, a, b);
}

/** log E x^(a h) = log Γ(1 + h) Γ(1 + b) / Γ(1 + b + h) = log(b B(1 + h, b)) */
function logMoment(h: f64, b: f64): f64 {
  return lgamma1p(h) - lgammaRatio(1 + b, h);
}

/** d/dh: digamma(1 + h) - digamma(1 + b + h) */
function momentSlope(h: f64, b: f64): f64 {
  return -digammaRatio(1 + h, b);
}

/** b B(1 + 1/a, b) */
function mean(a: f64, b: f64): f64 {
  return Math.exp(logMoment(1 / a, b));
}

function meanGradient(a: f64, b: f64): void {
  const h = 1 / a;
  const m = mean(a, b);
  partials(-h * h * m * momentSlope(h, b), -m * digammaRatio(1 + b, h));
}

/** E x² - (E x)² as (E x)² (exp(L(2h) - 2 L(h)) - 1), L the logMoment. Max error: 2e-14 (E x)². */
function variance(a: f64, b: f64): f64 {
  const h = 1 / a;
  const m = logMoment(h, b);
  return Math.exp(2 * m) * Math.expm1(logMoment(2 * h, b) - 2 * m);
}

function varianceGradient(a: f64, b: f64): void {
  const h = 1 / a;
  const second = Math.exp(logMoment(2 * h, b));
  const square = Math.exp(2 * logMoment(h, b));
  const dh = 2 * (second * momentSlope(2 * h, b) - square * momentSlope(h, b));
  partials(-h * h * dh, 2 * square * digammaRatio(1 + b, h) - second * digammaRatio(1 + b, 2 * h));
}

/** ((a - 1) / (a b - 1))^(1/a); an end where the density rises to it; NaN where it does to both, and for a = b = 1 */
function mode(a: f64, b: f64): f64 {
  if (a < 1) return b < 1 ? NaN : 0;
  if (b < 1) return 1;
  return a * b > 1 ? Math.exp(Math.log((a - 1) / (a * b - 1)) / a) : NaN;
}

function modeGradient(a: f64, b: f64): void {
  if (!(a > 1 && b > 1)) return partials(0);
  const m = mode(a, b);
  const rest = a * b - 1;
  const da = (1 / (a - 1) - b / rest - Math.log((a - 1) / rest) / a) / a;
  partials(m * da, -m / rest);
}

/** 1 - 1/b + (1 - 1/a) H(b) - log(a b), H(b) = digamma(b + 1) - digamma(1) the harmonic number */
function entropy(a: f64, b: f64): f64 {
  return 1 - 1 / b + (1 - 1 / a) * digammaRatio(1, b) - Math.log(a) - Math.log(b);
}

function entropyGradient(a: f64, b: f64): void {
  partials((digammaRatio(1, b) / a - 1) / a, (1 / b - 1) / b + (1 - 1 / a) * trigamma(b + 1));
}

export function kumaraswamyLogProbForward(y: usize, x: usize, a: usize, b: usize, n: usize): void {
  map3(y, x, a, b, n, logProb);
}

export function kumaraswamyLogProbBackward(
  dx: usize, da: usize, db: usize, dy: usize, x: usize, a: usize, b: usize, n: usize,
): void {
  gradient3(dx, da, db, dy, x, a, b, n, logProbGradient);
}

export function kumaraswamyCdfForward(y: usize, x: usize, a: usize, b: usize, n: usize): void {
  map3(y, x, a, b, n, cdf);
}

export function kumaraswamyCdfBackward(
  dx: usize, da: usize, db: usize, dy: usize, x: usize, a: usize, b: usize, n: usize,
): void {
  gradient3(dx, da, db, dy, x, a, b, n, cdfGradient);
}

export function kumaraswamyIcdfForward(y: usize, p: usize, a: usize, b: usize, n: usize): void {
  map3(y, p, a, b, n, icdf);
}

export function kumaraswamyIcdfBackward(
  dp: usize, da: usize, db: usize, dy: usize, p: usize, a: usize, b: usize, n: usize,
): void {
  gradient3(dp, da, db, dy, p, a, b, n, icdfGradient);
}

export function kumaraswamyDrawForward(y: usize, noise: usize, a: usize, b: usize, n: usize): void {
  map3(y, noise, a, b, n, draw);
}

export function kumaraswamyDrawBackward(
  dnoise: usize, da: usize, db: usize, dy: usize, noise: usize, a: usize, b: usize, n: usize,
): void {
  gradient3(dnoise, da, db, dy, noise, a, b, n, drawGradient);
}

export function kumaraswamyMeanForward(y: usize, a: usize, b: usize, n: usize): void {
  map2(y, a, b, n, mean);
}

export function kumaraswamyMeanBackward(da: usize, db: usize, dy: usize, a: usize, b: usize, n: usize): void {
  gradient2(da, db, dy, a, b, n, meanGradient);
}

export function kumaraswamyVarianceForward(y: usize, a: usize, b: usize, n: usize): void {
  map2(y, a, b, n, variance);
}

export function kumaraswamyVarianceBackward(da: usize, db: usize, dy: usize, a: usize, b: usize, n: usize): void {
  gradient2(da, db, dy, a, b, n, varianceGradient);
}

export function kumaraswamyModeForward(y: usize, a: usize, b: usize, n: usize): void {
  map2(y, a, b, n, mode);
}

export function kumaraswamyModeBackward(da: usize, db: usize, dy: usize, a: usize, b: usize, n: usize): void {
  gradient2(da, db, dy, a, b, n, modeGradient);
}

export function kumaraswamyEntropyForward(y: usize, a: usize, b: usize, n: usize): void {
  map2(y, a, b, n, entropy);
}

export function kumaraswamyEntropyBackward(da: usize, db: usize, dy: usize, a: usize, b: usize, n: usize): void {
  gradient2(da, db, dy, a, b, n, entropyGradient);
}
