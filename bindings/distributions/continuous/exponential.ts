import { checkOptions } from "../../core/index.ts";
import { expand, scalar } from "../../graph/extend.ts";
import { div, mul, type Shape, sub, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { noise } from "../noise.ts";
import type { Values } from "../parameters.ts";
import { nonNegative, positive } from "../support.ts";

/** Waiting times at `rate` events in a unit of time. z = e / rate, e standard exponential. */
export class Exponential extends Reparameterized {
  readonly support = nonNegative;

  /** @throws ArgumentError (rate not above 0), ShapeError */
  constructor(options: { readonly rate?: Values } & ValidateOptions = {}) {
    const { rate = 1, ...rest } = checkOptions(options, ["rate", "validateArgs"]);
    super({ rate: { values: rate, allowed: positive } }, rest);
  }

  /** Events in a unit of time, in the shape it was given. */
  get rate(): Tensor {
    return this.parameter("rate");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return div(noise("exponential", key, shape, offset), this.rate);
  }

  protected density(value: Tensor): Tensor {
    return fused("exponentialLogProb", { value, rate: this.rate });
  }

  /** The probability of a number of at most `value`. */
  cdf(value: Values): Tensor {
    return fused("exponentialCdf", { value: this.checked(value), rate: this.rate });
  }

  /** The inverse of `cdf`: Infinity at p = 1. */
  icdf(p: Values): Tensor {
    return fused("exponentialIcdf", { p: this.checkedProbability(p), rate: this.rate });
  }

  /** 1 / rate */
  mean(): Tensor {
    return div(1, expand(this.rate, this.batchShape));
  }

  /** 1 / rate² */
  variance(): Tensor {
    const mean = this.mean();
    return mul(mean, mean);
  }

  /** 0, where the density is largest. */
  mode(): Tensor {
    return expand(scalar(0), this.batchShape);
  }

  /** 1 - log rate */
  entropy(): Tensor {
    return expand(sub(1, fused("logOf", { x: this.rate })), this.batchShape);
  }
}
