import { ArgumentError, checkOptions } from "../../core/index.ts";
import { expand, show } from "../../graph/extend.ts";
import { mul, type Shape, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import type { ValidateOptions } from "../distribution.ts";
import { constant, counted, fused } from "../fused.ts";
import { interval } from "../interval.ts";
import { checkSupport, Given, type Values } from "../parameters.ts";
import { countableTrials, integerInterval, nonNegativeInteger, type Support } from "../support.ts";
import { type Odds, WithOdds } from "./odds.ts";

/**
 * Successes in `totalCount` trials (0 to 2^24, so that float32 holds every count), each one with probability sigmoid(logits)
 * or `probs`. Sampling is by inversion where the rarer of successes and failures has a mean below 10, by transformed
 * rejection elsewhere. No gradient reaches `totalCount` but that of the mean.
 *
 * Hörmann 1993, "The generation of binomial random variates" (BTRS).
 */
export class Binomial extends WithOdds {
  /** Up to `totalCount`, where that is one number; values are checked against their own. */
  readonly support: Support;
  readonly #counts: Support;
  readonly #hasOneCount: boolean;

  /**
   * @throws ArgumentError (totalCount not an integer from 0 to 2^24; both of logits and probs, or neither; probs outside of
   *   [0, 1]), ShapeError
   */
  constructor(options: { readonly totalCount: Values } & Odds & ValidateOptions) {
    const { totalCount, logits, probs, ...rest } = checkOptions(options, [
      "totalCount",
      "logits",
      "probs",
      "validateArgs",
    ]);
    super({ logits, probs }, rest, { totalCount: { values: totalCount, allowed: countableTrials } });
    this.#hasOneCount = typeof totalCount === "number";
    this.support = typeof totalCount === "number" ? integerInterval(0, totalCount) : nonNegativeInteger;
    this.#counts = interval(new Given("0", 0, undefined), new Given("totalCount", totalCount, undefined));
  }

  /** n, the number of trials, in the shape it was given. */
  get totalCount(): Tensor {
    return this.parameter("totalCount");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return counted("binomial", key, shape, offset, { totalCount: this.totalCount, logits: this.logits });
  }

  protected override checkValue(value: Tensor): void {
    super.checkValue(value);
    if (this.validateArgs && !this.#hasOneCount) checkSupport("value", value, this.#counts);
  }

  protected density(value: Tensor): Tensor {
    return this.byOdds("binomialLogProb", { value, totalCount: this.totalCount });
  }

  /** n p */
  mean(): Tensor {
    return expand(mul(this.totalCount, this.probs), this.batchShape);
  }

  /** n p (1 - p) */
  variance(): Tensor {
    return this.byOdds("binomialVariance", { totalCount: this.totalCount });
  }

  /** The largest integer in (n + 1) p, of n at most. */
  mode(): Tensor {
    return constant("binomialMode", this.#parameters());
  }

  /** -Σ p log p, in nats, summed to where terms vanish. */
  entropy(): Tensor {
    return fused("binomialEntropy", this.#parameters());
  }

  /** P(X <= value). */
  cdf(value: Values): Tensor {
    return this.byOdds("binomialCdf", { value: this.checked(value), totalCount: this.totalCount });
  }

  /** The least k with P(X <= k) >= p: 0 at p = 0, `totalCount` at p = 1. Without a gradient. */
  icdf(p: Values): Tensor {
    return this.constantByOdds("binomialIcdf", { p: this.checkedProbability(p), totalCount: this.totalCount });
  }

  override get hasEnumerateSupport(): boolean {
    return this.#hasOneCount;
  }

  /**
   * 0 to `totalCount`: [totalCount + 1, ...1], which broadcasts with the batch.
   * @throws ArgumentError where `totalCount` is not a number but an array or a tensor
   */
  enumerateSupport(): Tensor {
    const { totalCount } = this;
    if (!this.#hasOneCount)
      throw new ArgumentError("totalCount", "a number, for one list of outcomes", `a shape ${show(totalCount.shape)}`);
    const length = totalCount.item() + 1;
    return tensor(
      Float32Array.from({ length }, (_, k) => k),
      [length, ...this.batchShape.map(() => 1)],
    );
  }

  #parameters(): { readonly totalCount: Tensor; readonly logits: Tensor } {
    return { totalCount: this.totalCount, logits: this.logits };
  }
}
