import { expand } from "../../graph/extend.ts";
import { add, mul, reshape, stopGradient, sub } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import { straight } from "./straight-through.ts";
import { replaced, soft } from "./through.ts";

/**
 * The limit of `gumbelRao` with infinitely many draws as tau goes to 0: half of straight-through and half of f'(D) (D - p) d log p(D). One
 * evaluation, at the draw; nothing to tune; exact for costs that are quadratic, biased for others.
 *
 * Shekhovtsov 2023, "Cold analysis of Rao-Blackwellized straight-through Gumbel-Softmax gradient estimator".
 */
export function zgr(): Estimator {
  return straight("ZGR", (_, factor, draws) => {
    const p = expand(soft(factor, factor.logits, 1), draws.shape);
    const logProb = factor.logProb(draws);
    const each = expand(reshape(logProb, [...logProb.shape, ...factor.law.eventShape.map(() => 1)]), draws.shape);
    return replaced(draws, mul(0.5, add(p, mul(stopGradient(sub(draws, p)), each))));
  });
}
