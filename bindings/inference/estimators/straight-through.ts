import { checkOptions, checkPositive } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import { evenly, meanOf, type Problem } from "../problem.ts";
import { onlyVectors } from "./accept.ts";
import { replaced, soft } from "./through.ts";

/**
 * The discrete sample forward, the probabilities backward: J(p) f'(D), J(p) = diag(p) - p p' the Jacobian of softmax. One evaluation, at
 * the draw; biased; exact where the cost is linear; on (b - t)^2 it stays at p = t.
 *
 * With `tau` it is d softmax(logits / tau) that f'(D) is sent through. For a law whose logits are x / forward, forward being a
 * temperature of the draws, and with tau = backward / forward, this is the straight-through estimator with decoupled temperatures.
 *
 * Bengio, Léonard, Courville 2013, section 4; Shah, Yan, Mozer, Liu 2024 (arXiv:2410.13331) for the temperatures.
 * @param options `tau`: above 0, 1 by default
 */
export function straightThrough(options: { readonly tau?: number } = {}): Estimator {
  const { tau = 1 } = checkOptions(options, ["tau"]);
  checkPositive("tau", tau);
  return straight("straight-through", (_, factor, draws) =>
    replaced(draws, expand(soft(factor, factor.logits, tau), draws.shape)),
  );
}

/** An estimator that evaluates the cost at the draws, once each, and differs in what `node` sends back through them. */
export const straight = (
  name: string,
  node: (problem: Problem, factor: Factor, draws: Tensor) => Tensor,
): Estimator => ({
  name,
  unbiased: false,
  differentiates: true,
  refuses: onlyVectors,
  estimate(problem) {
    const { factors, draws } = problem;
    const costs = problem.evaluate(factors.map((factor, i) => node(problem, factor, draws[i] as Tensor)));
    return { value: meanOf(costs), credits: [evenly(costs)] };
  },
});
