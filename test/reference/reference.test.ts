import { describe, expect, test } from "vitest";
import { bits, FAMILIES, family, fold, foldIn, fromWords, type Key, noise, normalsFromWords, split } from "./noise.ts";
import { KNOWN_ANSWERS, philox } from "./philox.ts";
import {
  argmax,
  bernoulliLogLikelihood,
  categoricalKl,
  gumbelSoftmax,
  logSoftmax,
  logSumExp,
  rows,
  softmax,
  softmaxGrad,
} from "./relax.ts";
import {
  cdf,
  chiSquare,
  chiSquarePValue,
  gammaQ,
  kolmogorovQ,
  kolmogorovSmirnov,
  ksPValue,
  logGamma,
  mean,
  mulberry32,
  ulps,
  variance,
} from "./statistics.ts";

const key: Key = { hi: 0x01234567, lo: 0x89abcdef };

/** Composite Simpson rule; n even. */
function integrate(f: (x: number) => number, from: number, to: number, n = 20000): number {
  const h = (to - from) / n;
  const inner = Array.from({ length: n - 1 }, (_, i) => (i % 2 ? 2 : 4) * f(from + (i + 1) * h));
  return ((f(from) + f(to) + inner.reduce((a, b) => a + b, 0)) * h) / 3;
}

const relative = (actual: number, expected: number): number => Math.abs(actual / expected - 1);

describe("philox", () => {
  test.each(KNOWN_ANSWERS)("Random123 known answer %#", ({ counter, key, output }) => {
    expect(philox(counter, key)).toEqual(output);
  });
});

describe("noise", () => {
  test("counters: element 4b + w is word w of block b, past 2^32 blocks too", () => {
    const words = philox([0, 0, 0, 0], [key.lo, key.hi]);
    expect(Array.from(bits(key, 4))).toEqual(words);
    expect(Array.from(bits(key, 5, 3))).toEqual([words[3], ...philox([1, 0, 0, 0], [key.lo, key.hi])]);
    const far = 4 * (2 ** 32 + 5) + 2;
    expect(bits(key, 1, far)[0]).toBe(philox([5, 1, 0, 0], [key.lo, key.hi])[2]);
  });

  test("keys: children are the first two words of streams 2 and 3", () => {
    const [lo, hi] = philox([1, 0, 2, 0], [key.lo, key.hi]);
    expect(split(key)[1]).toEqual({ hi, lo });
    const [low, high] = philox([7, 3, 3, 0], [key.lo, key.hi]);
    expect(foldIn(key, 3 * 2 ** 32 + 7)).toEqual({ hi: high, lo: low });
  });

  test("fold: symmetric, never 0, and monotone across the tail boundary", () => {
    expect(fold(0, 0)).toEqual({ high: false, a: 2 ** -65 });
    expect(fold(0xffffffff, 0)).toEqual({ high: true, a: 2 ** -65 });
    expect(fold(2 ** 31 - 1, 0).a).toBe(0.5 - 2 ** -33);
    expect(fold(2 ** 31, 0)).toEqual({ high: true, a: 0.5 - 2 ** -33 });
    expect(fold(2 ** 23 - 1, 0xffffffff).a).toBeLessThan(fold(2 ** 23, 0).a);
  });

  test("extremes: both ends of each family by hand", () => {
    const most = 65 * Math.LN2;
    expect(fromWords(0, 0).gumbel).toBeCloseTo(-Math.log(2 ** -65), 12);
    expect(relative(fromWords(0, 0).exponential, 2 ** -65)).toBeLessThan(1e-15);
    expect(relative(fromWords(0xffffffff, 0).exponential, most)).toBeLessThan(1e-15);
    expect(relative(fromWords(0xffffffff, 0).gumbel, -Math.log(most))).toBeLessThan(1e-15);
    expect(fromWords(0xffffffff, 0).logistic).toBe(-fromWords(0, 0).logistic);
  });

  test("each family inverts its distribution function at v, the Gumbel at 1 - v: it falls as v grows", () => {
    const random = mulberry32(1);
    for (let i = 0; i < 2000; i++) {
      const x = fromWords(random(), random());
      for (const name of ["exponential", "logistic"] as const) {
        expect(Math.abs(cdf[name](x[name]) - x.uniform)).toBeLessThan(4e-16);
      }
      expect(Math.abs(cdf.gumbel(x.gumbel) - (1 - x.uniform))).toBeLessThan(4e-16);
    }
  });

  test("normal: radius and angle by definition, and full relative precision beside the axes", () => {
    const random = mulberry32(2);
    for (let i = 0; i < 2000; i++) {
      const [x, r, y] = [random(), random(), random()];
      const [z0, z1] = normalsFromWords(x, r, y);
      expect(relative(z0 ** 2 + z1 ** 2, 2 * fromWords(x, r).exponential)).toBeLessThan(1e-14);
      const turns = (y >>> 30) / 4 + ((y & 0x3fffffff) - 2 ** 29 + 0.5) * 2 ** -32;
      const away = Math.atan2(z1, z0) / (2 * Math.PI) - turns;
      expect(Math.abs(away - Math.round(away))).toBeLessThan(1e-15);
    }
    // s = 2^-31: sin(pi/2 s) is its argument, and the quadrant only permutes and negates.
    const [radius, sliver] = normalsFromWords(2 ** 31, 0, 2 ** 29);
    expect(relative(sliver / radius, (Math.PI / 2) * 2 ** -31)).toBeLessThan(1e-15);
    expect(normalsFromWords(2 ** 31, 0, 2 ** 29 + 2 ** 30)).toEqual([-sliver, radius]);
    expect(normalsFromWords(2 ** 31, 0, 2 ** 29 + 2 ** 31)).toEqual([-radius, -sliver]);
    expect(normalsFromWords(2 ** 31, 0, 2 ** 29 + 3 * 2 ** 30)).toEqual([sliver, -radius]);
  });

  test.each(FAMILIES)("%s: arrays agree at any offset and fit the distribution", (name) => {
    const n = 20000;
    const sample = noise(name, key, n);
    expect(noise(name, key, 9, 5)).toEqual(sample.slice(5, 14));
    expect(family(name, key, 77)).toBe(sample[77]);
    expect(ksPValue(kolmogorovSmirnov(sample, cdf[name]), n)).toBeGreaterThan(1e-3);
  });
});

