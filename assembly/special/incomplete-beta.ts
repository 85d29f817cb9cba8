import { deviance } from "./deviance";
import { digammaRatio, digamma, lbeta, lgamma1p, lgammaRatio, stirling, trigamma } from "./gamma";
import { gammaLogQuantile, gammaLogQuantileTail } from "./incomplete-gamma";
import { sigmoid, softplus } from "./logistic";
import { normalQuantile } from "./normal";
import { COUNT, DEPTH, node, quadraticEnd, weight } from "./quadrature";

/**
 * The beta distribution: cdf I, survival, derivative of a sample in the first shape, quantile. Shapes from 1e-3 to 1e6; the
 * bounds are against mpmath (test/special.test.ts), tails down to 1e-300. Pair: a function that takes
 * x and its complement xc = 1 - x, so that both ends of 0..1 have all their digits; the derivative in the second shape is
 * that in the first of the mirror image: dx/db (x, xc, a, b) = -dx/da (xc, x, b, a).
 *
 * With K = x xc p(x) = x^a xc^b / B(a, b), t = x e^-s, l(s) = log((1 - t) / xc) and phi(s) = -a s + (b - 1) l(s):
 *   I = K mass / xc, dx/da = x ((L - log x) mass + moment), L = psi(a) - psi(a + b)
 * where mass, moment and bend are the integrals of e^phi, s e^phi and l e^phi over s > 0. The mirror image gives
 *   1 - I = K mass / x, dx/da = xc ((log x - L) mass + bend).
 * Below log x = L the first, above the second have no negative term (Figurnov, Mohamed, Mnih 2018, eq. 8).
 * A shape below 1 whose end of the interval is near has a series instead.
 */

const LN_2PI: f64 = 1.83787706640934548356;

let mass: f64 = 0;
let moment: f64 = 0;
let bend: f64 = 0;

/** log K */
export function betaLogKernel(x: f64, xc: f64, a: f64, b: f64): f64 {
  const n = a + b;
  const d = x * b - xc * a; // n (x - mean)
  const exponent = a * deviance((x * n) / a, d / a) + b * deviance((xc * n) / b, -d / b);
  return 0.5 * (Math.log(a / n) + Math.log(b) - LN_2PI) + (stirling(n) - stirling(a) - stirling(b)) - exponent;
}

function integrate(x: f64, xc: f64, a: f64, b: f64): void {
  const odds = x / xc;
  const c = b - 1;
  let end = quadraticEnd(a - c * odds, Math.max(0, c) * (odds / xc));
  for (let i = 0; i < 3; i++) {
    const m = -Math.expm1(-end);
    const rise = odds * m;
    end -= (DEPTH - a * end + c * Math.log1p(rise)) / ((c * odds * (1 - m)) / (1 + rise) - a);
  }
  let sum: f64 = 0;
  let first: f64 = 0;
  let bent: f64 = 0;
  for (let i: usize = 0; i < COUNT; i++) {
    const s = end * node(i);
    const l = Math.log1p(-odds * Math.expm1(-s));
    const value = weight(i) * Math.exp(c * l - a * s);
    sum += value;
    first += value * s;
    bent += value * l;
  }
  mass = sum * end;
  moment = first * end;
  bend = bent * end;
}

/**
 * I = leading (1 + excess), leading = x^a / (a B(a, b));
 * dI/da = leading ((log x - psi(1 + a) + psi(a + b)) (1 + excess) + slopeA)
 * dI/db = leading ((psi(a + b) - psi(b)) (1 + excess) + slopeB)
 */
let excess: f64 = 0;
let slopeA: f64 = 0;
let slopeB: f64 = 0;

/** The series of I in x, coefficients (1 - b)(2 - b)...(n - b) / n! and their derivatives in b. See nearLow for the range. */
function expand(x: f64, a: f64, b: f64): void {
  let c: f64 = 1;
  let dc: f64 = 0;
  let sum: f64 = 0;
  let sumA: f64 = 0;
  let sumB: f64 = 0;
  const enough = 1e-18 * x;
  for (let n: f64 = 1; n < 70; n++) {
    const factor = (x * (n - b)) / n;
    dc = dc * factor - (c * x) / n;
    c *= factor;
    const r = 1 / (a + n);
    sum += c * r;
    sumA += c * n * r * r;
    sumB += dc * r;
    if (Math.abs(c) < enough && Math.abs(dc) < enough) break;
  }
  excess = a * sum;
  slopeA = sumA;
  slopeB = a * sumB;
}

