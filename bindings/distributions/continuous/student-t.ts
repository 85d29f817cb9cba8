import { checkOptions } from "../../core/index.ts";
import { expand } from "../../graph/extend.ts";
import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused, sampled } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { positive, real } from "../support.ts";

/**
 * Student's t distribution of `df` > 0 degrees of freedom about `loc`, stretched by `scale` > 0.
 *
 * z = loc + scale e / √(G / (df / 2)), e standard normal, G gamma of shape df / 2; moved into the finite floats, which
 * a df below 1 leaves now and then. The gradient to df is that of the quantile, -(∂F/∂df) / p(z), implicit
 * reparameterization (Figurnov, Mohamed, Mnih 2018, eq. 4).
 */
export class StudentT extends Reparameterized {
  readonly support = real;

  /** @throws ArgumentError (df missing or not above 0, loc not finite, scale not above 0), ShapeError */
  constructor(options: { readonly df: Values; readonly loc?: Values; readonly scale?: Values } & ValidateOptions) {
    const { df, loc = 0, scale = 1, ...rest } = checkOptions(options, ["df", "loc", "scale", "validateArgs"]);
    super(
      {
        df: { values: df, allowed: positive },
        loc: { values: loc, allowed: real },
        scale: { values: scale, allowed: positive },
      },
      rest,
    );
  }

  /** Degrees of freedom, in the shape it was given. */
  get df(): Tensor {
    return this.parameter("df");
  }

  /** The middle, where the density is largest; in the shape it was given. */
  get loc(): Tensor {
    return this.parameter("loc");
  }

  /** By what the law about `loc` is stretched, in the shape it was given. */
  get scale(): Tensor {
    return this.parameter("scale");
  }

  get #parameters(): { df: Tensor; loc: Tensor; scale: Tensor } {
    return { df: this.df, loc: this.loc, scale: this.scale };
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return sampled("studentT", key, shape, offset, this.#parameters);
  }

  protected density(value: Tensor): Tensor {
    return fused("studentTLogProb", { value, ...this.#parameters });
  }

  /** loc for df > 1, NaN for others: they have no mean. */
  mean(): Tensor {
    return expand(fused("studentTMean", { df: this.df, loc: this.loc }), this.batchShape);
  }

  /** scale² df / (df - 2) for df > 2, Infinity for df > 1, NaN for others: without a mean there is no variance. */
  variance(): Tensor {
    return expand(fused("studentTVariance", { df: this.df, scale: this.scale }), this.batchShape);
  }

  /** loc, where the density is largest. */
  mode(): Tensor {
    return expand(this.loc, this.batchShape);
  }

  /** In nats: log scale + (df + 1) / 2 (ψ((df + 1) / 2) - ψ(df / 2)) + log(√df B(df / 2, 1 / 2)). */
  entropy(): Tensor {
    return expand(fused("studentTEntropy", { df: this.df, scale: this.scale }), this.batchShape);
  }

  /** P(X <= value), through the incomplete beta function. */
  cdf(value: Values): Tensor {
    return fused("studentTCdf", { value: this.checked(value), ...this.#parameters });
  }

  /** The value below which X is with probability p. */
  icdf(p: Values): Tensor {
    return fused("studentTIcdf", { p: this.checkedProbability(p), ...this.#parameters });
  }
}
