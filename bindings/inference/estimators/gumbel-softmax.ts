import { checkOptions, checkPositive } from "../../core/index.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import { evenly, meanOf, type Problem } from "../problem.ts";
import { onlyVectors } from "./accept.ts";
import { straight } from "./straight-through.ts";
import { perturbed, relaxed, replaced, soft } from "./through.ts";

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
  return softly("Gumbel-Softmax", (problem, factor) => relaxed(problem, factor, tau));
}

/**
 * Gumbel-Softmax with two temperatures of the same noise: f' at softmax((logits + gumbel) / forward), sent through
 * d softmax((logits + gumbel) / backward). Equal temperatures are `gumbelSoftmax`, and as `forward` goes to 0 this becomes
 * `straightThroughGumbelSoftmax({ tau: backward })`: between the two, how discrete the point of the derivative is and how far the
 * gradient reaches are chosen apart. Two evaluations, as of `gumbelSoftmax`; biased.
 *
 * This is the relaxed flavour of the idea of Shah, Yan, Mozer, Liu 2024 (arXiv:2410.13331). Theirs has hard samples, where a temperature
 * of the forward pass can only be one of the law: see `straightThrough`.
 * @param options `forward`, `backward`: above 0, 1 by default
 */
export function decoupledGumbelSoftmax(
  options: { readonly forward?: number; readonly backward?: number } = {},
): Estimator {
  const { forward = 1, backward = 1 } = checkOptions(options, ["forward", "backward"]);
  checkPositive("forward", forward);
  checkPositive("backward", backward);
  return softly("decoupled Gumbel-Softmax", (problem, factor) => {
    const noisy = perturbed(problem, factor);
    return replaced(soft(factor, noisy, forward), soft(factor, noisy, backward));
  });
}

/** An estimator whose value is that of the draws, and whose gradient that of the cost of other points, one for each draw. */
const softly = (name: string, node: (problem: Problem, factor: Factor) => Tensor): Estimator => ({
  name,
  unbiased: false,
  differentiates: true,
  refuses: onlyVectors,
  estimate(problem) {
    const value = meanOf(problem.evaluate(problem.draws));
    const costs = problem.evaluate(problem.factors.map((factor) => node(problem, factor)));
    return { value, credits: [evenly(costs)] };
  },
});

/**
 * Discrete samples forward, the gradient of the relaxed ones of the same noise backward: f'(D) d softmax((logits + gumbel) / tau). One
 * evaluation, at the draw; biased.
 *
 * Jang, Gu, Poole 2017, section 2.2.
 * @param options `tau`: above 0, 1 by default
 */
export function straightThroughGumbelSoftmax(options: { readonly tau?: number } = {}): Estimator {
  const { tau = 1 } = checkOptions(options, ["tau"]);
  checkPositive("tau", tau);
  return straight("ST-Gumbel-Softmax", (problem, factor, draws) => replaced(draws, relaxed(problem, factor, tau)));
}
