import { checkOptions } from "../../core/index.ts";
import { expand, scalar } from "../../graph/extend.ts";
import { add, mul, type Shape, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { noise } from "../noise.ts";
import type { Values } from "../parameters.ts";
import { nonNegative, positive } from "../support.ts";

/** The absolute value of a normal number of mean 0 and standard deviation `scale`. z = scale |e|, e standard normal. */
export class HalfNormal extends Reparameterized {
  readonly support = nonNegative;

  /** @throws ArgumentError (scale not above 0), ShapeError */
  constructor(options: { readonly scale?: Values } & ValidateOptions = {}) {
    const { scale = 1, ...rest } = checkOptions(options, ["scale", "validateArgs"]);
    super({ scale: { values: scale, allowed: positive } }, rest);
  }

  /** The standard deviation of the normal number, in the shape it was given. */
  get scale(): Tensor {
    return this.parameter("scale");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return mul(this.scale, noise("halfNormal", key, shape, offset));
  }

  protected density(value: Tensor): Tensor {
    return fused("halfNormalLogProb", { value, scale: this.scale });
  }

  /** The probability of a number of at most `value`. */
  cdf(value: Values): Tensor {
    return fused("halfNormalCdf", { value: this.checked(value), scale: this.scale });
  }

  /** The inverse of `cdf`: Infinity at p = 1. */
  icdf(p: Values): Tensor {
    return fused("halfNormalIcdf", { p: this.checkedProbability(p), scale: this.scale });
  }

  /** √(2/π) scale */
  mean(): Tensor {
    return expand(mul(this.scale, 0.7978845608028654), this.batchShape);
  }

  /** (1 - 2/π) scale² */
  variance(): Tensor {
    return expand(mul(mul(this.scale, this.scale), 0.3633802276324187), this.batchShape);
  }

  /** 0, where the density is largest. */
  mode(): Tensor {
    return expand(scalar(0), this.batchShape);
  }

  /** log scale + log(πe / 2) / 2 */
  entropy(): Tensor {
    return expand(add(fused("logOf", { x: this.scale }), 0.7257913526447274), this.batchShape);
  }
}
