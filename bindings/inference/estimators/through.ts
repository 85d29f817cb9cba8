import { apply, expand, type GraphCore, into } from "../../graph/extend.ts";
import { add, div, sigmoid, softmax, type Tensor } from "../../graph/index.ts";
import { placeTau } from "../../relax/index.ts";
import type { Factor } from "../factor.ts";
import type { Problem } from "../problem.ts";
import { noiseOf } from "../source.ts";

/** The values of one tensor with the gradient of another of the same shape. */
export const replaced = (values: Tensor, by: Tensor): Tensor =>
  apply({
    name: "straightThrough",
    inputs: { by },
    reads: { values },
    shape: values.shape,
    forward: (core, y) => core.move(y, values.at, values.size),
    backward: ({ kernels }, dy) => into(by, (dx) => kernels.accumulate(dx, dy, 1, values.size)),
  });

/**
 * The draws, with a gradient to the logits that is a weighted sum of Jacobians of softmax (of the sigmoid for binary variables) at
 * points y of one's choice: sum of weight J(y) dy, J(y) dy = y (dy - <y, dy>), or y (1 - y) dy. The points are constants. The mean of
 * J(y) dy over a row is 0 whatever y, as the entries of y add up to 1: there is nothing to centre.
 *
 * @param points calls `add` with the address of each point, of the shape of the draws; in the backward pass only, given the address of
 *   the logits, of that shape too
 */
export function through(
  factor: Factor,
  draws: Tensor,
  points: (core: GraphCore, add: (y: number, weight: number) => void, logits: number) => void,
): Tensor {
  const { size } = draws;
  const cols = factor.eventSize;
  const logits = expand(factor.logits, draws.shape);
  return apply({
    name: "straightThrough",
    inputs: { logits },
    reads: { draws },
    shape: draws.shape,
    forward: (core, to) => core.move(to, draws.at, size),
    backward: (core, dy) =>
      into(logits, (dx) => {
        const { kernels } = core;
        const part = core.allocate(size);
        const add = (y: number, weight: number): void => {
          kernels.fill(part, 0, size);
          if (factor.kind === "one-hot") kernels.softmaxBackward(part, y, dy, size / cols, cols, ...placeTau(core, 1));
          else kernels.sigmoidBackward(part, y, dy, size);
          kernels.accumulate(dx, part, weight, size);
        };
        points(core, add, logits.at);
      }),
  });
}

/** Where the ones of one-hot rows are. */
export const placesOf = (draws: Tensor): number[] =>
  Array.from(draws.toArray().entries()).flatMap(([i, x]) => (x === 1 ? [i] : []));

/** Below it x / tau is 0 or Infinity in f32 for any x that noise leaves; 1 / tau, which gradients are multiplied by, is not. */
export const LEAST_TAU = 1e-30;

/** softmax(x / tau), or sigmoid(x / tau). */
export const soft = ({ kind }: Factor, x: Tensor, tau: number): Tensor =>
  kind === "one-hot" ? softmax(x, { tau }) : sigmoid(tau === 1 ? x : div(x, Math.max(tau, LEAST_TAU)));

/** logits + gumbel, or logits + logistic: of the noise that made the draws. [samples, ...shape] */
export const perturbed = ({ source, samples }: Problem, factor: Factor): Tensor =>
  add(factor.logits, noiseOf(source, factor, factor.kind === "one-hot" ? "gumbel" : "logistic", "", samples));

/** softmax((logits + gumbel) / tau), or sigmoid((logits + logistic) / tau): of the noise that made the draws. [samples, ...shape] */
export const relaxed = (problem: Problem, factor: Factor, tau: number): Tensor =>
  soft(factor, perturbed(problem, factor), tau);
