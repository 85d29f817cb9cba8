import { checkBoolean, checkOptions } from "../../core/index.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Credit, Estimated } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import { learnAfterStep, together } from "../memory.ts";
import { evenly, meanOf, type Problem } from "../problem.ts";
import { onlyDensities } from "./accept.ts";
import { Average, type BaselineOption, checkBaseline } from "./baseline.ts";

/**
 * (f(z) - b) d log p(z): needs nothing but the log-probability. Unbiased whatever the baseline b, if b does not depend on z; without
 * one (b = 0 by default) the variance grows with the square of the cost's mean.
 *
 * Williams 1992 (REINFORCE); Paisley, Blei, Jordan 2012; Ranganath, Gerrish, Blei 2014.
 * @param options `baseline`: a number, `movingAverage()`, or a tensor (or a function that makes one in the step) that is trained along
 */
export function scoreFunction(options: { readonly baseline?: BaselineOption } = {}): Estimator {
  const { baseline = 0 } = checkOptions(options, ["baseline"]);
  const subtracted = checkBaseline(baseline);
  return {
    name: "score function",
    unbiased: true,
    differentiates: false,
    memory: together({ baseline: subtracted.memory }),
    refuses: onlyDensities,
    estimate(problem) {
      const costs = problem.evaluate(problem.draws);
      const f = costs.toArray();
      const { values, credits } = subtracted.of(problem, f);
      const signal = new Float64Array(f).map((cost, i) => cost - (values[i % problem.rows] as number));
      return weighed(problem, costs, signal, credits);
    },
  };
}

/**
 * The score function as NVIL uses it: from the cost is subtracted what a network predicts of it (`baseline`, trained along) and the
 * moving average of what is left; the signal is divided by its moving standard deviation where that is above 1. That scales the
 * gradient of this estimate, and of nothing that stands beside it: have all of the objective in the cost (also what has a closed form,
 * such as a divergence), or leave `normalize` off, without which the gradient is unbiased.
 *
 * Mnih, Gregor 2014, "Neural variational inference and learning in belief networks", section 2.3.
 * @param options `baseline`: as of `scoreFunction`, 0 by default; `decay`: of the moving mean and variance, 0.9 by default; `normalize`:
 *   whether the signal is divided by its standard deviation, true by default
 */
export function nvil(
  options: { readonly baseline?: BaselineOption; readonly decay?: number; readonly normalize?: boolean } = {},
): Estimator {
  const { baseline = 0, decay = 0.9, normalize = true } = checkOptions(options, ["baseline", "decay", "normalize"]);
  checkBoolean("normalize", normalize);
  const predicted = checkBaseline(baseline);
  const [mean, square] = [new Average(decay), new Average(decay)];
  return {
    name: "NVIL",
    unbiased: !normalize,
    differentiates: false,
    memory: together({ baseline: predicted.memory, mean, square }),
    refuses: onlyDensities,
    estimate(problem) {
      const costs = problem.evaluate(problem.draws);
      const { values, credits } = predicted.of(problem, costs.toArray());
      const signal = new Float64Array(costs.toArray()).map((cost, i) => cost - (values[i % problem.rows] as number));
      const centre = mean.value;
      const spread = normalize ? Math.max(1, Math.sqrt(Math.max(0, square.value - centre * centre))) : 1;
      const average = (of: (x: number) => number): number => signal.reduce((sum, x) => sum + of(x), 0) / signal.length;
      learnAfterStep(mean, [average((x) => x)]);
      learnAfterStep(square, [average((x) => x * x)]);
      return weighed(
        problem,
        costs,
        signal.map((x) => (x - centre) / spread),
        credits,
      );
    },
  };
}

/**
 * Leave-one-out: the baseline of each sample is the mean cost of the others, 1 / (S - 1) sum (f(z_s) - mean f) d log p(z_s). Two samples
 * or more; unbiased, without anything to tune: a good first choice for a black box.
 *
 * Salimans, Knowles 2014; Kool, van Hoof, Welling 2019, "Buy 4 REINFORCE samples, get a baseline for free!".
 */
export function rloo(): Estimator {
  return {
    name: "RLOO",
    unbiased: true,
    differentiates: false,
    leastSamples: 2,
    refuses: onlyDensities,
    estimate(problem): Estimated {
      const { samples } = problem;
      const costs = problem.evaluate(problem.draws);
      const mean = meanOf(costs);
      const weights = new Float64Array(costs.toArray()).map(
        (cost, i) => (cost - (mean[i % problem.rows] as number)) / (samples - 1),
      );
      return {
        value: mean,
        credits: [evenly(costs), ...scored(problem, weights)],
      };
    },
  };
}

/** weights d log p of the draws, the same for all variables of a row: [samples, rows]. */
export const scored = ({ factors, draws, samples }: Problem, weights: Float64Array): Credit[] =>
  factors.map((factor, i) => ({ of: factor.logProb(draws[i] as Tensor), n: samples, weights }));

/** The mean cost of the draws and, with the mean of signal d log p, its gradient: signal [samples, rows]. */
export function weighed(
  problem: Problem,
  costs: Tensor,
  signal: Float64Array,
  further: readonly Credit[] = [],
): Estimated {
  const weights = signal.map((each) => each / problem.samples);
  return { value: meanOf(costs), credits: [evenly(costs), ...scored(problem, weights), ...further] };
}
