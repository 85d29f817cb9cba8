import { describe, expect, test } from "vitest";
import type { Tensor } from "../../bindings/graph/index.ts";
import type { Cost, Estimator, Factors } from "../../bindings/inference/index.ts";
import { type Case, gradientsOfCases, momentsOf } from "./given.ts";

/** The exhaustive expectation of a gradient is the exact gradient: in double precision, and as the library computes it. */
const REFERENCE = 1e-10;
const LIBRARY = 1e-6;

export const norm = (x: readonly number[]): number => Math.hypot(...x);
const apart = (a: readonly number[], b: readonly number[]): number => norm(a.map((x, i) => x - b[i])) / norm(b);

export interface Check {
  readonly name: string;
  readonly estimator: Estimator;
  readonly samples?: number;
  /** Parameters of one row, and their shape if it is not one dimension. */
  readonly parameters: readonly number[];
  readonly shape?: readonly number[];
  readonly law: (parameters: Tensor) => Factors;
  readonly cost: Cost<never>;
  /** The gradient that the mean is compared with: the exact one or, of a biased estimator, the one its formula has. */
  readonly expected: readonly number[];
  /** The cases whose weighted mean is the expectation. */
  readonly cases: readonly Case[];
  /** The same gradient, naively. */
  readonly naive: (each: Case) => readonly number[];
}

export function checkMeans(checks: readonly Check[]): void {
  describe.each(checks)("$name", (check) => {
    const { cases, naive, expected } = check;

    test("the weights of the cases add up to 1", () => {
      expect(Math.abs(cases.reduce((sum, { weight }) => sum + weight, 0) - 1)).toBeLessThan(1e-9);
    });

    test("the reference has the expected mean", () => {
      const mean = expected.map(() => 0);
      for (const each of cases) for (const [v, g] of naive(each).entries()) mean[v] += each.weight * g;
      expect(apart(mean, expected)).toBeLessThan(REFERENCE);
    });

    test("the library gives the reference's gradient in each case", () => {
      const gradients = gradientsOfCases(check, cases);
      for (const [i, each] of cases.entries()) {
        const naively = naive(each);
        expect(norm(naively.map((x, v) => x - gradients[i][v]))).toBeLessThan(2e-6 * Math.max(0.1, norm(naively)));
      }
    });

    test("the library has the expected mean", () => {
      expect(apart(momentsOf(check, cases).mean, expected)).toBeLessThan(LIBRARY);
    });
  });
}
