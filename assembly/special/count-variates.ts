import { uniform } from "../rejection";
import { search } from "./count-search";
import { poissonLogProb } from "./counting";
import { lgammaRatio } from "./gamma";
import { sigmoid, softplus } from "./logistic";

/**
 * Counts from the numbers of the element that `begin` chose: by inversion where their mean is below 10, of one uniform that
 * stands for the upper tail, so that rare large counts are exact; by transformed rejection above.
 * Source: W. Hörmann 1993, "The transformed rejection method for generating Poisson random variables" (PTRS) and "The
 * generation of binomial random variates" (BTRS). k = floor((2 a / s + b) u + c) with u in (-1/2, 1/2), s = 1/2 - |u|, is
 * accepted with probability f(k) (a / s² + b) / α; at once in a box below that, which is a third of the time at a mean of 10
 * and four times in five at large ones.
 */
const SWITCH: f64 = 10;

/** Poisson of any finite rate; NaN of what is none. */
export function poissonVariate(rate: f64): f64 {
  if (!(rate >= 0 && rate < Infinity)) return NaN;
  if (rate < SWITCH) return search(uniform(), rate, 0, Math.exp(-rate), -Math.expm1(-rate));
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const inverse = 1.1239 + 1.1328 / (b - 3.4);
  const box = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const u = uniform() - 0.5;
    const v = uniform();
    const s = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / s + b) * u + rate + 0.43);
    if (s >= 0.07 && v <= box) return k;
    if (k < 0 || (s < 0.013 && v > s)) continue;
    if (Math.log((v * inverse) / (a / (s * s) + b)) <= poissonLogProb(k, rate)) return k;
  }
}

/** Binomial of a count of trials and log-odds, which may be infinite; NaN where one is NaN. */
export function binomialVariate(trials: f64, l: f64): f64 {
  if (!(trials >= 0 && trials < Infinity) || isNaN(l)) return NaN;
  const k = rarer(trials, -Math.abs(l));
  return l > 0 ? trials - k : k;
}

/** Of log-odds l <= 0. */
function rarer(n: f64, l: f64): f64 {
  const odds = Math.exp(l);
  const p = sigmoid(l);
  if (n * p < SWITCH) {
    const none = -n * softplus(l);
    return search(uniform(), n * odds, -odds, Math.exp(none), -Math.expm1(none));
  }
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const box = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  while (true) {
    const u = uniform() - 0.5;
    const v = uniform();
    const s = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / s + b) * u + c);
    if (s >= 0.07 && v <= box) return k;
    if (k < 0 || k > n) continue;
    const d = k - mode;
    const log = d * l - lgammaRatio(mode + 1, d) - lgammaRatio(n - mode + 1, -d); // log of f(k) / f(mode)
    if (Math.log((v * alpha) / (a / (s * s) + b)) <= log) return k;
  }
}
