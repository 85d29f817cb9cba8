import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { mul, type Shape, sub, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import type { ValidateOptions } from "../distribution.ts";
import { constant, fused } from "../fused.ts";
import { noise } from "../noise.ts";
import type { Values } from "../parameters.ts";
import { boolean } from "../support.ts";
import { type Odds, WithOdds } from "./odds.ts";

/** 0 or 1, with probability sigmoid(logits) or `probs` for 1. */
export class Bernoulli extends WithOdds {
  readonly support = boolean;

  /** @throws ArgumentError (both of logits and probs, or neither; probs outside of [0, 1]), ShapeError */
  constructor(options: Odds & ValidateOptions) {
    const { logits, probs, ...rest } = checkOptions(options, ["logits", "probs", "validateArgs"]);
    super({ logits, probs }, rest);
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return constant("bernoulliSample", { noise: noise("logistic", key, shape, offset), logits: this.logits });
  }

  protected density(value: Tensor): Tensor {
    return this.byOdds("bernoulliLogProb", { value });
  }

  /** p, the probability of 1. */
  mean(): Tensor {
    return expand(this.probs, this.batchShape);
  }

  /** p (1 - p) */
  variance(): Tensor {
    const p = this.mean();
    return mul(p, sub(1, p));
  }

  /** The likelier of 0 and 1; 0 of equals. */
  mode(): Tensor {
    const logits = expand(this.logits, this.batchShape);
    return constant("bernoulliSample", { noise: tensor(new Float32Array(logits.size), logits.shape), logits });
  }

  /** -p log p - (1 - p) log(1 - p), in nats. */
  entropy(): Tensor {
    return fused("bernoulliEntropy", { logits: expand(this.logits, this.batchShape) });
  }

  /** P(X <= value). */
  cdf(value: Values): Tensor {
    return this.byOdds("bernoulliCdf", { value: this.checked(value) });
  }

  /** The least k with P(X <= k) >= p: 0 at p = 0, 1 at p = 1. Without a gradient. */
  icdf(p: Values): Tensor {
    return this.constantByOdds("bernoulliIcdf", { p: this.checkedProbability(p) });
  }

  /** 0 and 1: [2, ...1], which broadcasts with the batch. */
  enumerateSupport(): Tensor {
    return tensor([0, 1], [2, ...this.batchShape.map(() => 1)]);
  }
}
