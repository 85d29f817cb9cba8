import { expand } from "../../graph/extend.ts";
import { div, log, mul, type Shape, sub, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { fused } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { real } from "../support.ts";
import { BinaryConcrete } from "./binary.ts";
import { checkEstimate, type Estimate, type EstimateOptions, exact } from "./estimate.ts";

/** pi^2 / 3 */
const LOGISTIC_VARIANCE = 3.289868133696453;

/**
 * The log-odds of a relaxed Bernoulli variable: y = (logits + e) / temperature, e logistic noise. It is the logistic law of
 * location logits / temperature and scale 1 / temperature. Use it where a density follows: y cannot round to an end.
 *
 * Maddison, Mnih, Teh 2017, app. C.3.2.
 */
export class LogitRelaxedBernoulli extends BinaryConcrete {
  readonly support = real;

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.drawLogit(key, shape, offset);
  }

  protected density(value: Tensor): Tensor {
    return fused("logitRelaxedBernoulliLogProb", { value, logits: this.logits, temperature: this.temperature });
  }

  /** logits / temperature: exact. */
  mean(options: EstimateOptions = {}): Estimate {
    checkEstimate(options);
    return exact(this.mode());
  }

  /** pi^2 / 3 / temperature^2: exact. */
  variance(options: EstimateOptions = {}): Estimate {
    checkEstimate(options);
    const t = expand(this.temperature, this.batchShape);
    return exact(div(LOGISTIC_VARIANCE, mul(t, t)));
  }

  /** 2 - log temperature: exact. */
  entropy(options: EstimateOptions = {}): Estimate {
    checkEstimate(options);
    return exact(sub(2, log(expand(this.temperature, this.batchShape))));
  }

  /** logits / temperature */
  mode(): Tensor {
    return div(expand(this.logits, this.batchShape), this.temperature);
  }

  /** sigmoid(temperature y - logits) */
  cdf(value: Values): Tensor {
    return this.logitCdf(this.checked(value));
  }

  /** The y below which a share p of all lies: (logit p + logits) / temperature. */
  icdf(p: Values): Tensor {
    return this.relax(fused("logitOf", { probs: this.checkedProbability(p) }));
  }
}
