import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { fused } from "../fused.ts";
import { logSimplex } from "../support.ts";
import { Concrete } from "./concrete.ts";
import { checkEstimate, type Estimate, type EstimateOptions, estimate, exact } from "./estimate.ts";
import { concreteEntropy } from "./rows.ts";
import { oddsOfTwo } from "./two.ts";

/**
 * The logarithm of a relaxed one-hot variable (ExpConcrete): y = log softmax((logits + G) / temperature), G Gumbel noise,
 * element e of `gumbel(key)` for element e of the samples. Use it where a density follows: nothing underflows.
 *
 * A category of logit -Infinity (or probability 0) is absent: y is -Infinity there, and the density is that of the others.
 * The density is with respect to the differences y_k - y_n, as all of the field has it: for two categories that of
 * `LogitRelaxedBernoulli`.
 *
 * Maddison, Mnih, Teh 2017, app. C.3.3.
 */
export class ExpRelaxedOneHotCategorical extends Concrete {
  readonly support = logSimplex;

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.drawLog(this.noise(key, shape, offset));
  }

  protected density(value: Tensor): Tensor {
    return this.densityAt("log", value);
  }

  /**
   * E log x of each category, [...batch, categories]: exactly of one, by quadrature of two, from samples of more. -Infinity
   * of an absent one.
   */
  mean(options: EstimateOptions = {}): Estimate {
    return this.#moment("Mean", options);
  }

  /** Var log x of each category, as `mean`; 0 of an absent one, whose log x is always the same. */
  variance(options: EstimateOptions = {}): Estimate {
    return this.#moment("Variance", options);
  }

  #moment(of: "Mean" | "Variance", options: EstimateOptions): Estimate {
    if (this.categories > 2) return estimate(of, options, (key, samples) => this.rsample(key, { shape: [samples] }));
    checkEstimate(options);
    return exact(this.categories === 2 ? fused(`relaxedBernoulliLog${of}`, oddsOfTwo(this)) : this.onlyLog());
  }

  /** Exact: it depends on the temperature and the number of categories alone. [...batch] */
  entropy(options: EstimateOptions = {}): Estimate {
    checkEstimate(options);
    return exact(concreteEntropy(this.batchShape, this.categories, this.logits, this.temperature));
  }
}
