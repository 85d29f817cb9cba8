import { describe, expect, test } from "vitest";
import {
  categorical,
  exponential,
  foldIn,
  gumbel,
  gumbelSoftmax,
  type Key,
  key,
  logistic,
  normal,
  split,
  uniform,
} from "../bindings/index.ts";
import { FAMILIES } from "./reference/noise.ts";
import { argmax, logSumExp, softmax } from "./reference/relax.ts";
import { cdf, chiSquare, chiSquarePValue, gammaQ, kolmogorovSmirnov, ksPValue } from "./reference/statistics.ts";

/**
 * Keys are fixed, so each test passes always or never. FALSE_ALARM is the rate at which one p-value of a right law would fall
 * below it if the keys were random; with about 130 p-values here the whole file would fail for one choice of keys in 7000.
 */
const FALSE_ALARM = 1e-6;
const root = key(0x57a715);
const draw = { uniform, exponential, gumbel, logistic, normal };

const expectLaw = (sample: ArrayLike<number>, F: (x: number) => number): void => {
  expect(ksPValue(kolmogorovSmirnov(sample, F), sample.length)).toBeGreaterThan(FALSE_ALARM);
};

const expectCounts = (
  observed: readonly number[],
  expected: readonly number[],
  freedom = observed.length - 1,
): void => {
  expect(chiSquarePValue(chiSquare(observed, expected), freedom)).toBeGreaterThan(FALSE_ALARM);
};

/** Poisson: neither tail of `hits` may be rarer than half the false-alarm rate. */
const expectHits = (hits: number, expected: number): void => {
  const [atMost, atLeast] = [gammaQ(hits + 1, expected), hits === 0 ? 1 : 1 - gammaQ(hits, expected)];
  expect(Math.min(atMost, atLeast), `${hits} hits, expected ${expected}`).toBeGreaterThan(FALSE_ALARM / 2);
};

describe("families", () => {
  test.each(FAMILIES)("1e6 draws of %s have its distribution function (Kolmogorov-Smirnov)", (name) => {
    expectLaw(draw[name](foldIn(root, 1), 1_000_000), cdf[name]);
  });

  const firsts = (keys: readonly Key[]): Float32Array => Float32Array.from(keys, (k) => uniform(k, 1)[0] as number);
  const folded = (): Key[] => Array.from({ length: 100_000 }, (_, i) => foldIn(foldIn(root, 2), i));
  const seeds = (): Key[] => Array.from({ length: 100_000 }, (_, i) => key(i));
  const chain = (): Key[] => {
    const keys = [root];
    for (let i = 0; i < 20_000; i++) keys.push(split(keys[i] as Key)[0] as Key);
    return keys;
  };

  test.each([
    ["split", () => split(foldIn(root, 3), 100_000)],
    ["foldIn of consecutive numbers", folded],
    ["consecutive seeds", seeds],
    ["a chain of splits", chain],
  ])("the first draws of many keys are uniform, and so is each next to the one before: %s", (_, keys) => {
    const u = firsts(keys());
    expectLaw(u, cdf.uniform);
    const cells = new Array<number>(64).fill(0);
    for (let i = 0; i + 1 < u.length; i += 2) {
      const cell = Math.floor((u[i] as number) * 8) * 8 + Math.floor((u[i + 1] as number) * 8);
      cells[cell] = (cells[cell] as number) + 1;
    }
    expectCounts(cells, new Array(64).fill(Math.floor(u.length / 2) / 64));
  });

  test("the normals of a pair are independent of each other, and of the next pair's", () => {
    const z = normal(foldIn(root, 4), 800_000);
    for (const lag of [1, 2, 3]) {
      const cells = new Array<number>(64).fill(0);
      for (let i = 0; i + lag < z.length; i += 4) {
        const cell = Math.floor(cdf.normal(z[i] as number) * 8) * 8 + Math.floor(cdf.normal(z[i + lag] as number) * 8);
        cells[cell] = (cells[cell] as number) + 1;
      }
      expectCounts(cells, new Array(64).fill(z.length / 4 / 64));
    }
  });
});

