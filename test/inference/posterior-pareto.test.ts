import { describe, expect, test } from "vitest";
import { paretoSmoothed } from "../../bindings/inference/index.ts";
import { exp, expm1, log, log1p } from "../../bindings/inference/posterior/double.ts";
import { psis } from "../reference/psis.ts";
import { mulberry32 } from "../reference/statistics.ts";

const uniforms = (seed: number): (() => number) => {
  const next = mulberry32(seed);
  return () => (next() + 0.5) / 2 ** 32;
};

/** Host functions will do here: what is drawn need not be the same in every engine. */
function normals(seed: number, n: number): number[] {
  const u = uniforms(seed);
  return Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u()));
}

/** log of weights of a Pareto tail of shape k: u^-k. */
const paretos = (k: number, n: number, seed = 1): number[] => {
  const u = uniforms(seed);
  return Array.from({ length: n }, () => -k * Math.log(u()));
};

/** Target Normal(0, 1), proposal Normal(0, sigma). */
const narrow = (sigma: number, n: number, seed = 2): number[] =>
  normals(seed, n).map((e) => -0.5 * (sigma * e) ** 2 + 0.5 * e * e);

describe("double", () => {
  test("exp and log are within an ulp of the host's, log1p and expm1 within two", () => {
    const u = uniforms(3);
    const ulps = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / (Math.abs(b) * 2 ** -52));
    const worst = { exp: 0, log: 0, log1p: 0, expm1: 0 };
    for (let i = 0; i < 50_000; i++) {
      const x = 1400 * (u() - 0.5) * u() ** 4;
      const y = 2 ** (2000 * (u() - 0.5) * u() ** 6);
      const z = u() < 0.5 ? y : -u() * Math.min(1, y);
      worst.exp = Math.max(worst.exp, ulps(exp(x), Math.exp(x)));
      worst.log = Math.max(worst.log, ulps(log(y), Math.log(y)));
      worst.log1p = Math.max(worst.log1p, ulps(log1p(z), Math.log1p(z)));
      worst.expm1 = Math.max(worst.expm1, ulps(expm1(x), Math.expm1(x)));
    }
    expect(worst.exp).toBeLessThanOrEqual(2); // the host's may be an ulp off too
    expect(worst.log).toBeLessThanOrEqual(2);
    expect(worst.log1p).toBeLessThanOrEqual(4);
    expect(worst.expm1).toBeLessThanOrEqual(4);
  });

  test("at the ends", () => {
    expect([0, -Infinity, Infinity, -800, 800, NaN].map(exp)).toEqual([1, 0, Infinity, 0, Infinity, NaN]);
    expect([1, 0, Infinity, -1, NaN].map(log)).toEqual([0, -Infinity, Infinity, NaN, NaN]);
    for (const x of [-709, -720, -744.9, 709.7]) expect(exp(x) / Math.exp(x)).toBeCloseTo(1, 12);
    for (const x of [5e-324, 1e-310, 2 ** -1022, 1.7e308]) expect(log(x)).toBeCloseTo(Math.log(x), 12);
    expect([0, 1e-300, -1e-20].map(log1p)).toEqual([0, 1e-300, -1e-20]);
    expect([0, 1e-300, -50, -800].map(expm1)).toEqual([0, 1e-300, -1, -1]);
  });
});

