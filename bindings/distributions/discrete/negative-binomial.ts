import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import type { ValidateOptions } from "../distribution.ts";
import { constant, fused, sampled } from "../fused.ts";
import { asTensor, type Values } from "../parameters.ts";
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

  get totalCount(): Tensor {
    return this.parameter("totalCount");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return sampled("negativeBinomial", key, shape, offset, { totalCount: this.totalCount, logits: this.logits });
  }

  protected density(value: Tensor): Tensor {
    const { totalCount } = this;
    return this.given === "logits"
      ? fused("negativeBinomialLogProb", { value, totalCount, logits: this.logits })
      : fused("negativeBinomialLogProbOfProbs", { value, totalCount, probs: this.probs });
  }

  /** r p / (1 - p), r = totalCount */
  mean(): Tensor {
    return this.given === "logits"
      ? fused("negativeBinomialMean", this.#parameters())
      : fused("negativeBinomialMeanOfProbs", this.#probabilities());
  }

  /** r p / (1 - p)² */
  variance(): Tensor {
    return this.given === "logits"
      ? fused("negativeBinomialVariance", this.#parameters())
      : fused("negativeBinomialVarianceOfProbs", this.#probabilities());
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
    const x = asTensor("value", value);
    this.checkValue(x);
    const { totalCount } = this;
    return this.given === "logits"
      ? fused("negativeBinomialCdf", { value: x, totalCount, logits: this.logits })
      : fused("negativeBinomialCdfOfProbs", { value: x, totalCount, probs: this.probs });
  }

  /** The least k with P(X <= k) >= p: 0 at p = 0, Infinity at p = 1. Without a gradient. */
  icdf(p: Values): Tensor {
    const checked = this.checkedProbability(p);
    const { totalCount } = this;
    return this.given === "logits"
      ? constant("negativeBinomialIcdf", { p: checked, totalCount, logits: this.logits })
      : constant("negativeBinomialIcdfOfProbs", { p: checked, totalCount, probs: this.probs });
  }

  #probabilities(): { readonly totalCount: Tensor; readonly probs: Tensor } {
    return { totalCount: this.totalCount, probs: expand(this.probs, this.batchShape) };
  }

  #parameters(): { readonly totalCount: Tensor; readonly logits: Tensor } {
    return { totalCount: this.totalCount, logits: expand(this.logits, this.batchShape) };
  }
}
