import { checkOptions } from "../../core/index.ts";
import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import type { ValidateOptions } from "../distribution.ts";
import { constant, counted, fused } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { belowInfinity, nonNegativeInteger, positive, probabilityBelowOne } from "../support.ts";
import { type Odds, WithOdds } from "./odds.ts";

/**
 * Successes before `totalCount` failures, each trial a success with probability sigmoid(logits) or `probs`, below 1;
 * `totalCount` is any number above 0. A Poisson count of the rate exp(logits) G, G standard gamma of shape `totalCount`,
 * which is how it is sampled. Counts above 2^24 are rounded to float32.
 *
 * Greenwood, Yule 1920.
 */
export class NegativeBinomial extends WithOdds {
  readonly support = nonNegativeInteger;

  /**
   * @throws ArgumentError (totalCount not above 0; both of logits and probs, or neither; logits of Infinity; probs outside of
   *   [0, 1)), ShapeError
   */
  constructor(options: { readonly totalCount: Values } & Odds & ValidateOptions) {
    const { totalCount, logits, probs, ...rest } = checkOptions(options, [
      "totalCount",
      "logits",
      "probs",
      "validateArgs",
    ]);
    super(
      { logits, probs },
      rest,
      { totalCount: { values: totalCount, allowed: positive } },
      { logits: belowInfinity, probs: probabilityBelowOne },
    );
  }

  /** r, the failures that end it, in the shape it was given; it need not be an integer. */
  get totalCount(): Tensor {
    return this.parameter("totalCount");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return counted("negativeBinomial", key, shape, offset, { totalCount: this.totalCount, logits: this.logits });
  }

  protected density(value: Tensor): Tensor {
    return this.byOdds("negativeBinomialLogProb", { value, totalCount: this.totalCount });
  }

  /** r p / (1 - p), r = totalCount */
  mean(): Tensor {
    return this.byOdds("negativeBinomialMean", { totalCount: this.totalCount });
  }

  /** r p / (1 - p)² */
  variance(): Tensor {
    return this.byOdds("negativeBinomialVariance", { totalCount: this.totalCount });
  }

  /** The largest integer in (r - 1) p / (1 - p), 0 for r of 1 or less. */
  mode(): Tensor {
    return constant("negativeBinomialMode", this.#parameters());
  }

  /** -Σ p log p, in nats, summed; where the law is so wide that it is smooth, its upper part as an integral. */
  entropy(): Tensor {
    return fused("negativeBinomialEntropy", this.#parameters());
  }

  /** P(X <= value). */
  cdf(value: Values): Tensor {
    return this.byOdds("negativeBinomialCdf", { value: this.checked(value), totalCount: this.totalCount });
  }

  /** The least k with P(X <= k) >= p: 0 at p = 0, Infinity at p = 1. Without a gradient. */
  icdf(p: Values): Tensor {
    return this.constantByOdds("negativeBinomialIcdf", { p: this.checkedProbability(p), totalCount: this.totalCount });
  }

  #parameters(): { readonly totalCount: Tensor; readonly logits: Tensor } {
    return { totalCount: this.totalCount, logits: this.logits };
  }
}
