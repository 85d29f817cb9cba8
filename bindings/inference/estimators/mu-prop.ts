import { gradientsOf, variable } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Credit } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import { onlyVectors } from "./accept.ts";
import { probsOf } from "./conditional.ts";
import { weighed } from "./score-function.ts";

type Pair = [Float32Array, Float32Array];

/**
 * (f(z) - f(m) - f'(m) (z - m)) d log p(z) + f'(m) d m: the score function with the cost's linear expansion about the mean m of the
 * sample, its probabilities, for a control variate. Unbiased; without variance where the cost is linear, weak where it is curved.
 * One evaluation more than there are samples, at m, where the cost has to be differentiable. What the cost itself depends on gets
 * its gradient from the draws alone.
 *
 * Gu, Levine, Sutskever, Mnih 2016, "MuProp: unbiased backpropagation for stochastic neural networks", eq. 3.
 */
export function muProp(): Estimator {
  return {
    name: "MuProp",
    unbiased: true,
    differentiates: true,
    refuses: onlyVectors,
    estimate(problem) {
      const { factors, draws } = problem;
      const costs = problem.evaluate(draws);
      const { rows } = problem;
      const means = factors.map(probsOf);
      const points = means.map((mean) => variable(mean.toArray(), [1, ...mean.shape]));
      const centre = problem.evaluate(points);
      const slopes = gradientsOf(centre, new Float32Array(rows).fill(1), points);
      const at = centre.toArray();
      const rest = new Float64Array(costs.toArray()).map((cost, i) => cost - (at[i % rows] as number));
      for (const [i, factor] of factors.entries()) {
        const [z, mean] = [draws[i] as Tensor, means[i] as Tensor].map((each) => each.toArray()) as Pair;
        const slope = slopes[i] as Float32Array;
        const width = problem.width(factor);
        for (let j = 0; j < z.length; j++) {
          const element = j % factor.size;
          (rest[Math.floor(j / width)] as number) -=
            (slope[element] as number) * ((z[j] as number) - (mean[element] as number));
        }
      }
      const expansion = means.map((of, i): Credit => ({ of, n: 1, weights: slopes[i] as Float32Array }));
      return weighed(problem, costs, rest, expansion);
    },
  };
}
