import { describe, expect, test } from "vitest";
import { intervalOf, meanSquaredError, twoSided } from "../../bindings/inference/diagnose/interval.ts";
import { Moments, Running } from "../../bindings/inference/diagnose/moments.ts";
import { randomCost } from "./given.ts";

const SIZE = 3;
const uniform = randomCost(11);
/** Large beside their deviations, which are of different size and depend on each other. */
const vectors = Array.from({ length: 500 }, (_, i) => {
  const [a, b, c] = [uniform([i, 0]), uniform([i, 1]), uniform([i, 2])];
  return [1e6 + a, -3 + 10 * b + a, 1e-3 * c * c];
});

const mean = (values: readonly number[]): number => values.reduce((s, x) => s + x, 0) / values.length;
const squares = (values: readonly number[]): number => {
  const centre = mean(values);
  return values.reduce((s, x) => s + (x - centre) ** 2, 0);
};
const column = (j: number): number[] => vectors.map((v) => v[j]);

const momentsOf = (given: readonly (readonly number[])[], size = SIZE): Moments => {
  const moments = new Moments(size);
  for (const vector of given) moments.add(vector);
  return moments;
};

describe("Moments", () => {
  const moments = momentsOf(vectors);

  test("are those of two passes, also where the mean is 10^6 times the deviations", () => {
    for (let j = 0; j < SIZE; j++) {
      expect(moments.mean[j]).toBeCloseTo(mean(column(j)), 8);
      expect(moments.squares[j] / squares(column(j))).toBeCloseTo(1, 8);
    }
    const naive = [0, 1, 2].reduce((s, j) => s + squares(column(j)), 0) / (vectors.length - 1);
    expect(moments.variance / naive).toBeCloseTo(1, 8);
    expect(moments.squaredError(1) / (squares(column(1)) / 499 / 500)).toBeCloseTo(1, 8);
  });

  test("know how well they know the variance: as two passes do, within 2 %", () => {
    const centre = [0, 1, 2].map((j) => mean(column(j)));
    const distances = vectors.map((v) => v.reduce((s, x, j) => s + (x - centre[j]) ** 2, 0));
    const naive = Math.sqrt(squares(distances) / 499 / 500);
    expect(Math.abs(moments.varianceError / naive - 1)).toBeLessThan(0.02);
  });

  test("merged are those of all, whatever the parts; an empty part changes nothing", () => {
    for (const cuts of [
      [0, 250, 500],
      [0, 1, 2, 500],
      [0, 0, 137, 500, 500],
    ]) {
      const merged = new Moments(SIZE);
      for (let i = 1; i < cuts.length; i++) {
        // As a worker posts it: plain data.
        merged.merge(structuredClone(momentsOf(vectors.slice(cuts[i - 1], cuts[i]))));
      }
      expect(merged.n).toBe(500);
      for (let j = 0; j < SIZE; j++) {
        expect(merged.mean[j]).toBeCloseTo(moments.mean[j], 8);
        expect(merged.squares[j] / moments.squares[j]).toBeCloseTo(1, 8);
      }
      expect(merged.variance / moments.variance).toBeCloseTo(1, 8);
      expect(Math.abs(merged.varianceError / moments.varianceError - 1)).toBeLessThan(0.03);
    }
  });

  test("of a number alone: mean and standard error", () => {
    const [all, parts, rest] = [new Running(), new Running(), new Running()];
    for (const [i, x] of column(1).entries()) {
      all.add(x);
      (i < 123 ? parts : rest).add(x);
    }
    parts.merge(rest);
    for (const each of [all, parts]) {
      expect(each.mean).toBeCloseTo(mean(column(1)), 10);
      expect(each.standardError).toBeCloseTo(Math.sqrt(squares(column(1)) / 499 / 500), 10);
    }
  });
});

describe("intervalOf", () => {
  const gradient = Float64Array.from([1e6, -3, 0]);
  const truth = { gradient, moments: undefined };
  const scaled = vectors.map((v) => [v[0] - 1e6, v[1] + 3, v[2]]);
  const moments = momentsOf(scaled);
  const zero = { gradient: new Float64Array(SIZE), moments: undefined };

  test("takes the normal quantile", () => {
    expect(twoSided(0.05)).toBeCloseTo(1.959964, 5);
    expect(twoSided(0.001)).toBeCloseTo(3.290527, 5);
    expect(twoSided(1e-3 / 10_000)).toBeCloseTo(5.32672, 4);
  });

  test("has the margins of Bonferroni and of rounding", () => {
    const { difference, margins } = intervalOf(moments, zero, 0.999);
    const z = 3.5879147; // of 0.001 / 3
    const largest = Math.sqrt(scaled.reduce((s, v) => s + v[1] ** 2, 0) / 500);
    for (let j = 0; j < SIZE; j++) {
      expect(difference[j]).toBeCloseTo(mean(scaled.map((v) => v[j])), 10);
      const expected = (z * Math.sqrt(squares(scaled.map((v) => v[j])) / 499)) / Math.sqrt(500) + largest / 2 ** 20;
      expect(margins[j] / expected).toBeCloseTo(1, 5);
    }
  });

  test("adds the error of a truth that has one", () => {
    const long = { gradient: new Float64Array(SIZE), moments: momentsOf(scaled.slice(0, 100)) };
    const [alone, both] = [intervalOf(moments, zero, 0.9), intervalOf(moments, long, 0.9)];
    const error = (m: Moments, j: number): number => m.squaredError(j);
    const rounding = 2 ** -20 * Math.sqrt(scaled.reduce((s, v) => s + v[1] ** 2, 0) / 500);
    const ratio = (both.margins[1] - rounding) / (alone.margins[1] - rounding);
    expect(ratio).toBeCloseTo(Math.sqrt(1 + error(long.moments, 1) / error(moments, 1)), 6);
  });

  test("detects a bias outside of a margin, and bounds it from both sides", () => {
    const moved = { gradient: Float64Array.from([0, 0, 5]), moments: undefined };
    const found = intervalOf(moments, moved, 0.999);
    expect(found.detected).toBe(true);
    const [least, most] = found.normInterval;
    expect(least).toBeGreaterThan(4.9);
    expect(found.norm).toBeGreaterThan(least);
    expect(most).toBeGreaterThan(found.norm);
    expect(found.bound).toBeCloseTo(Math.abs(found.difference[2]) + found.margins[2], 12);
    const ends = Array.from(found.difference, (d, j) => Math.abs(d) + found.margins[j]);
    expect(most).toBeCloseTo(Math.hypot(...ends), 12);
  });

  test("the mean squared error is the mean of squared errors", () => {
    const naive = mean(scaled.map((v) => v.reduce((s, x, j) => s + (x - [0.2, -1, 3][j]) ** 2, 0)));
    const at = { gradient: Float64Array.from([0.2, -1, 3]), moments: undefined };
    expect(meanSquaredError(moments, at)).toBeCloseTo(naive, 10);
    expect(meanSquaredError(momentsOf(vectors), truth)).toBeCloseTo(
      mean(scaled.map((v) => v.reduce((s, x) => s + x * x, 0))),
      6,
    );
  });
});
