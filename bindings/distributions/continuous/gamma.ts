import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import { div, relu, type Shape, sub, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused, sampled } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { positive } from "../support.ts";

/**
 * The gamma distribution of shape `concentration` > 0 and `rate` > 0: density ∝ x^(concentration - 1) exp(-rate x).
 *
 * Samples by Marsaglia, Tsang 2000, moved into the positive finite floats. Their gradients are those of the quantile:
 * dz/dconcentration = -(∂F/∂concentration) / p(z), implicit reparameterization (Figurnov, Mohamed, Mnih 2018, eq. 4).
 */
export class Gamma extends Reparameterized {
  readonly support = positive;

  /** @throws ArgumentError (concentration or rate missing or not above 0), ShapeError */
  constructor(options: { readonly concentration: Values; readonly rate: Values } & ValidateOptions) {
    const { concentration, rate, ...rest } = checkOptions(options, ["concentration", "rate", "validateArgs"]);
    super(
      { concentration: { values: concentration, allowed: positive }, rate: { values: rate, allowed: positive } },
      rest,
    );
  }

  /** The shape parameter, one more than the power of x; as given. */
  get concentration(): Tensor {
    return this.parameter("concentration");
  }

  /** The inverse of the scale, in the shape it was given. */
  get rate(): Tensor {
    return this.parameter("rate");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return sampled("gamma", key, shape, offset, { concentration: this.concentration, rate: this.rate });
  }

  protected density(value: Tensor): Tensor {
    return fused("gammaLogProb", { value, concentration: this.concentration, rate: this.rate });
  }

  /** concentration / rate */
  mean(): Tensor {
    return div(expand(this.concentration, this.batchShape), this.rate);
  }

  /** concentration / rate² */
  variance(): Tensor {
    return div(this.mean(), this.rate);
  }

  /** max(concentration - 1, 0) / rate: 0, where the density may be infinite, for concentrations up to 1. */
  mode(): Tensor {
    return div(relu(sub(expand(this.concentration, this.batchShape), 1)), this.rate);
  }

  /** In nats: α - log rate + log Γ(α) + (1 - α) ψ(α), α = concentration. */
  entropy(): Tensor {
    return fused("gammaEntropy", { concentration: this.concentration, rate: this.rate });
  }

  /** P(X <= value), the regularized incomplete gamma function. */
  cdf(value: Values): Tensor {
    return fused("gammaCdf", { value: this.checked(value), concentration: this.concentration, rate: this.rate });
  }

  /** The value below which X is with probability p. */
  icdf(p: Values): Tensor {
    return fused("gammaIcdf", { p: this.checkedProbability(p), concentration: this.concentration, rate: this.rate });
  }
}
