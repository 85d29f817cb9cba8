import { checkInteger, checkOptions } from "../../core/index.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Values } from "../parameters.ts";
import { presentRow } from "../support.ts";
import { checkRelaxed, placeOnes, type Relaxed, type RelaxOptions, ranking, relax } from "./relaxation.ts";

/**
 * A relaxed choice of the k largest of each row, as a sum of k softmaxes, each without what was chosen before it:
 * y = a¹ + ... + aᵏ, aʲ = softmax(αʲ / τ), α¹ = scores, αʲ⁺¹ = αʲ + log(1 - aʲ). A row adds up to k; single elements may
 * exceed 1 a little where τ is not small. As τ → 0 it is 1 at the k largest and 0 elsewhere (equals share).
 *
 * `hard: true`: exactly k ones, of equal scores those of the lowest index; the gradient is that of the relaxed value.
 *
 * Xie, Ermon 2019, "Reparameterizable subset sampling via continuous relaxations", arXiv:1901.10517.
 * @param scores [..., n], finite, or -Infinity for what is never chosen
 * @returns [..., n], with gradients to `scores` and `tau`
 * @throws ArgumentError (NaN, +Infinity, less than k finite scores in a row, k, tau), ShapeError
 */
export function relaxedTopK(scores: Values, options: { readonly k: number } & RelaxOptions): Tensor {
  const { k, ...rest } = checkOptions(options, ["k", "tau", "hard"]);
  return topKOf(
    checkRelaxed("scores", scores, rest, 1, (n) => presentRow(checkInteger("k", k, 1, n))),
    k,
  );
}

/** The same of inputs that were checked. */
export function topKOf(relaxed: Relaxed, k: number): Tensor {
  const { x, count, n } = relaxed;
  return relax("topK", relaxed, {
    event: [n],
    work: [3 * n, (k + 2) * n],
    settings: () => [k],
    harden: (core, y) => placeOnes(core, y, ranking(core, x, n, k), count, n, k),
  });
}