/** Where the series is used: of the end at 0 of shape a, and mirrored of the end at 1. */
@inline
function nearLow(x: f64, a: f64, b: f64): bool {
  return a <= 1 && x <= 0.5 && b * x <= 1;
}

/** log leading */
@inline
function logLeading(y: f64, a: f64, b: f64): f64 {
  return a * y - lgamma1p(a) + lgammaRatio(b, a);
}

@inline
function logOf(x: f64, xc: f64): f64 {
  return x < 0.5 ? Math.log(x) : Math.log1p(-xc);
}

/** log I or log(1 - I), from y = log x and yc = log xc too. */
function logTail(x: f64, xc: f64, y: f64, yc: f64, a: f64, b: f64, lower: bool): f64 {
  const low = nearLow(x, a, b);
  if (low || nearLow(xc, b, a)) {
    const leading = low ? logLeading(y, a, b) : logLeading(yc, b, a);
    if (low) expand(x, a, b);
    else expand(xc, b, a);
    const log = leading + Math.log1p(excess);
    if (low == lower) return log;
    return log < -1 ? Math.log1p(-Math.exp(log)) : Math.log(-Math.expm1(leading) - Math.exp(leading) * excess);
  }
  const below = b <= 1 || (a > 1 && x * b <= a * xc);
  if (below) integrate(x, xc, a, b);
  else integrate(xc, x, b, a);
  const log = betaLogKernel(x, xc, a, b) + Math.log(mass / (below ? xc : x));
  return below == lower ? log : Math.log1p(-Math.exp(log));
}

/** d logit x / da at fixed I, logit x = log(x / xc) */
function logitGradient(x: f64, xc: f64, y: f64, yc: f64, a: f64, b: f64): f64 {
  if (nearLow(x, a, b)) {
    expand(x, a, b);
    const gap = y - digamma(1 + a) + digamma(a + b);
    return -(gap * (1 + excess) + slopeA) / (a * Math.exp(b * yc));
  }
  if (nearLow(xc, b, a)) {
    expand(xc, b, a);
    return (digammaRatio(a, b) * (1 + excess) + slopeB) / (b * Math.exp(a * y));
  }
  const gap = y + digammaRatio(a, b); // log x - L
  if (b <= 1 || (a > 1 && gap <= 0)) {
    integrate(x, xc, a, b);
    return (moment - gap * mass) / xc;
  }
  integrate(xc, x, b, a);
  return (gap * mass + bend) / x;
}

/** Probability below x: betaCdfPair where 1 - x has all digits that matter. */
export function betaCdf(x: f64, a: f64, b: f64): f64 {
  return betaCdfPair(x, 1 - x, a, b);
}

/**
 * Probability below x, down to 1e-300.
 * Max error: 5e-12 of its value
 */
export function betaCdfPair(x: f64, xc: f64, a: f64, b: f64): f64 {
  if (x <= 0) return 0;
  if (xc <= 0) return 1;
  return Math.exp(logTail(x, xc, logOf(x, xc), logOf(xc, x), a, b, true));
}

/** Probability above x. */
export function betaSurvival(x: f64, a: f64, b: f64): f64 {
  return betaCdfPair(1 - x, x, b, a);
}

/**
 * Probability above x, down to 1e-300.
 * Max error: 5e-12 of its value
 */
export function betaSurvivalPair(x: f64, xc: f64, a: f64, b: f64): f64 {
  return betaCdfPair(xc, x, b, a);
}

/** dx/da at fixed I */
export function betaSampleGradient(x: f64, a: f64, b: f64): f64 {
  return betaSampleGradientPair(x, 1 - x, a, b);
}

/**
 * dx/da at fixed I; 0 at the ends
 * Max error: 3e-13 of its value
 */