describe("paretoSmoothed", () => {
  const CASES: Record<string, number[]> = {
    "21 weights, a tail of five": paretos(0.4, 21),
    "22 weights": normals(8, 22),
    "225 weights": paretos(0.8, 225),
    "narrow guide": narrow(0.6, 1000),
    "wide guide, bounded weights": narrow(2, 1000),
    "heavy tail": paretos(1.5, 3000),
    "lognormal, far from 0": normals(4, 2000).map((x) => 3 * x - 1e4),
    "bounded, k below 0": paretos(-1, 2000).map((l) => l + 500),
    "wide spread, most weights vanish": normals(5, 3000).map((x) => 60 * x),
  };

  test.each(Object.entries(CASES))("is the reference's: %s", (_, logWeights) => {
    const { k, weights } = paretoSmoothed(Float64Array.from(logWeights));
    const reference = psis(logWeights);
    expect(Math.abs(k[0] - reference.k)).toBeLessThan(1e-9);
    for (const [i, each] of reference.weights.entries()) expect(Math.abs(weights[i] - each)).toBeLessThan(1e-9);
  });

  test("of an array of numbers nothing is rounded to float32", () => {
    const logWeights = CASES["lognormal, far from 0"];
    expect(paretoSmoothed(logWeights)).toEqual(paretoSmoothed(Float64Array.from(logWeights)));
    const rounded = paretoSmoothed(Float32Array.from(logWeights));
    expect(rounded.k[0]).not.toBe(paretoSmoothed(logWeights).k[0]);
    expect(Math.abs(rounded.k[0] - paretoSmoothed(logWeights).k[0])).toBeLessThan(0.01);
  });

  // Standard error (1 + k) / sqrt(M), M = 3 sqrt(1e5) = 949: at 4 of these, a fixed seed fails by chance in 6e-5.
  test.each([0, 0.2, 0.5, 0.7, 1, 1.5])("recovers k = %s of Pareto weights at 100 000 samples", (k) => {
    const logWeights = k === 0 ? paretos(1, 1e5, 7).map((e) => Math.log(e)) : paretos(k, 1e5, 7); // exponential weights for 0
    const result = paretoSmoothed(logWeights);
    expect(result.tail[0]).toBe(949);
    expect(Math.abs(result.k[0] - k)).toBeLessThan((4 * (1 + k)) / Math.sqrt(949));
  });

  test("weights of Normal(0, 1) over Normal(0, sigma): k tends to 1 - sigma², and is not above 0 for sigma above 1", () => {
    // P(w > t) of w = exp(c e²), c = (1 - sigma²) / 2, is t^(-1 / (1 - sigma²)) / sqrt(log t), which slows the limit: k is seen below it.
    for (const sigma of [0.4, 0.6, 0.8]) {
      const limit = 1 - sigma * sigma;
      const [k] = paretoSmoothed(narrow(sigma, 1e5)).k;
      expect(k).toBeLessThan(limit + 0.1);
      expect(k).toBeGreaterThan(limit - 0.25);
    }
    expect(paretoSmoothed(narrow(1.5, 1e5)).k[0]).toBeLessThan(0);
  });

  test("Cauchy target, Normal proposal: hopeless; the other way: bounded weights", () => {
    const e = normals(9, 1e4);
    const cauchy = (x: number): number => -Math.log1p(x * x);
    const away = paretoSmoothed(e.map((x) => cauchy(x) + 0.5 * x * x));
    expect(away.k[0]).toBeGreaterThan(0.7);
    const u = uniforms(10);
    const points = Array.from({ length: 1e4 }, () => Math.tan(Math.PI * (u() - 0.5)));
    const back = paretoSmoothed(points.map((x) => -0.5 * x * x - cauchy(x)));
    expect(back.k[0]).toBeLessThan(0.2);
    expect(back.verdicts[0]).toMatch(/^good/);
  });

  test("verdicts, thresholds and needed samples are those of the paper", () => {
    const at = (k: number, n: number) => paretoSmoothed(paretos(k, n));
    expect(at(0.3, 1000).threshold).toBeCloseTo(1 - 1 / 3, 14);
    expect(at(0.3, 10_000).threshold).toBe(0.7);
    expect(at(0.3, 100).threshold).toBeCloseTo(0.5, 14);
    const verdicts = { good: 0, "too few samples": 0, bad: 0, useless: 0 };
    for (const target of [0.1, 0.3, 0.5, 0.6, 0.7, 0.9, 1.2])
      for (const n of [100, 300, 1000]) {
        const { k, threshold, verdicts: said, samplesNeeded } = at(target, n);
        const expected = k[0] < threshold ? "good" : k[0] < 0.7 ? "too few samples" : k[0] < 1 ? "bad" : "useless";
        expect(said[0].startsWith(`${expected}:`), `${k[0]}: ${said[0]}`).toBe(true);
        verdicts[expected]++;
        const needed = k[0] < 0.7 ? Math.ceil(10 ** (1 / (1 - Math.max(0, k[0])))) : Infinity;
        expect(samplesNeeded[0]).toBe(needed);
        if (needed < Infinity) expect(needed <= n).toBe(k[0] < threshold);
      }
    for (const [name, seen] of Object.entries(verdicts)) expect(seen, name).toBeGreaterThan(0);
    expect(paretoSmoothed(new Float32Array(100)).samplesNeeded[0]).toBe(10);
  });

  test("effective samples and the mean are those of the weights", () => {
    const logWeights = paretos(0.3, 1000);
    const { weights, effectiveSamples, logMean } = paretoSmoothed(logWeights);
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(effectiveSamples[0]).toBeCloseTo(1 / weights.reduce((a, w) => a + w * w, 0), 9);
    // A weight that is not in the tail is as it was: w_i = exp(l_i) / (n mean).
    const i = logWeights.indexOf(Math.min(...logWeights));
    expect(logMean[0]).toBeCloseTo(logWeights[i] - Math.log(1000 * weights[i]), 12);
    expect(Math.exp(logMean[0])).toBeCloseTo(1 / 0.7, 1);
  });

  test("rows lie side by side, and do not see each other", () => {
    const columns = [paretos(0.2, 300), normals(1, 300), paretos(0.9, 300).map((l) => l - 1e4)];
    const together = paretoSmoothed(
      columns[0].flatMap((_, i) => columns.map((column) => column[i])),
      { rows: 3 },
    );
    for (const [row, column] of columns.entries()) {
      const alone = paretoSmoothed(column);
      expect(together.weights.filter((_, i) => i % 3 === row)).toEqual(alone.weights);
      for (const name of ["k", "effectiveSamples", "tail", "samplesNeeded", "logMean", "verdicts"] as const)
        expect(together[name][row]).toBe(alone[name][0]);
    }
  });

  test("neither the order of the samples nor a constant matters; ties stay ties", () => {
    const logWeights = paretos(0.5, 400).map((l) => Math.round(8 * l) / 8); // a grid: many ties
    const forward = paretoSmoothed(logWeights);
    const backward = paretoSmoothed([...logWeights].reverse());
    expect(backward.k).toEqual(forward.k);
    for (let i = 0; i < 400; i++) expect(backward.weights[399 - i]).toBeCloseTo(forward.weights[i], 14);
    const shifted = paretoSmoothed(logWeights.map((l) => l + 1024));
    expect(shifted.weights).toEqual(forward.weights);
    expect(shifted.logMean[0]).toBe(forward.logMean[0] + 1024);
    const byWeight = new Map<number, number>();
    for (const [i, l] of logWeights.entries()) {
      expect(byWeight.get(l) ?? forward.weights[i]).toBe(forward.weights[i]);
      byWeight.set(l, forward.weights[i]);
    }
    const sorted = [...byWeight].sort(([a], [b]) => a - b).map(([, w]) => w);
    expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
    expect(forward.tail[0]).toBeLessThan(60);
  });

  describe("edges", () => {
    test("equal weights: a flat tail", () => {
      const { weights, k, effectiveSamples, verdicts, logMean } = paretoSmoothed(new Float32Array(50).fill(1e4));
      expect(weights).toEqual(new Float64Array(50).fill(1 / 50));
      expect(k[0]).toBe(-Infinity);
      expect(effectiveSamples[0]).toBeCloseTo(50, 10);
      expect(verdicts[0]).toMatch(/^good/);
      expect(logMean[0]).toBe(1e4);
    });

    test("the largest weight repeated over the tail, and beyond it", () => {
      for (const repeated of [10, 30]) {
        const logWeights = Array.from({ length: 100 }, (_, i) => (i < repeated ? 2 : -i / 100));
        const { weights, k } = paretoSmoothed(logWeights);
        const total = logWeights.reduce((sum, l) => sum + Math.exp(l), 0);
        if (repeated === 30) expect(k[0]).toBe(-Infinity);
        if (repeated === 30)
          for (const [i, l] of logWeights.entries()) expect(weights[i]).toBeCloseTo(Math.exp(l) / total, 14);
        expect(new Set(weights.slice(0, repeated)).size).toBe(1);
      }
      const two = Array.from({ length: 1000 }, (_, i) => (i < 20 ? 3 : 0)); // 20 above the threshold, all the same
      expect(paretoSmoothed(two).k[0]).toBe(-Infinity);
      expect(paretoSmoothed(two).weights[0] / paretoSmoothed(two).weights[999]).toBeCloseTo(Math.exp(3), 10);
    });

    test("one that outweighs all the others, which are the same: nothing to tell k from", () => {
      const { k, verdicts, weights } = paretoSmoothed([9, ...new Array(999).fill(0)]);
      expect(k[0]).toBe(Infinity);
      expect(verdicts[0]).toMatch(/^unknown/);
      expect(weights[0]).toBeCloseTo(Math.exp(9) / (Math.exp(9) + 999), 12);
    });

    test("one weight, and as many as have too short a tail", () => {
      const one = paretoSmoothed([-1e4]);
      expect(one.weights).toEqual(Float64Array.of(1));
      expect([one.k[0], one.effectiveSamples[0], one.logMean[0]]).toEqual([Infinity, 1, -1e4]);
      const logWeights = paretos(0.5, 20);
      const { weights, k, tail } = paretoSmoothed(logWeights);
      const total = logWeights.reduce((sum, l) => sum + Math.exp(l), 0);
      for (const [i, l] of logWeights.entries()) expect(weights[i]).toBeCloseTo(Math.exp(l) / total, 14);
      expect([k[0], tail[0]]).toEqual([Infinity, 0]);
    });

    test("-Infinity is a weight of 0", () => {
      const logWeights = paretos(0.4, 200).flatMap((l) => [l, -Infinity]);
      const { weights, k } = paretoSmoothed(logWeights);
      expect(weights.every((each, i) => each > 0 === (i % 2 === 0))).toBe(true);
      const reference = psis(logWeights);
      expect(k[0]).toBeCloseTo(reference.k, 9);
      const few = paretoSmoothed([0, 1, 2, ...new Array(97).fill(-Infinity)]);
      expect(few.k[0]).toBe(Infinity);
      expect(few.weights[2]).toBeCloseTo(1 / (1 + Math.exp(-1) + Math.exp(-2)), 14);
    });

    test("logs of 10^4 and a spread of 10^4", () => {
      const { weights, logMean } = paretoSmoothed(Array.from({ length: 100 }, (_, i) => (i === 7 ? 1e4 : -100 * i)));
      expect(weights[7]).toBe(1);
      expect(logMean[0]).toBeCloseTo(1e4 - Math.log(100), 10);
    });

    test("what is not a weight is refused by its place", () => {
      expect(() => paretoSmoothed([0, 1, NaN])).toThrow("logWeights[2]: expected a number below Infinity, got NaN");
      expect(() => paretoSmoothed(Float32Array.of(0, Infinity))).toThrow("logWeights[1]");
      expect(() => paretoSmoothed([1, -Infinity, 2, -Infinity], { rows: 2 })).toThrow("none in row 1");
      expect(() => paretoSmoothed([1, 2, 3], { rows: 2 })).toThrow("a divisor of the length 3");
      expect(() => paretoSmoothed([])).toThrow("at least one element");
      expect(() => paretoSmoothed(["1"] as never)).toThrow("logWeights[0]");
      expect(() => paretoSmoothed([1], { row: 1 } as never)).toThrow("no options but rows");
    });
  });
});
