import { beforeAll, describe, expect, test } from "vitest";
import { compileSpecial, type Special } from "../assembly/special-instance.ts";
import { logGamma } from "../reference/statistics.ts";

let special: Special;
beforeAll(async () => {
  special = await compileSpecial();
});

/** P(X >= k), smallest terms first. */
function tailFrom(k: number, logPmf: (k: number) => number, most: number): number {
  let sum = 0;
  for (let j = most; j >= k; j--) sum += Math.exp(logPmf(j));
  return sum;
}

const logPoisson = (rate: number) => (k: number) => k * Math.log(rate) - rate - logGamma(k + 1);
const logBinomial = (n: number, p: number) => (k: number) =>
  logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p);

/** Upper tails, down to the smallest uniform there is: 2^-65. */
const TAILS = [0.999, 0.5, 0.1, 1e-3, 1.1e-6, 0.9e-6, 1e-9, 1e-12, 1e-15, 1e-18, 2 ** -65];

describe("inversion finds the count whose upper tails enclose the uniform, to the smallest", () => {
  const check = (search: (u: number) => number, logPmf: (k: number) => number, most: number): void => {
    for (const u of TAILS) {
      const k = search(u);
      // Within what the tails are rounded to; not a count off.
      expect(tailFrom(k + 1, logPmf, most), `above ${k} for ${u}`).toBeLessThanOrEqual(u * (1 + 1e-9));
      if (k > 0) expect(tailFrom(k, logPmf, most), `from ${k} for ${u}`).toBeGreaterThanOrEqual(u * (1 - 1e-9));
    }
  };

  test.each([1e-12, 1e-6, 0.01, 0.5, 3, 9.99])("Poisson of rate %d", (rate) => {
    const [none, some] = [Math.exp(-rate), -Math.expm1(-rate)];
    check((u) => (special.search as Special[string])(u, rate, 0, none, some), logPoisson(rate), 120);
  });

  test.each([
    [1, 0.5],
    [19, 0.5],
    [40, 0.2],
    [1000, 0.0099],
    [1000, 1e-9],
  ])("binomial of %d trials with probability %d", (n, p) => {
    const odds = p / (1 - p);
    const none = n * Math.log1p(-p);
    const search = (u: number): number =>
      (special.search as Special[string])(u, n * odds, -odds, Math.exp(none), -Math.expm1(none));
    check(search, logBinomial(n, p), Math.min(n, 150));
  });
});
