import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { type Shape, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import type { ValidateOptions } from "../distribution.ts";
import { constant, fused } from "../fused.ts";
import { noise } from "../noise.ts";
import type { Values } from "../parameters.ts";
import { aboveMinusInfinity, nonNegativeInteger, positiveProbability } from "../support.ts";
import { type Odds, WithOdds } from "./odds.ts";

/**
 * The number of failures before the first success, each trial one with probability sigmoid(logits) or `probs`, above 0.
 * z = floor(E / -log(1 - p)), E standard exponential: both tails are those of E. Counts above 2^24 are rounded to float32.
 *
 * Devroye 1986, chapter X.2.
 */
export class Geometric extends WithOdds {
  readonly support = nonNegativeInteger;

  /** @throws ArgumentError (both of logits and probs, or neither; logits of -Infinity; probs outside of (0, 1]), ShapeError */
  constructor(options: Odds & ValidateOptions) {
    const { logits, probs, ...rest } = checkOptions(options, ["logits", "probs", "validateArgs"]);
    super({ logits, probs }, rest, {}, { logits: aboveMinusInfinity, probs: positiveProbability });
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return constant("geometricSample", { noise: noise("exponential", key, shape, offset), logits: this.logits });
  }

  protected density(value: Tensor): Tensor {
    return this.byOdds("geometricLogProb", { value });
  }

  /** (1 - p) / p */
  mean(): Tensor {
    return this.byOdds("geometricMean");
  }

  /** (1 - p) / p² */
  variance(): Tensor {
    return this.byOdds("geometricVariance");
  }

  /** 0 */
  mode(): Tensor {
    return expand(tensor([0], []), this.batchShape);
  }

  /** The entropy of one trial, divided by p. */
  entropy(): Tensor {
    return fused("geometricEntropy", { logits: this.#batch() });
  }

  /** P(X <= value) = 1 - (1 - p)^(value + 1). */
  cdf(value: Values): Tensor {
    return this.byOdds("geometricCdf", { value: this.checked(value) });
  }

  /** The least k with P(X <= k) >= p: 0 at p = 0, Infinity at p = 1. Without a gradient. */
  icdf(p: Values): Tensor {
    return this.constantByOdds("geometricIcdf", { p: this.checkedProbability(p) });
  }

  #batch(): Tensor {
    return expand(this.logits, this.batchShape);
  }
}
