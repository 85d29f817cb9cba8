import { checkBoolean, checkOptions, checkTau, type Floats, ShapeError } from "../core/index.ts";
import { checkKey, type Key, normal as normalNoise } from "../random/index.ts";
import { checkLogits, perturb, placeTau } from "../relax/index.ts";
import { add, lift, mul, type Operand } from "./arithmetic.ts";
import { asRows, broadcast, broadcastsTo, checkShape, type Shape, show, sizeOf } from "./shape.ts";
import { apply, checkTensor, into, tensor, within } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * z = loc + scale e with e standard normal: the reparameterization of a Gaussian. Gradients reach loc and scale; e is a
 * constant of the key.
 *
 * Kingma, Welling 2014, section 2.4.
 * @param options `loc` and `scale` broadcast to the sample's shape; `shape` when both are numbers
 */
export function normal(
  key: Key,
  options: { readonly loc?: Operand; readonly scale?: Operand; readonly shape?: Shape; readonly offset?: number } = {},
): Tensor {
  const { loc = 0, scale = 1, shape, offset = 0 } = checkOptions(options, ["loc", "scale", "shape", "offset"]);
  checkKey(key);
  const [location, spread] = [lift("loc", loc), lift("scale", scale)];
  const sampled = shape === undefined ? broadcast(location.shape, spread.shape, "scale") : checkShape("shape", shape);
  for (const [name, { shape: own }] of Object.entries({ loc: location, scale: spread }))
    if (!broadcastsTo(own, sampled))
      throw new ShapeError(name, `a shape that broadcasts to ${show(sampled)}`, show(own));
  return within("normal", "sample", () => {
    const noise = tensor(normalNoise(key, sizeOf(sampled), { offset }), sampled);
    return add(location, mul(spread, noise));
  });
}

/**
 * A Gumbel-Softmax sample over the last dimension, y = softmax((logits + gumbel(key)) / tau), with the noise of
 * `gumbel(key)` from element `offset` on.
 *
 * `hard: true` is the straight-through flavour of Jang et al.: the value is exactly one-hot (the argmax), the gradient
 * that of the soft sample with the same noise.
 *
 * Jang, Gu, Poole 2017, eq. 2 and section 2.2; Maddison, Mnih, Teh 2017.
 * @param logits [..., categories]
 * @throws KeyError; ArgumentError (NaN or +Infinity among the logits, tau not above 0); ShapeError
 */
export function gumbelSoftmax(
  key: Key,
  logits: Tensor,
  options: { readonly tau?: number | Floats; readonly hard?: boolean; readonly offset?: number } = {},
): Tensor {
  const { tau = 1, hard = false, offset = 0 } = checkOptions(options, ["tau", "hard", "offset"]);
  const noise = checkKey(key);
  checkTensor("logits", logits);
  checkBoolean("hard", hard);
  const { rows, cols } = asRows("logits", logits.shape);
  const temperature = checkTau(tau, rows);
  const { core } = logits;
  checkLogits(core, logits.at, rows, cols);
  const y = perturb(core, noise, { offset }, logits.size, (at) => core.move(at, logits.at, logits.size));
  const at = hard ? core.allocate(logits.size) : y;
  const sample = (): Tensor =>
    apply({
      name: "gumbelSoftmax",
      inputs: { logits },
      shape: logits.shape,
      at,
      forward: () => {
        if (hard) core.kernels.selectOneHot(at, y, rows, cols);
        // A hard sample needs the soft one for its gradient only.
        if (!hard || logits.differentiable)
          core.kernels.softmaxForward(y, y, rows, cols, ...placeTau(core, temperature));
      },
      backward: (_, dy) =>
        into(logits, (dx) => core.kernels.softmaxBackward(dx, y, dy, rows, cols, ...placeTau(core, temperature))),
    });
  return within("gumbelSoftmax", "sample", sample);
}
