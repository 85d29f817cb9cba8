import { checkOptions, ShapeError } from "../../core/index.ts";
import { apply, asRows, expand, show } from "../../graph/extend.ts";
import { div, reshape, type Shape, sum, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { kernelsOf } from "../core.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { gradientOf, wordsOf } from "../fused.ts";
import { Given, type Values } from "../parameters.ts";
import { mapped, reduced } from "../rows.ts";
import { openSimplex, positive } from "../support.ts";

/**
 * The Dirichlet distribution over probabilities of K categories, `concentration` [..., K], each above 0:
 * density ∝ Π x_j^(concentration_j - 1).
 *
 * A sample is G / Σ G of gamma variates G_j, from their logarithms, so that concentrations of any smallness give no
 * NaN; a 0 becomes the least positive float. Its gradients, dx_j/dα_i = x_i h_i (δ_ij - x_j) with h_i = d logit x_i /
 * dα_i of the marginal Beta(α_i, Σ α - α_i), are implicit ones (Figurnov, Mohamed, Mnih 2018, section 3.2).
 */
export class Dirichlet extends Reparameterized {
  readonly support = openSimplex;

  /** @throws ArgumentError (a concentration not above 0), ShapeError (without a dimension of 2 or more categories) */
  constructor(options: { readonly concentration: Values } & ValidateOptions) {
    const { concentration, ...rest } = checkOptions(options, ["concentration", "validateArgs"]);
    const { shape } = new Given("concentration", concentration, undefined);
    const categories = shape.at(-1) ?? 1;
    if (categories < 2) throw new ShapeError("concentration", "[..., K], K of 2 or more", show(shape));
    super({ concentration: { values: concentration, allowed: positive, eventDims: 1 } }, rest, [categories]);
  }

  /** α, one more than the powers of the probabilities: [..., K], as given. */
  get concentration(): Tensor {
    return this.parameter("concentration");
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    const concentration = expand(this.concentration, shape);
    const { rows, cols } = asRows("shape", shape);
    const from = [rows, cols, key.lo, key.hi, ...wordsOf(offset)] as const;
    return apply({
      name: "dirichletSample",
      inputs: { concentration },
      shape,
      forward: (core, x) => kernelsOf(core).dirichletSample(x, concentration.at, core.allocate(2 * cols), ...from),
      backward: (core, dx) =>
        kernelsOf(core).dirichletSampleBackward(
          gradientOf(concentration),
          dx,
          concentration.at,
          core.allocate(2 * cols),
          ...from,
        ),
    });
  }

  protected density(value: Tensor): Tensor {
    return reduced("dirichletLogProb", { value, concentration: this.concentration });
  }

  /** α / Σ α, [..., K] */
  mean(): Tensor {
    const { concentration } = this;
    return div(concentration, reshape(sum(concentration, { axis: -1 }), [...this.batchShape, 1]));
  }

  /** m (1 - m) / (1 + Σ α) of each component, m its mean: [..., K] */
  variance(): Tensor {
    return mapped("dirichletVariance", { concentration: this.concentration });
  }

  /**
   * Where the density is largest, [..., K]: max(α - 1, 0) over their sum; if no α is above 1, the corner of the
   * largest, the first of equals.
   */
  mode(): Tensor {
    return mapped("dirichletMode", { concentration: this.concentration });
  }

  /** In nats: log B(α) + (Σ α - K) ψ(Σ α) - Σ (α_j - 1) ψ(α_j), B(α) = Π Γ(α_j) / Γ(Σ α). */
  entropy(): Tensor {
    return reduced("dirichletEntropy", { concentration: this.concentration });
  }
}
