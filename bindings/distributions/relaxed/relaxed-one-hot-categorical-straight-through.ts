import { add, exp, type Shape, stopGradient, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { oneHot } from "../support.ts";
import { carry, originOf } from "./behind.ts";
import { Concrete } from "./concrete.ts";
import { straightThrough } from "./rows.ts";

/**
 * Exactly one-hot, what `categorical` draws with the same key, with the gradient of the relaxed sample behind it: the
 * straight-through Gumbel-Softmax. The flavour through the probabilities is `OneHotCategoricalStraightThrough`.
 *
 * `logProb` is the density of the relaxed sample, and so takes only samples of the same step. The law of the values is that
 * of `OneHotCategorical`: its mean, entropy and divergence are there, those of the relaxed sample in
 * `RelaxedOneHotCategorical`.
 *
 * Jang, Gu, Poole 2017, section 2.2.
 */
export class RelaxedOneHotCategoricalStraightThrough extends Concrete {
  readonly support = oneHot;

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    const noise = this.noise(key, shape, offset);
    const y = this.drawLog(noise);
    return carry(straightThrough(exp(y), add(stopGradient(this.logits), noise)), { kind: "log", hard: true, at: y });
  }

  protected density(value: Tensor): Tensor {
    return this.densityAt("simplexAtLog", originOf(value, "log"));
  }
}
