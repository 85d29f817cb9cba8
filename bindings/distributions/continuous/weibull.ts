import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { add, type Shape, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { noise } from "../noise.ts";
import type { Values } from "../parameters.ts";
import { positive } from "../support.ts";

/**
 * The Weibull distribution, of the cdf 1 - exp(-(x / scale)^concentration). z = scale e^(1 / concentration), e standard
 * exponential.
 */
export class Weibull extends Reparameterized {
  readonly support = positive;

  /** @throws ArgumentError (scale or concentration not above 0), ShapeError */
  constructor(options: { readonly scale?: Values; readonly concentration?: Values } & ValidateOptions = {}) {
    const names = ["scale", "concentration", "validateArgs"] as const;
    const { scale = 1, concentration = 1, ...rest } = checkOptions(options, names);
    super(
      { scale: { values: scale, allowed: positive }, concentration: { values: concentration, allowed: positive } },
      rest,
    );
  }

  /** Where the cdf is 1 - 1 / e, in the shape it was given. */
  get scale(): Tensor {
    return this.parameter("scale");
  }

  /** The power of x / scale in the cdf, in the shape it was given. */
  get concentration(): Tensor {
    return this.parameter("concentration");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return fused("weibullDraw", { e: noise("exponential", key, shape, offset), ...this.#parameters });
  }

  protected density(value: Tensor): Tensor {
    return fused("weibullLogProb", { value, ...this.#parameters });
  }

  /** The probability of a number of at most `value`. */
  cdf(value: Values): Tensor {
    return fused("weibullCdf", { value: this.checked(value), ...this.#parameters });
  }

  /** The inverse of `cdf`: 0 at p = 0, Infinity at 1. */
  icdf(p: Values): Tensor {
    return fused("weibullIcdf", { p: this.checkedProbability(p), ...this.#parameters });
  }

  /** scale Γ(1 + 1 / concentration) */
  mean(): Tensor {
    return fused("weibullMean", this.#parameters);
  }

  /** scale² (Γ(1 + 2 / concentration) - Γ(1 + 1 / concentration)²) */
  variance(): Tensor {
    return fused("weibullVariance", this.#parameters);
  }

  /** scale (1 - 1 / concentration)^(1 / concentration), or 0 for a concentration of at most 1 */
  mode(): Tensor {
    return fused("weibullMode", this.#parameters);
  }

  /** γ (1 - 1 / concentration) + log(scale / concentration) + 1, γ Euler's constant */
  entropy(): Tensor {
    const { scale, concentration } = this;
    return expand(add(fused("logOf", { x: scale }), fused("weibullEntropy", { concentration })), this.batchShape);
  }

  get #parameters(): { readonly scale: Tensor; readonly concentration: Tensor } {
    return { scale: this.scale, concentration: this.concentration };
  }
}
