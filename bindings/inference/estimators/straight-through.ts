import { expand } from "../../graph/extend.ts";
import { sigmoid, softmax, type Tensor } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import { even, meanOf, type Problem } from "../problem.ts";
import { onlyVectors } from "./accept.ts";
import { replaced } from "./through.ts";

/**
 * The discrete sample forward, the probabilities backward: f'(D) J(p), J the Jacobian of softmax. Exact where the cost is linear; on
 * (b - t)^2 it stays at p = t.
 *
 * Bengio, Léonard, Courville 2013, section 4.
 */
export function straightThrough(): Estimator {
  return straight("straight-through", (_, factor, draws) => {
    const probs = factor.kind === "one-hot" ? softmax(factor.logits) : sigmoid(factor.logits);
    return replaced(draws, expand(probs, draws.shape));
  });
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
    const { factors, draws, samples } = problem;
    const costs = problem.evaluate(factors.map((factor, i) => node(problem, factor, draws[i] as Tensor)));
    return { value: meanOf(costs), credits: [{ of: costs, n: samples, weights: even(costs, 1 / samples) }] };
  },
});
