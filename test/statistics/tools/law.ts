import { chiSquare, chiSquarePValue, kolmogorovSmirnov, ksPValue } from "../../reference/statistics.ts";
import { FALSE_ALARM, type Outcome } from "../outcome.ts";
import { pool } from "./pool.ts";

/** Kolmogorov and Smirnov: sqrt(n) sup |F_n - F|. */
export function ksTest(name: string, sample: ArrayLike<number>, cdf: (x: number) => number): Outcome {
  const d = kolmogorovSmirnov(sample, cdf);
  const draws = sample.length;
  return {
    name,
    draws,
    statistic: "√n D (Kolmogorov-Smirnov)",
    value: Math.sqrt(draws) * d,
    threshold: FALSE_ALARM,
    p: ksPValue(d, draws),
  };
}

/**
 * Pearson's chi-square of counts against what was expected of them, small cells pooled. Where all is expected in one cell, nothing
 * is left to test but that nothing was counted where nothing can be.
 */
export function chiSquareTest(name: string, observed: ArrayLike<number>, expected: ArrayLike<number>): Outcome {
  const cells = pool(observed, expected);
  const freedom = cells.expected.length - 1;
  const value = cells.impossible > 0 ? Number.POSITIVE_INFINITY : chiSquare(cells.observed, cells.expected);
  return {
    name,
    draws: Array.from(observed).reduce((sum, count) => sum + count, 0),
    statistic: `χ², ${freedom} degrees of freedom`,
    value,
    threshold: FALSE_ALARM,
    p: cells.impossible > 0 ? 0 : freedom === 0 ? 1 : chiSquarePValue(value, freedom),
  };
}
