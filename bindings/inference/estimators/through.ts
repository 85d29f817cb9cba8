import { apply, into } from "../../graph/extend.ts";
import { add, div, sigmoid, softmax, type Tensor } from "../../graph/index.ts";
import { placeTau } from "../../relax/index.ts";
import type { Factor } from "../factor.ts";
import type { Problem } from "../problem.ts";
import { noiseOf } from "../source.ts";

/** The values of one tensor with the gradient of another of the same shape. */
export const replaced = (values: Tensor, by: Tensor): Tensor =>
  apply({
    inputs: { by },
    shape: values.shape,
    forward: (core, y) => core.move(y, values.at, values.size),
    backward: ({ kernels }, dy) => into(by, (dx) => kernels.accumulate(dx, dy, 1, values.size)),
  });

/**
 * y as if it were softmax(logits / tau), or sigmoid(logits / tau): its gradient to the logits is y (dy - <y, dy>) / tau, or
 * y (1 - y) dy / tau.
 *
 * @param logits of the shape of y
 */
export function atPoint(factor: Factor, y: Tensor, logits: Tensor, tau: number): Tensor {
  const { size } = y;
  const cols = factor.eventSize;
  return apply({
    inputs: { logits },
    shape: y.shape,
    forward: (core, to) => core.move(to, y.at, size),
    backward: (core, dy) =>
      into(logits, (dx) => {
        if (factor.kind === "one-hot")
          core.kernels.softmaxBackward(dx, y.at, dy, size / cols, cols, ...placeTau(core, tau));
        else {
          const floats = core.floats;
          for (let i = 0; i < size; i++) {
            const at = floats[(y.at >>> 2) + i] as number;
            (floats[(dx >>> 2) + i] as number) += ((floats[(dy >>> 2) + i] as number) * at * (1 - at)) / tau;
          }
        }
      }),
  });
}

/** softmax((logits + gumbel) / tau), or sigmoid((logits + logistic) / tau): of the noise that made the draws. [samples, ...shape] */
export function relaxed(problem: Problem, factor: Factor, tau: number): Tensor {
  const family = factor.kind === "one-hot" ? "gumbel" : "logistic";
  const perturbed = add(factor.logits, noiseOf(problem.source, factor, family, "", problem.samples));
  return factor.kind === "one-hot" ? softmax(perturbed, { tau }) : sigmoid(div(perturbed, tau));
}
