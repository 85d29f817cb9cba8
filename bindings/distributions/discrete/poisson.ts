import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Distribution, type ValidateOptions } from "../distribution.ts";
import { constant, counted, fused } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { countableRate, nonNegativeInteger } from "../support.ts";

/**
 * Counts of events of a rate, 0 to 16 000 000: far enough below 2^24, from where on float32 misses integers.
 * Sampling is by inversion below a rate of 10, by transformed rejection above.
 *
 * Hörmann 1993, "The transformed rejection method for generating Poisson random variables" (PTRS).
 */
export class Poisson extends Distribution {
  readonly support = nonNegativeInteger;

  /** @throws ArgumentError (a rate outside of [0, 16e6]), ShapeError */
  constructor(options: { readonly rate: Values } & ValidateOptions) {
    const { rate, ...rest } = checkOptions(options, ["rate", "validateArgs"]);
    super({ rate: { values: rate, allowed: countableRate } }, rest);
  }

  /** The mean count, in the shape it was given. */
  get rate(): Tensor {
    return this.parameter("rate");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return counted("poisson", key, shape, offset, { rate: this.rate });
  }

  protected density(value: Tensor): Tensor {
    return fused("poissonLogProb", { value, rate: this.rate });
  }

  /** rate */
  mean(): Tensor {
    return expand(this.rate, this.batchShape);
  }

  /** rate */
  variance(): Tensor {
    return this.mean();
  }

  /** The largest integer in the rate; where that is the rate, one less is as likely. */
  mode(): Tensor {
    return constant("poissonMode", { rate: this.mean() });
  }

  /** -Σ p log p, in nats, summed to where terms vanish. */
  entropy(): Tensor {
    return fused("poissonEntropy", { rate: this.mean() });
  }

  /** P(X <= value). */
  cdf(value: Values): Tensor {
    return fused("poissonCdf", { value: this.checked(value), rate: this.rate });
  }

  /** The least k with P(X <= k) >= p: 0 at p = 0, Infinity at p = 1. Without a gradient. */
  icdf(p: Values): Tensor {
    return constant("poissonIcdf", { p: this.checkedProbability(p), rate: this.rate });
  }
}
