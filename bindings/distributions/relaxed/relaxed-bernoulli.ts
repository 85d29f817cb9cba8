import { expand } from "../../graph/extend.ts";
import type { Shape, Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { fused } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { unitInterval } from "../support.ts";
import { behind, carry } from "./behind.ts";
import { BinaryConcrete } from "./binary.ts";
import { checkEstimate, type Estimate, type EstimateOptions, exact } from "./estimate.ts";

/**
 * A relaxed Bernoulli variable (binary Concrete): x = sigmoid((logits + e) / temperature), e logistic noise. Rounded to 0 or
 * 1 it is Bernoulli at every temperature, the sample of `Bernoulli` with the same key.
 *
 * A sample that would round to 0 or 1 is the nearest normal float inside. `logProb` of a sample of the same step takes
 * the density at the log-odds it was made from, so none is lost; of any other value, 0 and 1 count as those floats. A copy
 * (`mul(x, 1)`) is another value: carry the log-odds (`LogitRelaxedBernoulli`) where it matters.
 *
 * There is no `mode`: below temperature 1 the density is infinite at both ends.
 *
 * Maddison, Mnih, Teh 2017, app. B; Jang, Gu, Poole 2017.
 */
export class RelaxedBernoulli extends BinaryConcrete {
  readonly support = unitInterval;

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    const y = this.drawLogit(key, shape, offset);
    return carry(fused("squash", { y }), { kind: "logit", hard: false, at: y });
  }

  protected density(value: Tensor): Tensor {
    const { logits, temperature } = this;
    const y = behind(value, "logit");
    return y
      ? fused("relaxedBernoulliLogProbAt", { value: y, logits, temperature })
      : fused("relaxedBernoulliLogProb", { value, logits, temperature });
  }

  /** By quadrature: within 1e-15 before rounding. Not `probs`. */
  mean(options: EstimateOptions = {}): Estimate {
    return this.#functional("relaxedBernoulliMean", options);
  }

  /** By quadrature. */
  variance(options: EstimateOptions = {}): Estimate {
    return this.#functional("relaxedBernoulliVariance", options);
  }

  /** Of the density, in nats, by quadrature: it falls to -Infinity as the temperature falls. */
  entropy(options: EstimateOptions = {}): Estimate {
    return this.#functional("relaxedBernoulliEntropy", options);
  }

  #functional(name: `relaxedBernoulli${"Mean" | "Variance" | "Entropy"}`, options: EstimateOptions): Estimate {
    checkEstimate(options);
    const { logits, temperature, batchShape } = this;
    return exact(fused(name, { logits: expand(logits, batchShape), temperature: expand(temperature, batchShape) }));
  }

  /** sigmoid(temperature logit(x) - logits) */
  cdf(value: Values): Tensor {
    const x = this.checked(value);
    return this.logitCdf(behind(x, "logit") ?? fused("logitWithin", { x }));
  }

  /** The x below which a share p of all lies: sigmoid((logit p + logits) / temperature). */
  icdf(p: Values): Tensor {
    return fused("squash", { y: this.relax(fused("logitOf", { probs: this.checkedProbability(p) })) });
  }
}
