import { describe, expect, test } from "vitest";
import { crimeRegression, loadCrime } from "../examples/models/data/crime.ts";
import { expectAll } from "./reference/models/expect.ts";
import { sum } from "./reference/models/log-space.ts";
import { enumerateSubsets, type SlabPrior } from "./reference/models/subsets.ts";
import { mean, variance } from "./reference/statistics.ts";

describe("subsets of features of the crime regression", () => {
  test("the table has Ehrlich's 47 states: sums of some columns", () => {
    const { y, M, Prob } = loadCrime();
    expect([y.length, sum([...y]), sum([...M])]).toEqual([47, 42539, 6513]);
    expect(mean(Prob)).toBeCloseTo(0.04709, 5);
  });

  test("columns are standardized logarithms, but for So", () => {
    const { features, target } = crimeRegression();
    const { y, So, M } = loadCrime();
    const back = (values: readonly number[], to: readonly number[]): void => {
      // A line through the first two rows goes through all others.
      const slope = ((to[1] as number) - (to[0] as number)) / ((values[1] as number) - (values[0] as number));
      values.forEach((value, n) => {
        expect((to[0] as number) + slope * (value - (values[0] as number))).toBeCloseTo(to[n] as number, 10);
      });
      expect([mean(values), variance(values)].map((x) => Math.round(x * 1e9) / 1e9 + 0)).toEqual([0, 1]);
    };
    back(target, y.map(Math.log));
    back(
      features.map((row) => row[0] as number),
      M.map(Math.log),
    );
    back(
      features.map((row) => row[1] as number),
      So,
    );
    const two = crimeRegression({ names: ["So", "M"] });
    expect([two.names, two.features[5]]).toEqual([
      ["So", "M"],
      [features[5]?.[1], features[5]?.[0]],
    ]);
  });

  // R package blma (Greenaway & Ormerod), tests/testthat/test-exact-UScrime.R: 15 features, uniform prior of subsets.
  test("the probabilities of inclusion by BIC are the published ones", () => {
    const { features, target } = crimeRegression({ logTarget: false });
    const published = [
      0.708666115397055, 0.1906278707126815, 0.9207138264989706, 0.7253039423829655, 0.370119952624738,
      0.15822730027267, 0.2705746685548234, 0.6064309892368921, 0.369240245853163, 0.2192145020585733,
      0.5583788608712796, 0.1738658933193491, 0.9992269387743786, 0.9027057249464372, 0.1763387397295991,
    ];
    expectAll(enumerateSubsets(features, target, { kind: "bic" }).inclusion, published, 11);
  });

  const { features, target } = crimeRegression();
  const eight = features.map((row) => row.filter((_, j) => j % 2 === 0));

  const determinant = (
    matrix: readonly (readonly number[])[],
  ): { log: number; solve(y: readonly number[]): number[] } => {
    // Gaussian elimination of a positive definite matrix, right sides kept aside.
    const rows = matrix.map((row) => [...row]);
    const factors: [number, number, number][] = [];
    for (const [i, row] of rows.entries()) {
      for (let r = i + 1; r < rows.length; r++) {
        const other = rows[r] as number[];
        const factor = (other[i] as number) / (row[i] as number);
        factors.push([r, i, factor]);
        for (let c = i; c < rows.length; c++) other[c] = (other[c] as number) - factor * (row[c] as number);
      }
    }
    return {
      log: sum(rows.map((row, i) => Math.log(row[i] as number))),
      solve(y) {
        const x = [...y];
        for (const [r, i, factor] of factors) x[r] = (x[r] as number) - factor * (x[i] as number);
        for (let i = x.length - 1; i >= 0; i--) {
          const row = rows[i] as number[];
          for (let c = i + 1; c < x.length; c++) x[i] = (x[i] as number) - (row[c] as number) * (x[c] as number);
          x[i] = (x[i] as number) / (row[i] as number);
        }
        return x;
      },
    };
  };
  const identity = (n: number, value: (i: number, j: number) => number): number[][] =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => value(i, j)));
  const chosen = (subset: number): number[] => [0, 1, 2, 3, 4, 5, 6, 7].filter((j) => (subset >> j) & 1);

  test("the evidence of a slab is the density of n - 1 contrasts of y, without algebra", () => {
    const [slab, noise] = [0.6, 0.4];
    const { logEvidences } = enumerateSubsets(eight, target, { kind: "slab", slab, noise });
    // Helmert's contrasts: orthonormal, and each of sum 0, so that they forget the intercept.
    const contrast = (y: readonly number[]): number[] =>
      y.slice(1).map((value, k) => (sum(y.slice(0, k + 1)) - (k + 1) * value) / Math.sqrt((k + 1) * (k + 2)));
    const columns = [0, 1, 2, 3, 4, 5, 6, 7].map((j) => contrast(eight.map((row) => row[j] as number)));
    const z = contrast(target);
    for (const subset of [0, 1, 128, 37, 90, 255]) {
      const covariance = identity(z.length, (i, k) => {
        const shared = sum(chosen(subset).map((j) => (columns[j]?.[i] as number) * (columns[j]?.[k] as number)));
        return slab ** 2 * shared + (i === k ? noise ** 2 : 0);
      });
      const { log, solve } = determinant(covariance);
      const squares = sum(solve(z).map((x, i) => x * (z[i] as number)));
      const density = -0.5 * (z.length * Math.log(2 * Math.PI) + log + squares);
      expect(logEvidences[subset]).toBeCloseTo(density, 9);
    }
  });

  test("the evidence of Zellner's prior is that of R², from a fit of each subset by itself", () => {
    const g = 47;
    const { logEvidences } = enumerateSubsets(eight, target, { kind: "g", g });
    const centred = [0, 1, 2, 3, 4, 5, 6, 7].map((j) => eight.map((row) => row[j] as number));
    const inner = (a: readonly number[], b: readonly number[]): number => sum(a.map((x, i) => x * (b[i] as number)));
    for (const subset of [1, 128, 37, 90, 255]) {
      const columns = chosen(subset).map((j) => centred[j] as number[]);
      const right = columns.map((column) => inner(column, target));
      const fitted = determinant(columns.map((a) => columns.map((b) => inner(a, b)))).solve(right);
      const r2 = inner(fitted, right) / inner(target, target);
      // Liang, Paulo, Molina, Clyde & Berger 2008, equation 6.
      const expected = ((46 - columns.length) / 2) * Math.log(1 + g) - 23 * Math.log(1 + g * (1 - r2));
      expect(logEvidences[subset]).toBeCloseTo(expected, 9);
    }
    expect(logEvidences[0]).toBeCloseTo(0, 12);
  });

  test.each([
    { kind: "g", g: 47 },
    { kind: "slab", slab: 0.6, noise: 0.4 },
  ] satisfies SlabPrior[])("sums over subsets are those of the definition: $kind", (prior) => {
    const { logEvidences, logEvidence, probabilities, inclusion } = enumerateSubsets(eight, target, prior, 0.2);
    const joint = [...logEvidences].map((log, subset) => {
      const size = chosen(subset).length;
      return Math.exp(log - logEvidence) * 0.2 ** size * 0.8 ** (8 - size);
    });
    expect(sum(joint)).toBeCloseTo(1, 12);
    expectAll([...probabilities], joint, 12);
    const marginal = (j: number): number => sum(joint.filter((_, subset) => chosen(subset).includes(j)));
    expectAll(inclusion, [0, 1, 2, 3, 4, 5, 6, 7].map(marginal), 12);
  });
});
