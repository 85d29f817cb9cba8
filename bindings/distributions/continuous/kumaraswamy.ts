import { checkOptions } from "../../core/index.ts";
import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { noise } from "../noise.ts";
import type { Values } from "../parameters.ts";
import { openUnitInterval, positive } from "../support.ts";

/**
 * A family on (0, 1) much like Beta, whose cdf 1 - (1 - x^a)^b has an inverse; a = concentration1, b = concentration0.
 * z = (1 - exp(-e / b))^(1/a), e standard exponential.
 *
 * P. Kumaraswamy 1980, "A generalized probability density function for double-bounded random processes".
 */
export class Kumaraswamy extends Reparameterized {
  readonly support = openUnitInterval;

  /** @throws ArgumentError (a concentration not above 0), ShapeError */
  constructor(options: { readonly concentration1?: Values; readonly concentration0?: Values } & ValidateOptions = {}) {
    const names = ["concentration1", "concentration0", "validateArgs"] as const;
    const { concentration1 = 1, concentration0 = 1, ...rest } = checkOptions(options, names);
    super(
      {
        concentration1: { values: concentration1, allowed: positive },
        concentration0: { values: concentration0, allowed: positive },
      },
      rest,
    );
  }

  /** a, the power of x in the cdf, in the shape it was given. */
  get concentration1(): Tensor {
    return this.parameter("concentration1");
  }

  /** b, the power of 1 - x^a in the cdf, in the shape it was given. */
  get concentration0(): Tensor {
    return this.parameter("concentration0");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return fused("kumaraswamyDraw", { e: noise("exponential", key, shape, offset), ...this.#parameters });
  }

  protected density(value: Tensor): Tensor {
    return fused("kumaraswamyLogProb", { value, ...this.#parameters });
  }

  /** The probability of a number of at most `value`. */
  cdf(value: Values): Tensor {
    return fused("kumaraswamyCdf", { value: this.checked(value), ...this.#parameters });
  }

  /** The inverse of `cdf`: 0 at p = 0, 1 at 1. */
  icdf(p: Values): Tensor {
    return fused("kumaraswamyIcdf", { p: this.checkedProbability(p), ...this.#parameters });
  }

  /** b B(1 + 1/a, b), B the beta function */
  mean(): Tensor {
    return fused("kumaraswamyMean", this.#parameters);
  }

  /** b B(1 + 2/a, b) - mean² */
  variance(): Tensor {
    return fused("kumaraswamyVariance", this.#parameters);
  }

  /**
   * ((a - 1) / (ab - 1))^(1/a) for a, b >= 1; the end, 0 or 1, that the density rises to if one of them is below 1. NaN where
   * there is no single mode: both are below 1, or both 1.
   */
  mode(): Tensor {
    return fused("kumaraswamyMode", this.#parameters);
  }

  /** 1 - 1/b + (1 - 1/a) H(b) - log ab, H(b) the harmonic number */
  entropy(): Tensor {
    return fused("kumaraswamyEntropy", this.#parameters);
  }

  get #parameters(): { readonly concentration1: Tensor; readonly concentration0: Tensor } {
    return { concentration1: this.concentration1, concentration0: this.concentration0 };
  }
}
