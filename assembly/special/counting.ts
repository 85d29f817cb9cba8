import { deviance } from "./deviance";
import { lbeta, lchoose, stirling } from "./gamma";
import { softplus } from "./logistic";
import { times } from "./times";

/** Log-probabilities of counts, which samplers and densities share. */

const HALF_LOG_TWO_PI: f64 = 0.9189385332046728;

@inline
export function isCount(x: f64): bool {
  return x >= 0 && x < Infinity && Math.floor(x) == x;
}

/**
 * log of λ^k e^-λ / k!, k a count, in the form that has no large terms: -k dev(λ / k) - stirling(k) - log(2π k) / 2.
 * Max error: 4e-15 (1 + |value|). Source: Loader 2000, "Fast and accurate computation of binomial probabilities", section 4.
 */
export function poissonLogProb(k: f64, rate: f64): f64 {
  if (k == 0) return -rate;
  if (rate == 0) return -Infinity;
  return -k * deviance(rate / k, (rate - k) / k) - stirling(k) - 0.5 * Math.log(k) - HALF_LOG_TWO_PI;
}

/** log of n choose k times p^k q^(n - k), p = sigmoid(l), 0 <= k <= n counts. Max error: 5e-15 (1 + log n + |lchoose(n, k)|). */
export function binomialLogProb(k: f64, n: f64, l: f64): f64 {
  return lchoose(n, k) - times(k, softplus(-l)) - times(n - k, softplus(l));
}

/** log of Γ(k + r) / (k! Γ(r)) = 1 / (k B(k, r)) */
export function logWays(k: f64, r: f64): f64 {
  return k == 0 ? 0 : -Math.log(k) - lbeta(k, r);
}

/** log of ways times p^k q^r, p = sigmoid(l), r > 0; k any number from 0 on. */
export function negativeBinomialLogProb(k: f64, r: f64, l: f64): f64 {
  return logWays(k, r) - times(k, softplus(-l)) - r * softplus(l);
}