describe("distribution functions", () => {
  const moments = {
    uniform: [1 / 2, 1 / 12],
    exponential: [1, 1],
    gumbel: [0.5772156649015329, Math.PI ** 2 / 6],
    logistic: [0, Math.PI ** 2 / 3],
    normal: [0, 1],
  } as const;

  // E X and E X^2 by parts: integrals of 1 - F right of 0 and of F left of it.
  test.each(FAMILIES)("%s: mean and variance by quadrature", (name) => {
    const F = cdf[name];
    const far = name === "uniform" ? 1 : 50;
    const first = integrate((x) => 1 - F(x), 0, far) - integrate((x) => F(-x), 0, far);
    const second = 2 * integrate((x) => x * (1 - F(x)), 0, far) + 2 * integrate((x) => x * F(-x), 0, far);
    const [m, v] = moments[name];
    // Subtracting F from 1 leaves 1e-16 of noise at each of up to 50 units of length, times x.
    expect(Math.abs(first - m)).toBeLessThan(1e-10);
    expect(Math.abs(second - first ** 2 - v)).toBeLessThan(1e-10);
  });

  test("normal: Abramowitz & Stegun, table 26.1", () => {
    expect(cdf.normal(1)).toBeCloseTo(0.841344746068543, 14);
    expect(cdf.normal(2)).toBeCloseTo(0.977249868051821, 14);
    expect(relative(cdf.normal(-3), 1.349898031630095e-3)).toBeLessThan(1e-13);
    expect(relative(cdf.normal(-8), 6.22096057427178e-16)).toBeLessThan(1e-12);
  });
});

