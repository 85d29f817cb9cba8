import { exp, log, tensor } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import { onlyDensities } from "./accept.ts";
import { scored } from "./score-function.ts";

/**
 * For bounds of several samples: the cost of a sample is -log w, and the value, other than that of all other estimators, is not the
 * mean cost but the bound of the `samples` together, -L with L = log mean exp(-cost). Its gradient is that of E[-L]:
 * -sum_j (L - L_j) d log p(z_j) + sum_j w_j d cost_j with w = softmax(-costs), where L_j has the geometric mean of the other w in the
 * place of w_j. Unbiased for the expected bound; two samples or more, each evaluated once, no derivative by the sample.
 *
 * Mnih, Rezende 2016, "Variational inference for Monte Carlo objectives", eqs. 8 and 10.
 */
export function vimco(): Estimator {
  return {
    name: "VIMCO",
    // For the bound, which is not the mean cost that others have the gradient of.
    unbiased: false,
    differentiates: false,
    hasOwnValue: true,
    leastSamples: 2,
    refuses: onlyDensities,
    estimate(problem) {
      const { samples } = problem;
      const costs = problem.evaluate(problem.draws);
      const { value, shares, gains } = bounds(costs.toArray(), samples, problem.rows);
      return {
        value,
        credits: [{ of: costs, n: samples, weights: shares }, ...scored(problem, gains)],
      };
    },
  };
}

/**
 * For costs [samples, rows]: -L of each row, the shares of the samples in it, and L_j - L. Every exponent is at most 0: that of a sample
 * is taken relative to the largest log w of those that L_j has, the largest of all or, where this one is replaced, the second.
 */
function bounds(costs: Float32Array, m: number, rows: number) {
  const all = Array.from({ length: rows }, (_, row) => largestTwo(costs, m, rows, row));
  const n = costs.length;
  const exponents = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const { best, first, second, sum } = all[i % rows] as Largest;
    const x = -(costs[i] as number);
    const isBest = Math.floor(i / rows) === best;
    exponents[i] = x - first;
    exponents[n + i] = isBest ? -Infinity : x - second;
    exponents[2 * n + i] = (sum - x) / (m - 1) - (isBest ? second : first);
  }
  const e = exp(tensor(exponents)).toArray();
  const [total, others] = [new Float64Array(rows), new Float64Array(rows)];
  for (let i = 0; i < n; i++) {
    (total[i % rows] as number) += e[i] as number;
    (others[i % rows] as number) += e[n + i] as number;
  }
  const ratios = new Float64Array(n + rows);
  for (let i = 0; i < n; i++) {
    const row = i % rows;
    const isBest = Math.floor(i / rows) === all[row]?.best;
    const rest = isBest ? (others[row] as number) : (total[row] as number) - (e[i] as number);
    ratios[i] = (rest + (e[2 * n + i] as number)) / (total[row] as number);
  }
  for (let row = 0; row < rows; row++) ratios[n + row] = (total[row] as number) / m;
  const logs = log(tensor(ratios)).toArray();
  return {
    value: new Float64Array(total).map((_, row) => -(all[row] as Largest).first - (logs[n + row] as number)),
    shares: new Float64Array(costs).map((_, i) => (e[i] as number) / (total[i % rows] as number)),
    gains: new Float64Array(costs).map((_, i) => {
      const { best, first, second } = all[i % rows] as Largest;
      return (logs[i] as number) + (Math.floor(i / rows) === best ? second - first : 0);
    }),
  };
}

/** Of the log w of a row: which is the largest, the two largest, and the sum of all. */
interface Largest {
  readonly best: number;
  readonly first: number;
  readonly second: number;
  readonly sum: number;
}

function largestTwo(costs: Float32Array, m: number, rows: number, row: number): Largest {
  let [best, first, second, sum] = [0, -Infinity, -Infinity, 0];
  for (let s = 0; s < m; s++) {
    const x = -(costs[s * rows + row] as number);
    sum += x;
    if (x > first) [best, first, second] = [s, x, first];
    else if (x > second) second = x;
  }
  return { best, first, second, sum };
}
