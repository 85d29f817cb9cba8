/**
 * Laws of counts with p(k + 1) / p(k) = (a + b k) / (k + 1): Poisson (λ, 0), binomial of odds o (n o, -o), negative binomial
 * (r p, p). Source: Panjer 1981, the class (a, b, 0).
 */

/** Below it a tail is added up by itself: as the rest of 1 it has lost digits. */
const RARE: f64 = 1e-6;

/** The k with P(X > k) <= u < P(X >= k), searched from 0: p = P(0), above = P(X > 0). For means that are not large. */
export function search(u: f64, a: f64, b: f64, p: f64, above: f64): f64 {
  let k: f64 = 0;
  while (u < above) {
    p *= (a + b * k) / (k + 1);
    k++;
    above = u < RARE ? sumAbove(k, p, a, b) : above - p;
  }
  return k;
}

/** P(X > k), p = P(k) */
function sumAbove(k: f64, p: f64, a: f64, b: f64): f64 {
  let sum: f64 = 0;
  do {
    p *= (a + b * k) / (k + 1);
    sum += p;
    k++;
  } while (p > 1e-17 * sum);
  return sum;
}

/** What `addEntropy` leaves: -Σ p log p, and -Σ p (k - mean) log p, its derivative where dp = p (k - mean). */
export let entropy: f64 = 0;
export let entropySlope: f64 = 0;

/** The variance from which `entropyOfMany` has all digits; `addEntropy` has not, nor, from modes of 2^53, an end. */
export const MANY: f64 = 1e6;

/** log(2π e) / 2 */
const NORMAL_ENTROPY: f64 = 1.4189385332046727;

/**
 * The entropy of a variance v, with c = 1 (Poisson) or (q - p)² (binomial): log(2π e v) / 2 - c / (12 v) - ...
 * Max error: 1e-13. Source: C. Knessl 1998, "Integral representations and asymptotic expansions for Shannon and Renyi
 * entropies".
 */
export function entropyOfMany(v: f64, c: f64): f64 {
  return NORMAL_ENTROPY + 0.5 * Math.log(v) - c / (12 * v);
}

/** Terms below do not show in a sum of some thousands. */
const LEAST: f64 = -58; // log 1e-25

/** From the mode, of log-probability `log`, up and down to where terms vanish: about 21 standard deviations of terms. */
export function addEntropy(mode: f64, log: f64, mean: f64, a: f64, b: f64): void {
  entropy = 0;
  entropySlope = 0;
  let at = log;
  for (let k = mode; at > LEAST; k++) {
    add(k - mean, at);
    at += Math.log((a + b * k) / (k + 1)); // at the end of the support the log of 0
  }
  at = log;
  for (let k = mode; k > 0; k--) {
    at -= Math.log((a + b * (k - 1)) / k);
    if (at <= LEAST) break;
    add(k - 1 - mean, at);
  }
}

@inline
function add(distance: f64, log: f64): void {
  const term = Math.exp(log) * log;
  entropy -= term;
  entropySlope -= term * distance;
}
