import { type Tensor, tensor } from "../../graph/index.ts";
import type { Factor } from "../factor.ts";
import type { Problem } from "../problem.ts";

/** Samples in which one variable of each row is another: `count` points for each sample and variable. */
export interface Changes {
  readonly factor: Factor;
  readonly count: number;
  /** Writes what variable `at` of [samples, ...batch], all rows together, is in point `which`, to `points` from `to` on. */
  readonly write: (points: Float32Array, to: number, at: number, which: number) => void;
}

/** Variables of a factor in a row. */
export const variablesOf = (problem: Problem, factor: Factor): number => problem.width(factor) / factor.eventSize;

/**
 * Costs of the draws with one variable changed, the others as they are: of each of `changes` [samples, variables of a row, count, rows],
 * all in one evaluation. Empty if there are none.
 */
export function costsOfChanges(problem: Problem, changes: readonly Changes[]): Float32Array[] {
  const { factors, samples, rows, draws } = problem;
  const counts = changes.map(({ factor, count }) => samples * variablesOf(problem, factor) * count);
  const n = counts.reduce((sum, count) => sum + count, 0);
  if (n === 0) return changes.map(() => new Float32Array(0));
  const points = factors.map((factor, i) => {
    const { size } = factor;
    const drawn = (draws[i] as Tensor).toArray();
    const stacked = new Float32Array(n * size);
    let point = 0;
    for (const { factor: changed, count, write } of changes) {
      const width = variablesOf(problem, changed);
      for (let s = 0; s < samples; s++)
        for (let variable = 0; variable < width; variable++)
          for (let which = 0; which < count; which++, point++) {
            stacked.set(drawn.subarray(s * size, (s + 1) * size), point * size);
            if (changed !== factor) continue;
            for (let row = 0; row < rows; row++) {
              const at = row * width + variable;
              write(stacked, point * size + at * factor.eventSize, s * rows * width + at, which);
            }
          }
    }
    return tensor(stacked, [n, ...factor.shape]);
  });
  const costs = problem.evaluate(points).toArray();
  let to = 0;
  return counts.map((count) => {
    to += count * rows;
    return costs.slice(to - count * rows, to);
  });
}
