import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { fused } from "../fused.ts";
import { boolean } from "../support.ts";
import { carry, originOf } from "./behind.ts";
import { BinaryConcrete } from "./binary.ts";
import { straightThroughSign } from "./rows.ts";

/**
 * Exactly 0 or 1, the sample of `Bernoulli` with the same key, with the gradient of the relaxed sample behind it.
 *
 * `logProb` is the density of that relaxed sample, and so takes only samples of the same step. The law of the values is
 * that of `Bernoulli`: its mean, entropy and divergence are there, those of the relaxed sample in `RelaxedBernoulli`.
 *
 * Jang, Gu, Poole 2017, section 2.2.
 */
export class RelaxedBernoulliStraightThrough extends BinaryConcrete {
  readonly support = boolean;

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    const y = this.drawLogit(key, shape, offset);
    return carry(straightThroughSign(fused("squash", { y }), y), { kind: "logit", hard: true, at: y });
  }

  protected density(value: Tensor): Tensor {
    const { logits, temperature } = this;
    return fused("relaxedBernoulliLogProbAt", { value: originOf(value, "logit"), logits, temperature });
  }
}
