import { type Bernoulli, Binomial, type Poisson } from "../../distributions/index.ts";
import { expand } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Credit } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import { Factor } from "../factor.ts";
import { evenly, meanOf, type Problem } from "../problem.ts";
import { onlyBinary } from "./accept.ts";
import { type Changes, costsOfChanges, variablesOf } from "./changed.ts";
import { neighbourOf, onlyMeans } from "./count.ts";

/**
 * The gradient of an expectation as the difference of two, for each variable with the others as they were drawn: f(1) - f(0) to the
 * probability of a Bernoulli, f(Z' + 1) - f(Z') to the mean of a count, with Z' of the same law (Poisson), of one trial less
 * (Binomial), or of a `totalCount` that is greater by 1 (NegativeBinomial; Geometric, whose own is 1). Evaluations: 1, and 1 for each
 * variable of a row, 2 where Z' is not the draw, in two calls; unbiased. No gradient goes to a `totalCount`, which may want none.
 *
 * d E f / d mu = E [f(Z' + 1) - f(Z')] as the generating function (1 + a mu (1 - s))^(-1/a), a mean mu with variance mu + a mu², has
 * the derivative (s - 1) (1 + a mu (1 - s))^(-1/a - 1).
 *
 * Pflug 1989, "Sampling derivatives of probabilities"; Mohamed, Rosca, Figurnov, Mnih 2020, "Monte Carlo gradient estimation in
 * machine learning", section 6; Cong, Zhao, Bai, Carin 2019 (GO).
 */
export function measureValued(): Estimator {
  return {
    name: "measure-valued",
    unbiased: true,
    differentiates: false,
    refuses: (factor) => {
      if (onlyBinary(factor) === undefined || onlyMeans(factor) === undefined) return undefined;
      return factor.kind === "count"
        ? onlyMeans(factor)
        : "a Bernoulli, Poisson, Binomial, NegativeBinomial or Geometric distribution";
    },
    estimate(problem) {
      const { factors, draws, samples } = problem;
      const costs = problem.evaluate(draws);
      const { rows } = problem;
      const f = costs.toArray();
      const pairs = factors.map((factor, i) => pairOf(problem, factor, (draws[i] as Tensor).toArray()));
      const others = costsOfChanges(problem, pairs);
      const credits = pairs.map(({ factor, count, sign }, i): Credit => {
        const costsOfOthers = others[i] as Float32Array;
        const width = variablesOf(problem, factor);
        const weights = new Float64Array(factor.size);
        for (let s = 0; s < samples; s++)
          for (let variable = 0; variable < width; variable++)
            for (let row = 0; row < rows; row++) {
              const cost = (which: number): number =>
                which === count
                  ? (f[s * rows + row] as number)
                  : (costsOfOthers[((s * width + variable) * count + which) * rows + row] as number);
              const at = row * width + variable;
              (weights[at] as number) += (sign(s * rows * width + at) * (cost(0) - cost(1))) / samples;
            }
        return { of: (factor.law as Bernoulli | Poisson).mean(), n: 1, weights };
      });
      return {
        value: meanOf(costs),
        credits: [evenly(costs), ...credits],
      };
    },
  };
}

/** Two values of each variable, the second of which is the draw where there is one to evaluate; the sign of first minus second. */
interface Pair extends Changes {
  readonly sign: (at: number) => number;
}

function pairOf({ source, samples }: Problem, factor: Factor, drawn: Float32Array): Pair {
  const { law, size, shape } = factor;
  if (factor.kind === "binary")
    return {
      factor,
      count: 1,
      write: (points, to, at) => {
        points[to] = 1 - (drawn[at] as number);
      },
      sign: (at) => (drawn[at] === 0 ? 1 : -1),
    };
  const neighbour = neighbourOf(factor);
  const own = neighbour === law;
  const lower = own ? drawn : source.sample(new Factor(`${factor.name} one more`, neighbour), samples).toArray();
  // Of no trials there is no more than 0.
  const most = law instanceof Binomial ? expand(law.totalCount, shape).toArray() : undefined;
  return {
    factor,
    count: own ? 1 : 2,
    write: (points, to, at, which) => {
      const value = (lower[at] as number) + 1 - which;
      points[to] = Math.min(value, most?.[at % size] ?? value);
    },
    sign: () => 1,
  };
}