export function betaSampleGradientPair(x: f64, xc: f64, a: f64, b: f64): f64 {
  if (x <= 0 || xc <= 0) return 0;
  return x * xc * logitGradient(x, xc, logOf(x, xc), logOf(xc, x), a, b);
}

/** d logit x / da at fixed I, from t = logit x: also where x or 1 - x underflows. d/db (t, a, b) = -d/da (-t, b, a). */
export function betaLogitSampleGradient(t: f64, a: f64, b: f64): f64 {
  return logitGradient(sigmoid(t), sigmoid(-t), -softplus(-t), -softplus(t), a, b);
}

/** dI/da at fixed x */
export function betaCdfGradient(x: f64, a: f64, b: f64): f64 {
  return betaCdfGradientPair(x, 1 - x, a, b);
}

/**
 * dI/da at fixed x
 * Max error: 5e-12 of its value
 */
export function betaCdfGradientPair(x: f64, xc: f64, a: f64, b: f64): f64 {
  if (x <= 0 || xc <= 0) return 0;
  return -Math.exp(betaLogKernel(x, xc, a, b)) * logitGradient(x, xc, logOf(x, xc), logOf(xc, x), a, b);
}

/** logit of the x with a probability of p below it, p down to 1e-300. Near p = 1: -betaLogitQuantile(1 - p, b, a). */
export function betaLogitQuantile(p: f64, a: f64, b: f64): f64 {
  return p <= 0.5 ? solve(p, a, b) : -solve(1 - p, b, a);
}

/**
 * The x with a probability of p below it.
 * Max error: 1e-12 of its value
 */
export function betaQuantile(p: f64, a: f64, b: f64): f64 {
  return sigmoid(betaLogitQuantile(p, a, b));
}

/** The x with a probability of q above it. */
export function betaQuantileTail(q: f64, a: f64, b: f64): f64 {
  return sigmoid(-betaLogitQuantile(q, b, a));
}

/** From here on a gamma variable of the shape over its shape is normal, with all digits. */
const LARGE: f64 = 1e12;

/**
 * x / (1 - x) is G_a / G_b of gamma variables, of which that of the larger shape, above LARGE, varies little: as much as it
 * widens the logarithm of the other. Max error: 1e-12.
 */
function solveLarge(p: f64, a: f64, b: f64): f64 {
  const small = Math.min(a, b);
  const widening = Math.sqrt(1 + small / Math.max(a, b));
  let rest = normalQuantile(p) / Math.sqrt(small);
  if (small <= LARGE) rest = a < b ? gammaLogQuantile(p, a) - Math.log(a) : Math.log(b) - gammaLogQuantileTail(p, b);
  return Math.log(a / b) + rest * widening;
}

/** Halley's method on log I as a function of t = logit x, where it is concave. p <= 1/2 */
function solve(p: f64, a: f64, b: f64): f64 {
  if (p <= 0) return p < 0 ? NaN : -Infinity;
  if (Math.max(a, b) > LARGE) return solveLarge(p, a, b);
  const target = Math.log(p);
  let t = guess(p, a, b);
  for (let i = 0; i < 100; i++) {
    const y = -softplus(-t);
    const yc = -softplus(t);
    const x = sigmoid(t);
    const xc = sigmoid(-t);
    const log = logTail(x, xc, y, yc, a, b, true);
    const rate = Math.exp(a * y + b * yc - lbeta(a, b) - log);
    const newton = (log - target) / rate;
    const halley = newton / (1 - 0.5 * newton * (a * xc - b * x - rate));
    const step = Math.abs(newton) > 0.5 ? newton : halley;
    t -= step;
    if (Math.abs(step) < 1e-10 * (1 + Math.abs(t))) break; // the next step would be its cube
  }
  return t;
}

/** The normal of the mean and variance of logit x, or the first term of I in x. */
function guess(p: f64, a: f64, b: f64): f64 {
  const small = (Math.log(p) + lgamma1p(a) - lgammaRatio(b, a)) / a;
  if (a < 1 || b < 1) return small;
  return Math.max(small, digamma(a) - digamma(b) + normalQuantile(p) * Math.sqrt(trigamma(a) + trigamma(b)));
}
