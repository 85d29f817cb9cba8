import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { add, mul, type Shape, sub, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { checkOrder, interval } from "../interval.ts";
import { noise } from "../noise.ts";
import { Given, type Values } from "../parameters.ts";
import { real, type Support } from "../support.ts";

/**
 * Equal density from `low` to `high`, both included: where u stands next to an end, float32 rounds to it.
 * z = low + (high - low) u. Every number inside is a mode, so there is no `mode`.
 */
export class Uniform extends Reparameterized {
  readonly support: Support;

  /** @throws ArgumentError (a bound not finite, high not above low), ShapeError */
  constructor(options: { readonly low?: Values; readonly high?: Values } & ValidateOptions = {}) {
    const { low = 0, high = 1, ...rest } = checkOptions(options, ["low", "high", "validateArgs"]);
    super({ low: { values: low, allowed: real }, high: { values: high, allowed: real } }, rest);
    const [least, most] = [new Given("low", low, undefined), new Given("high", high, undefined)];
    if (this.validateArgs) checkOrder(least, most);
    this.support = interval(least, most);
  }

  /** The lower end, in the shape it was given. */
  get low(): Tensor {
    return this.parameter("low");
  }

  /** The upper end, in the shape it was given. */
  get high(): Tensor {
    return this.parameter("high");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return fused("uniformIcdf", { u: noise("uniform", key, shape, offset), low: this.low, high: this.high });
  }

  protected density(value: Tensor): Tensor {
    return fused("uniformLogProb", { value, low: this.low, high: this.high });
  }

  /** The probability of a number of at most `value`. */
  cdf(value: Values): Tensor {
    return fused("uniformCdf", { value: this.checked(value), low: this.low, high: this.high });
  }

  /** The inverse of `cdf`. */
  icdf(p: Values): Tensor {
    return fused("uniformIcdf", { p: this.checkedProbability(p), low: this.low, high: this.high });
  }

  /** (low + high) / 2 */
  mean(): Tensor {
    return expand(add(mul(this.low, 0.5), mul(this.high, 0.5)), this.batchShape);
  }

  /** (high - low)² / 12 */
  variance(): Tensor {
    const width = sub(this.high, this.low);
    return expand(mul(mul(width, width), 1 / 12), this.batchShape);
  }

  /** log(high - low) */
  entropy(): Tensor {
    return expand(fused("logOf", { x: sub(this.high, this.low) }), this.batchShape);
  }
}
