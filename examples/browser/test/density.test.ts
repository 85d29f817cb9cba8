import { gumbelSoftmax, key } from "reparam";
import { describe, expect, test } from "vitest";
import { log2Density } from "../src/density.ts";
import { initial } from "../src/settings.ts";

const CELLS = 400;

/** The integral of the density over the part of the simplex where `isIn`, by the middles of small triangles. */
function integrate(tau: number, isIn: (y: readonly number[]) => boolean): number {
  let sum = 0;
  const add = (b: number, c: number): void => {
    const y = [1 - b - c, b, c] as const;
    const logY = [Math.log(y[0]), Math.log(y[1]), Math.log(y[2])] as const;
    if (isIn(y)) sum += (2 * 2 ** log2Density(initial.logits, tau, logY)) / CELLS ** 2 / 2;
  };
  for (let i = 0; i < CELLS; i++)
    for (let j = 0; i + j < CELLS; j++) {
      add((i + 1 / 3) / CELLS, (j + 1 / 3) / CELLS);
      if (i + j < CELLS - 1) add((i + 2 / 3) / CELLS, (j + 2 / 3) / CELLS);
    }
  return sum;
}

describe.each([1, 1.5, 3])("the density that is drawn behind the samples, at tau %d", (tau) => {
  test("has the integral 1", () => {
    // The rule is inexact in the corners, where the density is steep.
    expect(Math.abs(integrate(tau, () => true) - 1)).toBeLessThan(0.002);
  });

  test("gives a part of the triangle the share of the samples that are there", () => {
    const n = 100_000;
    const rows = Array.from({ length: 3 * n }, (_, i) => initial.logits[i % 3]);
    const samples = gumbelSoftmax(key(3), rows, { cols: 3, tau });
    const isIn = ([a, b]: readonly number[]): boolean => a > 0.4 && b > 0.2;
    let inside = 0;
    for (let at = 0; at < samples.length; at += 3) if (isIn([samples[at], samples[at + 1]])) inside++;
    // 4 standard errors of a share are at most 0.0064; the seed is fixed.
    expect(Math.abs(inside / n - integrate(tau, isIn))).toBeLessThan(0.0064);
  });
});
