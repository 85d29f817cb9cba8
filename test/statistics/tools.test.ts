import { describe, expect, test } from "vitest";
import { cdf, gammaQ } from "../reference/statistics.ts";
import { FOUR_ERRORS, falseAlarmRate, hasPassed, type Outcome } from "./outcome.ts";
import { binomialTail, hitsTest } from "./tools/hits.ts";
import { chiSquareTest, ksTest } from "./tools/law.ts";
import { momentTests, normalPValue, Powers } from "./tools/moments.ts";
import { pool } from "./tools/pool.ts";
import { tuplesTest } from "./tools/tuples.ts";

describe("chi-square", () => {
  test("Pearson 1900, Weldon's 26 306 throws of 12 dice: 43.87241 by his binomials, 16 in a million", () => {
    const observed = [185, 1149, 3265, 5475, 6114, 5194, 3067, 1331, 403, 105, 14, 4, 0];
    const expected = [203, 1217, 3345, 5576, 6273, 5018, 2927, 1254, 392, 87, 13, 1, 0.001];
    const value = observed.reduce((sum, count, i) => sum + (count - expected[i]) ** 2 / expected[i], 0);
    expect(value).toBeCloseTo(43.87241, 1);
    expect(gammaQ(12 / 2, 43.87241 / 2)).toBeCloseTo(0.000016, 6);
  });

  test("Mendel's peas, 9:3:3:1: 0.47 of 3 degrees of freedom, p 0.925", () => {
    const { value, p, draws } = chiSquareTest(
      "peas",
      [315, 101, 108, 32],
      [9, 3, 3, 1].map((part) => (part / 16) * 556),
    );
    expect(draws).toBe(556);
    expect(value).toBeCloseTo(0.47, 2);
    expect(p).toBeCloseTo(0.925, 3);
  });

  test("pools neighbours until each cell expects 10, and the last ones with the cell before", () => {
    expect(pool([1, 2, 3, 4, 5, 6], [4, 4, 4, 20, 3, 3])).toEqual({
      observed: [6, 15],
      expected: [12, 26],
      impossible: 0,
    });
    expect(pool([3, 1], [2, 2])).toEqual({ observed: [4], expected: [4], impossible: 0 });
    expect(() => pool([1], [1, 2])).toThrow("as many");
  });

  test("a draw of what cannot be drawn fails, even one of a million", () => {
    const expected = [500_000, 0, 500_000];
    expect(chiSquareTest("", [500_000, 0, 500_000], expected).p).toBe(1);
    expect(chiSquareTest("", [500_000, 1, 499_999], expected).p).toBe(0);
  });
});

describe("tuples", () => {
  const law = [
    { tuple: [0, 1], chance: 0.75 },
    { tuple: [1, 0], chance: 0.25 },
  ];
  const rows = (...counts: number[]): Float32Array =>
    Float32Array.from(
      counts.flatMap((n, i) =>
        new Array(n)
          .fill(
            [
              [0, 1],
              [1, 0],
              [1, 1],
            ][i],
          )
          .flat(2),
      ),
    );

  test("are counted as they are listed, and what is not listed fails", () => {
    expect(tuplesTest("", rows(75, 25), law)).toMatchObject({ draws: 100, value: 0, p: 1 });
    expect(tuplesTest("", rows(65, 35), law).value).toBeCloseTo(100 / 75 + 100 / 25, 12);
    expect(tuplesTest("", rows(75, 24, 1), law).p).toBe(0);
    expect(tuplesTest("", rows(75, 25).fill(Number.NaN, 9, 10), law).p).toBe(0);
  });
});

describe("hits", () => {
  test("binomial tails of 10 throws of a coin are 176 and 56 of 1024", () => {
    expect(binomialTail(3, 10, 0.5, "at most")).toBeCloseTo(176 / 1024, 14);
    expect(binomialTail(8, 10, 0.5, "at least")).toBeCloseTo(56 / 1024, 14);
    expect(binomialTail(10, 10, 0.5, "at most")).toBeCloseTo(1, 14);
    expect(hitsTest("", 8, 10, 0.5).p).toBeCloseTo(112 / 1024, 14);
  });

  test("rare things of a billion tries follow Poisson's law", () => {
    for (const hits of [0, 10, 32, 60])
      expect(binomialTail(hits, 2 ** 30, 2 ** -25, "at most") / gammaQ(hits + 1, 32)).toBeCloseTo(1, 5);
  });

  test("what always or never is true has to be so", () => {
    expect(hitsTest("", 0, 1e7, 0).p).toBe(1);
    expect(hitsTest("", 1, 1e7, 0).p).toBe(0);
    expect(hitsTest("", 1e6, 1e6, 1).p).toBe(1);
    expect(hitsTest("", 1e6 - 1, 1e6, 1).p).toBe(0);
  });
});

describe("moments", () => {
  test("the two-sided normal: 1.96, and the 4 standard errors of every moment", () => {
    expect(normalPValue(1.959963984540054)).toBeCloseTo(0.05, 14);
    expect(normalPValue(-4) / FOUR_ERRORS).toBeCloseTo(1, 10);
  });

  test("four numbers by hand, and no test of a moment there is not", () => {
    const powers = new Powers(1);
    powers.add(Float32Array.of(0, 1, 3, 4));
    expect([powers.n, powers.first, powers.second, powers.fourth]).toEqual([4, 4, 14, 98]);
    const [mean, variance] = momentTests("", powers, { variance: 4, fourthCentralMoment: 25 });
    expect(mean.value).toBe(1 / Math.sqrt(4 / 4));
    expect(variance.value).toBeCloseTo((14 / 4 - 4) / Math.sqrt(9 / 4), 14);
    expect(momentTests("", powers, { variance: Number.POSITIVE_INFINITY })).toEqual([]);
    expect(momentTests("", powers, { variance: 4, fourthCentralMoment: Number.POSITIVE_INFINITY })).toHaveLength(1);
  });
});

describe("outcomes", () => {
  const outcome: Outcome = { name: "", draws: 1, statistic: "", value: 0, threshold: 1e-9, p: 0.5 };

  test("pass from the threshold on; what is no number never does; a control has to fail", () => {
    expect(hasPassed(outcome)).toBe(true);
    expect(hasPassed({ ...outcome, p: 1e-10 })).toBe(false);
    expect(hasPassed({ ...outcome, p: Number.NaN })).toBe(false);
    expect(hasPassed({ ...outcome, control: true })).toBe(false);
    expect(hasPassed({ ...outcome, p: 1e-10, control: true })).toBe(true);
    expect(hasPassed({ ...outcome, p: Number.NaN, control: true })).toBe(false);
  });

  test("raise false alarms as often as their thresholds say, controls none", () => {
    expect(falseAlarmRate([outcome, outcome, { ...outcome, control: true }])).toBeCloseTo(2e-9, 20);
  });

  test("numbers that are NaN follow no law", () => {
    const sample = new Float32Array(1000).map((_, i) => (i + 0.5) / 1000);
    expect(hasPassed(ksTest("", sample, cdf.uniform))).toBe(true);
    sample[500] = Number.NaN;
    expect(hasPassed(ksTest("", sample, cdf.uniform))).toBe(false);
  });
});