describe("tails", () => {
  const LENGTH = 1 << 24;
  const extremes = gumbel(foldIn(root, 5), LENGTH)
    .filter((g) => g > 2 || g < -1.2)
    .sort();
  /** How many are below the limit, by bisection. */
  const below = (limit: number): number => {
    let [low, high] = [0, extremes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((extremes[middle] as number) < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  test("Gumbels of 2^24 draws exceed -log(-log(1 - x)) as often as x says, for x = c 2^-k down to 1e-7", () => {
    const thresholds = [1, 1.25, 1.5, 1.75].flatMap((c) => Array.from({ length: 21 }, (_, i) => c * 2 ** -(i + 4)));
    for (const x of thresholds) {
      const limit = -Math.log(-Math.log1p(-x));
      expect(limit).toBeGreaterThan(2);
      expectHits(extremes.length - below(limit), x * LENGTH);
    }
  });

  test("and fall below -log(-log(x)) as often as x says, for x = 2^-k", () => {
    for (let k = 5; k <= 23; k++) {
      const limit = -Math.log(k * Math.LN2);
      expect(limit).toBeLessThan(-1.2);
      expectHits(below(limit), 2 ** -k * LENGTH);
    }
  });

  test("beyond 2^-9, where 32 bits would leave steps, the tails of the uniform are uniform on either side", () => {
    const u = uniform(foldIn(root, 6), LENGTH);
    expectLaw(
      u.filter((v) => v < 2 ** -9).map((v) => v * 2 ** 9),
      cdf.uniform,
    );
    const e = exponential(foldIn(root, 6), LENGTH);
    expectLaw(
      e.filter((v) => v > 9 * Math.LN2).map((v) => v - 9 * Math.LN2),
      cdf.exponential,
    );
    // One word alone gives odd multiples of 2^-33; the second has to leave that lattice, which a float32 this small can.
    const deep = u.filter((v) => v < 2 ** -16);
    expect(deep.length).toBeGreaterThan(100);
    expect(deep.filter((v) => Number.isInteger(v * 2 ** 33)).length).toBeLessThan(deep.length / 4);
  });
});

describe("samples", () => {
  const logits = Float32Array.of(0.5, -1, 1.5, 0, -0.5);
  const cols = logits.length;
  const p = softmax(logits);
  const ROWS = 200_000;
  const repeated = Float32Array.from({ length: ROWS * cols }, (_, i) => logits[i % cols] as number);
  const tally = (values: Iterable<number>, size: number): number[] => {
    const counts = new Array<number>(size).fill(0);
    for (const v of values) counts[v] = (counts[v] as number) + 1;
    return counts;
  };

  test.each([0.1, 1, 10])("the largest entry of a relaxed sample has the categorical law at tau %d", (tau) => {
    const y = gumbelSoftmax(foldIn(root, 7), repeated, { cols, tau });
    const peaks = Array.from({ length: ROWS }, (_, r) => argmax(y.subarray(r * cols, (r + 1) * cols)));
    expectCounts(
      tally(peaks, cols),
      p.map((pi) => pi * ROWS),
    );
  });

  test("rows of one call are independent: pairs of draws at distance 1, 2, 4 and 7 have the product law", () => {
    const drawn = categorical(foldIn(root, 8), repeated, { cols });
    for (const distance of [1, 2, 4, 7]) {
      const pairs: number[] = [];
      for (let r = 0; r + distance < ROWS; r += 2 * distance)
        for (let i = r; i < r + distance && i + distance < ROWS; i++)
          pairs.push((drawn[i] as number) * cols + (drawn[i + distance] as number));
      const law = p.flatMap((pi) => p.map((pj) => pi * pj * pairs.length));
      expectCounts(tally(pairs, cols * cols), law);
    }
  });

  test("draws of one row are independent of one another", () => {
    const drawn = categorical(foldIn(root, 9), logits, { draws: 2 * ROWS });
    const pairs = Array.from(
      { length: ROWS },
      (_, i) => (drawn[2 * i] as number) * cols + (drawn[2 * i + 1] as number),
    );
    const law = p.flatMap((pi) => p.map((pj) => pi * pj * ROWS));
    expectCounts(tally(pairs, cols * cols), law);
  });

  test("the largest perturbed logit is Gumbel about logSumExp(logits), and independent of where it is", () => {
    const noise = gumbel(foldIn(root, 10), ROWS * cols);
    const rows = Array.from({ length: ROWS }, (_, r) =>
      Array.from(logits, (x, i) => x + (noise[r * cols + i] as number)),
    );
    const total = logSumExp(logits);
    const levels = rows.map((z) => cdf.gumbel(Math.max(...z) - total));
    expectLaw(levels, cdf.uniform);
    const BINS = 10;
    const cells = rows.map((z, r) => argmax(z) * BINS + Math.min(BINS - 1, Math.floor((levels[r] as number) * BINS)));
    const law = p.flatMap((pi) => new Array<number>(BINS).fill((pi / BINS) * ROWS));
    expectCounts(tally(cells, cols * BINS), law);
  });
});
