import { digammaRatio } from "./gamma";
import { betaLogKernel } from "./incomplete-beta";
import { sigmoid, softplus } from "./logistic";

/**
 * -Σ P log P of negative binomial counts (successes of log-odds l before r failures) and its derivatives, from dP/dl =
 * q P (k - mean) and dP/dr = P (ψ(r + k) - ψ(r) + log q). Term by term from where the lower tail begins to where the upper
 * ends; of wide laws, whose terms are too many, what is beyond the first ones as an integral, by Gauss's rule with 3 points on
 * pieces of a quarter of the width of the law or, where that is less, of k.
 *
 * l up to 700; NaN above. Error: below what float32 shows (4e-6 is tested) where r is up to 1e9.
 * Source: Abramowitz, Stegun 1964, 25.4.30 (Gauss), 23.1.30 (Euler, Maclaurin).
 */
export let entropy: f64 = 0;
export let entropyByShape: f64 = 0;
export let entropyByLogits: f64 = 0;

/** Terms that are added one by one. Laws that have more change little from one to the next, as the integral wants. */
const TERMS: i32 = 4096;

const NODE: f64 = 0.7745966692414834; // sqrt(3 / 5)

/** From a deviation of k from the mean, and the score d log P / dr. */
@inline
function add(weight: f64, deviation: f64, log: f64, score: f64): void {
  const term = weight * Math.exp(log) * log;
  entropy -= term;
  entropyByShape -= term * score;
  entropyByLogits -= term * deviation;
}

/** log of q^r p^k / (k B(r, k)), without large terms. */
function logProb(k: f64, r: f64, l: f64): f64 {
  return k == 0 ? -r * softplus(l) : betaLogKernel(sigmoid(-l), sigmoid(l), r, k) - Math.log(k);
}

function addAt(weight: f64, k: f64, r: f64, l: f64, mean: f64): void {
  add(weight, k - mean, logProb(k, r, l), digammaRatio(r, k) - softplus(l));
}

export function sumEntropy(r: f64, l: f64): void {
  const odds = Math.exp(l);
  const p = sigmoid(l);
  const mean = r * odds;
  entropy = entropyByShape = entropyByLogits = mean < Infinity ? 0 : NaN;
  const width = Math.sqrt(Math.max(r, 1) * odds) * Math.sqrt(1 + odds);
  const end = mean + 12 * width + 60 * (1 + odds);
  let k = Math.floor(Math.max(0, mean - 12 * width));
  let log = logProb(k, r, l);
  let score = digammaRatio(r, k) - softplus(l);
  for (let i = 0; i < TERMS && k < end && log > -Infinity; i++, k++) {
    add(1, k - mean, log, score);
    log += Math.log((p * (r + k)) / (k + 1));
    score += 1 / (r + k);
  }
  if (k >= end || log == -Infinity) k = end;
  else {
    // Σ from k on = ∫ from k - 1/2 on + f'(k - 1/2) / 24
    addAt(1.0 / 24, k, r, l, mean);
    addAt(-1.0 / 24, k - 1, r, l, mean);
  }
  while (k < end) {
    const half = 0.125 * Math.min(k, width) + 1e-15 * k; // more than k is rounded by: it moves on
    const middle = k - 0.5 + half;
    addAt((half * 5) / 9, middle - half * NODE, r, l, mean);
    addAt((half * 8) / 9, middle, r, l, mean);
    addAt((half * 5) / 9, middle + half * NODE, r, l, mean);
    k += 2 * half;
  }
  entropyByLogits *= sigmoid(-l);
}
