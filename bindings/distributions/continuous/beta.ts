import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { add, div, mul, type Shape, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused, sampled } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { openUnitInterval, positive } from "../support.ts";

/**
 * The beta distribution: density ∝ x^(concentration1 - 1) (1 - x)^(concentration0 - 1), both above 0.
 *
 * A sample is G1 / (G1 + G0) of two gamma variates, from their logarithms, moved into the floats between 0 and 1. Its
 * gradients are those of the quantile at the variate before that: dz/dθ = -(∂F/∂θ) / p(z) of the beta cdf itself,
 * implicit reparameterization (Figurnov, Mohamed, Mnih 2018, eq. 4).
 */
export class Beta extends Reparameterized {
  readonly support = openUnitInterval;

  /** @throws ArgumentError (a concentration missing or not above 0), ShapeError */
  constructor(options: { readonly concentration1: Values; readonly concentration0: Values } & ValidateOptions) {
    const { concentration1, concentration0, ...rest } = checkOptions(options, [
      "concentration1",
      "concentration0",
      "validateArgs",
    ]);
    super(
      {
        concentration1: { values: concentration1, allowed: positive },
        concentration0: { values: concentration0, allowed: positive },
      },
      rest,
    );
  }

  /** One more than the power of x, in the shape it was given: above 0. */
  get concentration1(): Tensor {
    return this.parameter("concentration1");
  }

  /** One more than the power of 1 - x, in the shape it was given: above 0. */
  get concentration0(): Tensor {
    return this.parameter("concentration0");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return sampled("beta", key, shape, offset, this.#concentrations);
  }

  protected density(value: Tensor): Tensor {
    return fused("betaLogProb", { value, ...this.#concentrations });
  }

  get #concentrations(): { concentration1: Tensor; concentration0: Tensor } {
    return { concentration1: this.concentration1, concentration0: this.concentration0 };
  }

  get #total(): Tensor {
    return add(this.concentration1, this.concentration0);
  }

  /** a / (a + b), a = concentration1, b = concentration0 */
  mean(): Tensor {
    return div(expand(this.concentration1, this.batchShape), this.#total);
  }

  /** a b / ((a + b)² (a + b + 1)) */
  variance(): Tensor {
    const total = this.#total;
    return div(mul(this.mean(), div(this.concentration0, total)), add(total, 1));
  }

  /**
   * Where the density is largest: (a - 1) / (a + b - 2) if both are above 1. Otherwise an end of the interval: that of
   * the larger concentration, 1 if they are equal, where the density is the same at the other end, or everywhere.
   */
  mode(): Tensor {
    return fused("betaMode", this.#concentrations);
  }

  /** In nats: log B(a, b) - (a - 1) ψ(a) - (b - 1) ψ(b) + (a + b - 2) ψ(a + b). */
  entropy(): Tensor {
    return fused("betaEntropy", this.#concentrations);
  }

  /** P(X <= value), the regularized incomplete beta function. */
  cdf(value: Values): Tensor {
    return fused("betaCdf", { value: this.checked(value), ...this.#concentrations });
  }

  /** The value below which X is with probability p. */
  icdf(p: Values): Tensor {
    return fused("betaIcdf", { p: this.checkedProbability(p), ...this.#concentrations });
  }
}
