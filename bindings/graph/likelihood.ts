import { ShapeError } from "../core/index.ts";
import { placeTau } from "../relax/index.ts";
import { expand } from "./arithmetic.ts";
import { asRows, broadcastsTo, sameShape, show } from "./shape.ts";
import { apply, checkTensor, into, tensor } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Log-likelihood of Bernoulli variables given by logits l, summed over the last dimension: sum(t l - softplus(l)).
 *
 * @param logits [..., n]
 * @param targets t, the same shape, in [0, 1]
 * @returns [...]
 */
export function bernoulliLogLikelihood(logits: Tensor, targets: Tensor): Tensor {
  checkTensor("logits", logits);
  checkTensor("targets", targets);
  if (!sameShape(logits.shape, targets.shape))
    throw new ShapeError("targets", `the shape ${show(logits.shape)} of the logits`, show(targets.shape));
  const { rows, cols, leading } = asRows("logits", logits.shape);
  return apply({
    name: "bernoulliLogLikelihood",
    inputs: { logits, targets },
    shape: leading,
    forward: (core, y) =>
      core.scoped(() => core.kernels.bernoulliForward(y, logits.at, targets.at, core.allocate(cols), rows, cols)),
    backward: (core, dy) => {
      into(logits, (dl) =>
        core.kernels.bernoulliBackward(dl, logits.at, targets.at, dy, core.allocate(cols), rows, cols),
      );
      into(targets, (dt) => core.kernels.bernoulliTargetsBackward(dt, logits.at, dy, rows, cols));
    },
  });
}

/**
 * KL(q || p) of categorical distributions given by their logits, over the last dimension.
 *
 * @param logits of q, [..., categories]
 * @param prior logits of p, the same shape or one row; uniform by default
 * @returns [...], in nats
 */
export function categoricalKl(logits: Tensor, prior?: Tensor): Tensor {
  checkTensor("logits", logits);
  const { rows, cols, leading } = asRows("logits", logits.shape);
  if (prior !== undefined) {
    checkTensor("prior", prior);
    if (!broadcastsTo(prior.shape, logits.shape))
      throw new ShapeError("prior", `a shape that broadcasts to ${show(logits.shape)}`, show(prior.shape));
  }
  const other = expand(prior ?? tensor(new Float32Array(cols)), prior ? logits.shape : [cols]);
  const priorRows = other.size / cols;
  const priorStep = prior ? 4 * cols : 0;
  let logQ = 0;
  let logP = 0;
  return apply({
    name: "categoricalKl",
    inputs: { logits, prior: other },
    shape: leading,
    forward: (core, y) => {
      const one = placeTau(core, 1);
      logQ = core.allocate(logits.size);
      logP = core.allocate(other.size);
      core.kernels.logSoftmaxForward(logQ, logits.at, rows, cols, ...one);
      core.kernels.logSoftmaxForward(logP, other.at, priorRows, cols, ...one);
      core.kernels.categoricalKlForward(y, logQ, logP, priorStep, core.allocate(cols), rows, cols);
    },
    backward: (core, dy, y) => {
      const work = core.allocate(cols);
      into(logits, (d) => core.kernels.categoricalKlBackward(d, logQ, logP, priorStep, y, dy, work, rows, cols));
      into(other, (d) => core.kernels.categoricalKlPriorBackward(d, logQ, logP, dy, work, rows, cols));
    },
  });
}