describe("statistics", () => {
  test("Kolmogorov's Q: critical values, and both expansions where they meet", () => {
    expect(kolmogorovQ(1.2238)).toBeCloseTo(0.1, 4);
    expect(kolmogorovQ(1.3581)).toBeCloseTo(0.05, 6);
    expect(kolmogorovQ(1.6276)).toBeCloseTo(0.01, 5);
    expect(kolmogorovQ(1)).toBeCloseTo(0.26999967167735456, 14);
    expect(kolmogorovQ(0.5)).toBeCloseTo(0.9639452436648751, 14);
    expect(Math.abs(kolmogorovQ(1.18 - 1e-13) - kolmogorovQ(1.18))).toBeLessThan(1e-12);
  });

  test("Kolmogorov-Smirnov: the exact 5% points and a statistic by hand", () => {
    expect(Math.abs(ksPValue(0.13403, 100) - 0.05)).toBeLessThan(1e-3);
    expect(Math.abs(ksPValue(0.0428, 1000) - 0.0497984)).toBeLessThan(2e-4);
    expect(kolmogorovSmirnov([0.9, 0.5, 0.4], cdf.uniform)).toBeCloseTo(0.4, 15);
    expect(
      ksPValue(
        kolmogorovSmirnov(noise("uniform", key, 5000), (x) => cdf.uniform(x * 1.05)),
        5000,
      ),
    ).toBeLessThan(1e-4);
  });

  test("chi-square: the 5% and 0.1% columns, and closed forms", () => {
    expect(chiSquarePValue(3.841, 1)).toBeCloseTo(0.05, 4);
    expect(chiSquarePValue(18.307, 10)).toBeCloseTo(0.05, 5);
    expect(chiSquarePValue(29.588, 10)).toBeCloseTo(0.001, 6);
    expect(chiSquarePValue(124.342, 100)).toBeCloseTo(0.05, 5);
    for (const x of [0.1, 1, 3, 10, 50]) {
      expect(relative(chiSquarePValue(x, 2), Math.exp(-x / 2))).toBeLessThan(1e-13);
      expect(relative(chiSquarePValue(x, 4), Math.exp(-x / 2) * (1 + x / 2))).toBeLessThan(1e-13);
    }
    expect(gammaQ(50, 70)).toBeCloseTo(0.0051405024585059085, 15);
    expect(chiSquare([8, 12], [10, 10])).toBeCloseTo(0.8, 15);
  });

  test("logGamma: factorials and sqrt(pi)", () => {
    expect(relative(logGamma(0.5), Math.log(Math.PI) / 2)).toBeLessThan(1e-14);
    expect(relative(logGamma(11), Math.log(3628800))).toBeLessThan(1e-15);
    expect(Math.abs(logGamma(1))).toBeLessThan(4e-15);
  });

  test("ulps: spacing at 1, below a power of two, among subnormals, at infinity", () => {
    expect(ulps(1 + 2 ** -23, 1)).toBe(1);
    expect(ulps(1 - 2 ** -24, 1)).toBe(0.5);
    expect(ulps(1, 1 - 2 ** -24)).toBe(1);
    expect(ulps(2 ** -149, 0)).toBe(1);
    expect(ulps(2 ** -127, 2 ** -127 + 2 ** -149)).toBe(1);
    expect(ulps(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(0);
    expect(ulps(Number.POSITIVE_INFINITY, 3)).toBe(Number.POSITIVE_INFINITY);
  });

  test("mulberry32: outputs of the author's C source", () => {
    const [zero, other] = [mulberry32(0), mulberry32(12345)];
    expect([zero(), zero(), other(), other()]).toEqual([0x4434b462, 0x00159c37, 0xfacf78c5, 0x4e875100]);
  });

  test("mean and variance", () => {
    expect(mean([1e16, 1, -1e16])).toBe(1 / 3);
    expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 15);
  });
});

describe("relax", () => {
  test("softmax: closed forms, temperature, extremes", () => {
    const [a, b] = softmax([Math.log(3), 0]) as [number, number];
    expect([a, b].map((p) => Number(p.toFixed(15)))).toEqual([0.75, 0.25]);
    expect(softmax([1, 2], 0.5)).toEqual(softmax([2, 4]));
    expect(softmax([Number.NEGATIVE_INFINITY, 1000])).toEqual([0, 1]);
    expect(relative(logSoftmax([0, 50])[1] as number, -Math.exp(-50))).toBeLessThan(1e-14);
    expect(logSumExp([1000, 1000], 2)).toBeCloseTo(500 + Math.LN2, 12);
    expect(Array.from(rows([0, 0, Math.log(3), 0], 2, [1, 1], logSumExp))).toEqual([
      Math.LN2,
      logSumExp([Math.log(3), 0]),
    ]);
  });

  test("gradient: central differences", () => {
    const [x, g, tau, h] = [[0.3, -1.2, 0.9, 2.1], [0.5, -0.7, 1.1, 0.2], 0.7, 1e-5];
    const objective = (at: number[]) => softmax(at, tau).reduce((s, y, i) => s + y * (g[i] as number), 0);
    softmaxGrad(softmax(x, tau), g, tau).forEach((slope, i) => {
      const moved = (by: number) => x.map((v, j) => (i === j ? v + by : v));
      expect(Math.abs(slope - (objective(moved(h)) - objective(moved(-h))) / (2 * h))).toBeLessThan(1e-9);
    });
  });

  test("Gumbel-max: argmax of perturbed logits is categorical (Gumbel 1954; Maddison et al. 2014)", () => {
    const [logits, draws] = [[0.2, -1, 1.3, 0], 8000];
    const counts = [0, 0, 0, 0];
    const g = noise("gumbel", key, 4 * draws);
    for (let i = 0; i < draws; i++) {
      const hard = gumbelSoftmax(logits, g.slice(4 * i, 4 * i + 4), 0.5, true);
      expect(argmax(gumbelSoftmax(logits, g.slice(4 * i, 4 * i + 4), 0.5))).toBe(argmax(hard));
      hard.forEach((y, k) => {
        counts[k] = (counts[k] as number) + y;
      });
    }
    expect(
      chiSquarePValue(
        chiSquare(
          counts,
          softmax(logits).map((p) => p * draws),
        ),
        3,
      ),
    ).toBeGreaterThan(1e-3);
  });

  test("divergence and likelihood: closed forms", () => {
    expect(categoricalKl([2, 2, 2])).toBeCloseTo(0, 15);
    expect(categoricalKl([0, Number.NEGATIVE_INFINITY])).toBeCloseTo(Math.LN2, 15);
    expect(categoricalKl([Math.log(3), 0], [0, Math.log(3)])).toBeCloseTo(Math.log(3) / 2, 14);
    expect(bernoulliLogLikelihood([0, Math.log(3)], [1, 0])).toBeCloseTo(-3 * Math.LN2, 14);
    expect(relative(bernoulliLogLikelihood([80], [1]), -Math.exp(-80))).toBeLessThan(1e-14);
    expect(bernoulliLogLikelihood([1000, -1000], [0, 1])).toBe(-2000);
  });
});
