import { deviance } from "./deviance";
import { digamma, lgamma, lgamma1p, logMinusDigamma, stirling } from "./gamma";
import { normalQuantile } from "./normal";
import { COUNT, DEPTH, node, quadraticEnd, weight } from "./quadrature";

/**
 * The gamma distribution of shape a and scale 1: cdf P, survival Q, derivative in the shape, quantile. Shapes from 1e-3 to
 * 1e7; the bounds are against mpmath (test/special.test.ts), tails down to 1e-300.
 * Most is computed from y = log x too: for small shapes x underflows long before y does.
 *
 * With K = x p(x) = x^a e^-x / Gamma(a) and t = x e^-s (t = x e^s above):
 *   P = K mass, d log x / da = (psi(a) - log x) mass + moment, phi(s) = -a s + x (1 - e^-s)   below
 *   Q = K mass, d log x / da = (log x - psi(a)) mass + moment, phi(s) =  a s - x (e^s - 1)    above
 * where mass and moment are the integrals of e^phi and s e^phi over s > 0. Taken below where log x <= psi(a), above elsewhere,
 * no term is negative. dx/da at fixed P = -(dP/da) / p(x): implicit reparameterization (Figurnov, Mohamed, Mnih 2018, eq. 8).
 * For a < 1 and x <= 1 the integral above has a plateau, and the series in x is used for both sides.
 */

const LN_2PI: f64 = 1.83787706640934548356;

let mass: f64 = 0;
let moment: f64 = 0;

/** log K */
export function gammaLogKernel(x: f64, a: f64): f64 {
  return 0.5 * (Math.log(a) - LN_2PI) - stirling(a) - a * deviance(x / a, (x - a) / a);
}

function integrateBelow(x: f64, a: f64): void {
  let end = quadraticEnd(a - x, x);
  for (let i = 0; i < 3; i++) end -= (DEPTH - a * end - x * Math.expm1(-end)) / (x * Math.exp(-end) - a);
  let sum: f64 = 0;
  let first: f64 = 0;
  for (let i: usize = 0; i < COUNT; i++) {
    const s = end * node(i);
    const value = weight(i) * Math.exp(-a * s - x * Math.expm1(-s));
    sum += value;
    first += value * s;
  }
  mass = sum * end;
  moment = first * end;
}

function integrateAbove(x: f64, a: f64): void {
  let end = quadraticEnd(x - a, x);
  end = Math.log1p((DEPTH + a * end) / x);
  for (let i = 0; i < 2; i++) end -= (DEPTH + a * end - x * Math.expm1(end)) / (a - x * Math.exp(end));
  let sum: f64 = 0;
  let first: f64 = 0;
  for (let i: usize = 0; i < COUNT; i++) {
    const s = end * node(i);
    const value = weight(i) * Math.exp(a * s - x * Math.expm1(s));
    sum += value;
    first += value * s;
  }
  mass = sum * end;
  moment = first * end;
}

/** P = leading (1 + excess), dP/da = leading ((log x - psi(1 + a)) (1 + excess) + slope), leading = x^a / Gamma(1 + a) */
let excess: f64 = 0;
let slope: f64 = 0;

/** The series of P in x: a sum of (-x)^n / (n! (a + n)). x <= 1. */
function expand(x: f64, a: f64): void {
  let term: f64 = 1;
  let sum: f64 = 0;
  let bent: f64 = 0;
  for (let n: f64 = 1; n < 20; n++) {
    term *= -x / n;
    const part = term / (a + n);
    sum += part;
    bent += (part * n) / (a + n);
  }
  excess = a * sum;
  slope = bent;
}

@inline
function isSmall(y: f64, a: f64): bool {
  return a < 1 && y <= 0;
}

/**
 * log P, from y = log x
 * Max error: 1e-13 (1 + |value|)
 */
export function gammaLogCdf(y: f64, a: f64): f64 {
  return logTail(y, Math.exp(y), a, true);
}

/**
 * log Q, from y = log x
 * Max error: 1e-12 of its value
 */
export function gammaLogSurvival(y: f64, a: f64): f64 {
  return logTail(y, Math.exp(y), a, false);
}

function logTail(y: f64, x: f64, a: f64, lower: bool): f64 {
  if (isSmall(y, a)) {
    const leading = a * y - lgamma1p(a);
    expand(x, a);
    const log = leading + Math.log1p(excess);
    if (lower) return log;
    return log < -1 ? Math.log1p(-Math.exp(log)) : Math.log(-Math.expm1(leading) - Math.exp(leading) * excess);
  }
  const below = x < a;
  if (below) integrateBelow(x, a);
  else integrateAbove(x, a);
  const log = gammaLogKernel(x, a) + Math.log(mass);
  return below == lower ? log : Math.log1p(-Math.exp(log));
}

