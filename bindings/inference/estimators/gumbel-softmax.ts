import { checkOptions, checkPositive } from "../../core/index.ts";
import type { Estimator } from "../estimator.ts";
import { even, meanOf } from "../problem.ts";
import { onlyVectors } from "./accept.ts";
import { straight } from "./straight-through.ts";
import { relaxed, replaced } from "./through.ts";

/**
 * The gradient of the relaxed model, d f(y) for y = softmax((logits + gumbel) / tau), the binary analogue for Bernoulli variables:
 * biased for the discrete one, less so and with more variance as tau falls. What the cost itself depends on is trained on relaxed
 * samples too. The value is that of the discrete samples under the same noise, for which the cost is evaluated once more.
 *
 * Jang, Gu, Poole 2017, section 2.1; Maddison, Mnih, Teh 2017.
 * @param options `tau`: above 0, 1 by default
 */
export function gumbelSoftmax(options: { readonly tau?: number } = {}): Estimator {
  const { tau = 1 } = checkOptions(options, ["tau"]);
  checkPositive("tau", tau);
  return {
    name: "Gumbel-Softmax",
    unbiased: false,
    differentiates: true,
    refuses: onlyVectors,
    estimate(problem) {
      const value = meanOf(problem.evaluate(problem.draws));
      const costs = problem.evaluate(problem.factors.map((factor) => relaxed(problem, factor, tau)));
      return { value, credits: [{ of: costs, n: problem.samples, weights: even(costs, 1 / problem.samples) }] };
    },
  };
}

/**
 * Discrete samples forward, the gradient of the relaxed ones of the same noise backward: f'(D) d softmax((logits + gumbel) / tau).
 *
 * Jang, Gu, Poole 2017, section 2.2.
 * @param options `tau`: above 0, 1 by default
 */
export function straightThroughGumbelSoftmax(options: { readonly tau?: number } = {}): Estimator {
  const { tau = 1 } = checkOptions(options, ["tau"]);
  checkPositive("tau", tau);
  return straight("ST-Gumbel-Softmax", (problem, factor, draws) => replaced(draws, relaxed(problem, factor, tau)));
}
