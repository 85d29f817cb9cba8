// Goodness of fit and float32 error measures for the tests.

import type { Family } from "./noise.ts";

/** D = sup |F_n - F|. */
export function kolmogorovSmirnov(sample: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort();
  const n = sorted.length;
  let worst = 0;
  sorted.forEach((x, i) => {
    const f = cdf(x);
    worst = Math.max(worst, f - i / n, (i + 1) / n - f);
  });
  return worst;
}

/**
 * P(D_n > d): Kolmogorov's limit at Stephens' argument (J. R. Stat. Soc. B 32, 1970; Numerical Recipes in C, 2nd ed.,
 * eq. 14.3.9). Within 1e-3 of the exact law from n = 100 on.
 */
export function ksPValue(d: number, n: number): number {
  const root = Math.sqrt(n);
  return kolmogorovQ((root + 0.12 + 0.11 / root) * d);
}

/**
 * Q(z) = 2 sum (-1)^(j-1) exp(-2 j^2 z^2) (Numerical Recipes in C, 2nd ed., eq. 14.3.7). It converges slowly for small z;
 * there 1 - Q through the theta-function identity (Marsaglia, Tsang & Wang, J. Stat. Softw. 8(18), 2003, section 1).
 */
export function kolmogorovQ(z: number): number {
  if (z <= 0) return 1;
  const terms = [1, 2, 3, 4, 5, 6];
  if (z < 1.18) {
    const dual = terms.map((j) => Math.exp(-(((2 * j - 1) * Math.PI) ** 2) / (8 * z * z)));
    return 1 - (Math.sqrt(2 * Math.PI) / z) * total(dual);
  }
  return 2 * total(terms.map((j) => (j % 2 ? 1 : -1) * Math.exp(-2 * (j * z) ** 2)));
}

/** Pearson's statistic. */
export function chiSquare(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  return total(Array.from(observed, (o, i) => (o - (expected[i] as number)) ** 2 / (expected[i] as number)));
}

/** P(X > x) for chi-square with `freedom` degrees (DLMF 8.2.4 with a = freedom/2). */
export function chiSquarePValue(x: number, freedom: number): number {
  return gammaQ(freedom / 2, x / 2);
}

/** Regularized upper incomplete gamma Q(a, z): series DLMF 8.11.4 below a + 1, continued fraction DLMF 8.9.2 above. */
export function gammaQ(a: number, z: number): number {
  if (z <= 0) return 1;
  const scale = Math.exp(a * Math.log(z) - z - logGamma(a));
  if (z < a + 1) {
    let term = 1 / a;
    let series = term;
    for (let k = 1; term > series * 1e-17; k++) {
      term *= z / (a + k);
      series += term;
    }
    return 1 - scale * series;
  }
  // The even part of 8.9.2 by the modified Lentz method (Numerical Recipes 3e, section 6.2).
  let b = z + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1, step = 0; Math.abs(step - 1) > 1e-15 && k < 10000; k++) {
    b += 2;
    d = 1 / (b - k * (k - a) * d);
    c = b - (k * (k - a)) / c;
    step = c * d;
    fraction *= step;
  }
  return scale * fraction;
}

/** Stirling's series (DLMF 5.11.1) after the recurrence raises x to 10, where six terms leave less than 1e-15. */
export function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  const s = 1 / (x * x);
  const tail = 1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))));
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + tail / x;
}

export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

export const cdf: Record<Family, (x: number) => number> = {
  uniform: (x) => Math.min(1, Math.max(0, x)),
  exponential: (x) => (x <= 0 ? 0 : -Math.expm1(-x)),
  gumbel: (x) => Math.exp(-Math.exp(-x)),
  logistic: (x) => 1 / (1 + Math.exp(-x)),
  // erfc(|x|/sqrt 2) = Q(1/2, x^2/2), DLMF 7.11.2.
  normal: (x) => (x < 0 ? gammaQ(0.5, (x * x) / 2) / 2 : 1 - gammaQ(0.5, (x * x) / 2) / 2),
};

/** |actual - expected| in units of the float32 spacing at `expected`, which below 2^-126 is 2^-149. */
export function ulps(actual: number, expected: number): number {
  const nearest = Math.fround(expected);
  if (Object.is(actual, nearest) && !Number.isFinite(nearest)) return 0;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, expected);
  const exponent = ((view.getUint16(0) >> 4) & 0x7ff) - 1023;
  return Math.abs(actual - expected) / 2 ** (Math.max(exponent, -126) - 23);
}

export function mean(values: ArrayLike<number>): number {
  return total(Array.from(values)) / values.length;
}

/** Unbiased, in two passes. */
export function variance(values: ArrayLike<number>): number {
  const m = mean(values);
  return total(Array.from(values, (v) => (v - m) ** 2)) / (values.length - 1);
}

/** Mulberry32 (Tommy Ettinger, 2017, public domain): test data from a generator that shares nothing with Philox. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  };
}

/** Neumaier's compensated sum (ZAMM 54, 1974), so a million terms cost no more than one. */
function total(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const v of values) {
    const next = sum + v;
    lost += Math.abs(sum) >= Math.abs(v) ? sum - next + v : v - next + sum;
    sum = next;
  }
  return sum + lost;
}