/**
 * P(x; a), down to 1e-300
 * Max error: 1e-12 of its value
 */
export function gammaCdf(x: f64, a: f64): f64 {
  if (x == Infinity) return 1;
  return x <= 0 ? 0 : Math.exp(logTail(Math.log(x), x, a, true));
}

/**
 * Q(x; a) = 1 - P, down to 1e-300
 * Max error: 1e-12 of its value
 */
export function gammaSurvival(x: f64, a: f64): f64 {
  if (x == Infinity) return 0;
  return x <= 0 ? 1 : Math.exp(logTail(Math.log(x), x, a, false));
}

/**
 * d log x / da at fixed P, from y = log x: also where x underflows.
 * Max error: 3e-13 of its value
 */
export function gammaLogSampleGradient(y: f64, a: f64): f64 {
  return logGradient(y, Math.exp(y), a);
}

function logGradient(y: f64, x: f64, a: f64): f64 {
  if (isSmall(y, a)) {
    expand(x, a);
    return (-((y - digamma(1 + a)) * (1 + excess) + slope) * Math.exp(x)) / a;
  }
  // log x - psi(a) is of the order of 1 / sqrt(a) near the mean, where a is large: not a difference of two logarithms.
  const gap = Math.abs(x - a) < 0.5 * a ? Math.log(x / a) + logMinusDigamma(a) : y - digamma(a);
  if (gap <= 0) integrateBelow(x, a);
  else integrateAbove(x, a);
  return Math.abs(gap) * mass + moment;
}

/**
 * dx/da at fixed P
 * Max error: 3e-13 of its value
 */
export function gammaSampleGradient(x: f64, a: f64): f64 {
  return x * logGradient(Math.log(x), x, a);
}

/**
 * dP/da at fixed x
 * Max error: 1e-12 of its value
 */
export function gammaCdfGradient(x: f64, a: f64): f64 {
  const y = Math.log(x);
  const log = isSmall(y, a) ? a * y - x - lgamma(a) : gammaLogKernel(x, a);
  return -Math.exp(log) * logGradient(y, x, a);
}

/** log of the x with P(x; a) = p, for p down to 1e-300. Near p = 1 ask gammaLogQuantileTail. */
export function gammaLogQuantile(p: f64, a: f64): f64 {
  return solve(p, 1 - p, a);
}

/** log of the x with Q(x; a) = q */
export function gammaLogQuantileTail(q: f64, a: f64): f64 {
  return solve(1 - q, q, a);
}

/**
 * The x with P(x; a) = p.
 * Max error: 3e-13 of its value
 */
export function gammaQuantile(p: f64, a: f64): f64 {
  return Math.exp(solve(p, 1 - p, a));
}

/**
 * The x with Q(x; a) = q.
 * Max error: 3e-13 of its value
 */
export function gammaQuantileTail(q: f64, a: f64): f64 {
  return Math.exp(solve(1 - q, q, a));
}

/** Halley's method on the logarithm of the smaller tail, as a function of y: log P and log Q are concave in y. */
function solve(p: f64, q: f64, a: f64): f64 {
  if (p < 0 || q < 0) return NaN;
  if (p == 0) return -Infinity;
  if (q == 0) return Infinity;
  const lower = p <= q;
  const target = Math.log(lower ? p : q);
  let y = guess(p, q, a);
  for (let i = 0; i < 100; i++) {
    const x = Math.exp(y);
    const log = logTail(y, x, a, lower);
    const kernel = isSmall(y, a) ? a * y - x - lgamma(a) : gammaLogKernel(x, a);
    const rate = lower ? Math.exp(kernel - log) : -Math.exp(kernel - log);
    const newton = (log - target) / rate;
    const halley = newton / (1 - 0.5 * newton * (a - x - rate));
    const far = Math.abs(newton) > 0.5;
    const step = far ? Math.max(-2, Math.min(2, newton)) : halley;
    y -= step;
    if (Math.abs(step) < 1e-10 * (1 + Math.abs(y))) break; // the next step would be its cube
  }
  return y;
}

/** Wilson-Hilferty, or the first term of P in x. */
function guess(p: f64, q: f64, a: f64): f64 {
  const z = p < q ? normalQuantile(p) : -normalQuantile(q);
  const root = 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a));
  const small = (Math.log(p) + lgamma1p(a)) / a;
  if (a < 0.5 || root <= 0) return small;
  return Math.max(small, Math.log(a) + 3 * Math.log(root));
}
