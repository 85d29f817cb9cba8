import { exp, mul, type Shape, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { fused } from "../fused.ts";
import { simplex } from "../support.ts";
import { behind, carry } from "./behind.ts";
import { Concrete } from "./concrete.ts";
import { checkEstimate, type Estimate, type EstimateOptions, estimate, exact } from "./estimate.ts";
import { oddsOfFirst, oddsOfTwo } from "./two.ts";

/**
 * A relaxed one-hot variable (Concrete, Gumbel-Softmax): x = softmax((logits + G) / temperature), G Gumbel noise: element e
 * of `gumbel(key)` for element e of the samples. Its argmax has the law `probs` at every temperature, and is what
 * `categorical` draws with the same key; x is `gumbelSoftmax` of the same key, up to rounding.
 *
 * `logProb` of a sample of the same step takes the density at the log x it was made from, so components that have
 * underflowed to 0 do no harm; of any other value a component below 2^-126 counts as 2^-126. A copy (`mul(x, 1)`) is another
 * value: carry log x (`ExpRelaxedOneHotCategorical`) where it matters. A category of logit -Infinity (or probability 0) is
 * absent: x is 0 there, and the density is that of the others. The density is over all components but one.
 *
 * Maddison, Mnih, Teh 2017, eq. 10; Jang, Gu, Poole 2017, eq. 2.
 */
export class RelaxedOneHotCategorical extends Concrete {
  readonly support = simplex;

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    const y = this.drawLog(this.noise(key, shape, offset));
    return carry(exp(y), { kind: "log", hard: false, at: y });
  }

  protected density(value: Tensor): Tensor {
    const y = behind(value, "log");
    return y ? this.densityAt("simplexAtLog", y) : this.densityAt("simplex", value);
  }

  /** E x of each category, [...batch, categories]: exactly of one, by quadrature of two, from samples of more. Not `probs`. */
  mean(options: EstimateOptions = {}): Estimate {
    return this.#moment("Mean", options);
  }

  /** Var x of each category, [...batch, categories]: exactly of one, by quadrature of two, from samples of more. */
  variance(options: EstimateOptions = {}): Estimate {
    return this.#moment("Variance", options);
  }

  #moment(of: "Mean" | "Variance", options: EstimateOptions): Estimate {
    if (this.categories > 2) return estimate(of, options, (key, samples) => this.rsample(key, { shape: [samples] }));
    checkEstimate(options);
    if (this.categories === 2) return exact(fused(`relaxedBernoulli${of}`, oddsOfTwo(this)));
    return exact(of === "Mean" ? exp(this.onlyLog()) : this.onlyLog());
  }

  /** Of the density, in nats, [...batch]: exactly of one category, by quadrature of two, from samples of more. */
  entropy(options: EstimateOptions = {}): Estimate {
    if (this.categories > 2)
      return estimate("Mean", options, (key, samples) =>
        mul(this.density(this.rsample(key, { shape: [samples] })), -1),
      );
    checkEstimate(options);
    if (this.categories === 2) return exact(fused("relaxedBernoulliEntropy", oddsOfFirst(this)));
    return exact(mul(this.densityAt("log", this.onlyLog()), -1));
  }
}
