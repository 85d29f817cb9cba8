import { ArgumentError, checkOptions, describe } from "../../core/index.ts";
import { expand, scalar } from "../../graph/extend.ts";
import { mul, type Shape, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { fused } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { unitInterval } from "../support.ts";
import { BinaryConcrete, type RelaxedOdds } from "./binary.ts";
import { checkEstimate, type Estimate, type EstimateOptions, exact } from "./estimate.ts";

/** Of a gate: its log-odds or probabilities, one of the two, before the stretch. */
export interface HardConcreteOptions extends Omit<RelaxedOdds, "temperature"> {
  /** 2/3 by default. */
  readonly temperature?: Values;
  /** What the interval of a relaxed sample is stretched to (gamma and zeta of the paper): [-0.1, 1.1] by default. */
  readonly stretch?: readonly [low: number, high: number];
}

/**
 * A gate that is exactly 0 or exactly 1 with positive probability and differentiable between:
 * x = min(max(low + (high - low) sigmoid(y), 0), 1), y = (logits + e) / temperature, e logistic noise, stretch = [low, high].
 *
 * The gradient of a sample at 0 or 1 is 0. `logProb` is with respect to the measure with mass 1 at 0, mass 1 at 1 and length
 * between: the logarithm of `probZero` at 0, of `probOne` at 1, of a density between.
 *
 * Louizos, Welling, Kingma 2018, "Learning sparse neural networks through L0 regularization", eq. 10-12.
 */
export class HardConcrete extends BinaryConcrete {
  readonly support = unitInterval;
  /** What the interval of a relaxed sample is stretched to: low below 0, high above 1. */
  readonly stretch: readonly [low: number, high: number];

  /** @throws ArgumentError (as `RelaxedBernoulli`; a stretch that is not of a number below 0 and one above 1), ShapeError */
  constructor(options: HardConcreteOptions) {
    const {
      stretch = [-0.1, 1.1],
      temperature = 2 / 3,
      ...rest
    } = checkOptions(options, ["temperature", "stretch", "logits", "probs", "validateArgs"]);
    super({ ...rest, temperature });
    this.stretch = checkStretch(stretch);
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return fused("hardConcreteClamp", { y: this.drawLogit(key, shape, offset) }, ...this.stretch);
  }

  protected density(value: Tensor): Tensor {
    const { logits, temperature } = this;
    return fused("hardConcreteLogProb", { value, logits, temperature }, ...this.stretch);
  }

  /** P(X <= x): it jumps by `probZero` at 0 and by `probOne` at 1. */
  cdf(value: Values): Tensor {
    const { logits, temperature } = this;
    return fused("hardConcreteCdf", { value: this.checked(value), logits, temperature }, ...this.stretch);
  }

  /** The least x with P(X <= x) of p or more: the clamped stretch of (logit p + logits) / temperature. Errors as `cdf`. */
  icdf(p: Values): Tensor {
    const y = this.relax(fused("logitOf", { probs: this.checkedProbability(p) }));
    return fused("hardConcreteClamp", { y }, ...this.stretch);
  }

  /** P(X = 0) = sigmoid(temperature log(-low / high) - logits) */
  probZero(): Tensor {
    const { logits, temperature } = this.#parameters;
    return fused("hardConcreteCdf", { value: scalar(0), logits, temperature }, ...this.stretch);
  }

  /** P(X = 1) = sigmoid(logits - temperature log((1 - low) / (high - 1))): P(X = 0) of the mirror image 1 - X. */
  probOne(): Tensor {
    const { logits, temperature } = this.#parameters;
    const [low, high] = this.stretch;
    return fused("hardConcreteCdf", { value: scalar(0), logits: mul(logits, -1), temperature }, 1 - high, 1 - low);
  }

  /** E x, by quadrature. */
  mean(options: EstimateOptions = {}): Estimate {
    checkEstimate(options);
    return exact(fused("hardConcreteMean", this.#parameters, ...this.stretch));
  }

  /** Var x, by quadrature. */
  variance(options: EstimateOptions = {}): Estimate {
    checkEstimate(options);
    return exact(fused("hardConcreteVariance", this.#parameters, ...this.stretch));
  }

  /**
   * -E logProb in nats, of `logProb`'s masses and density, by quadrature: from samples its gradient would be wrong, since
   * `logProb` jumps at 0 and 1.
   */
  entropy(options: EstimateOptions = {}): Estimate {
    checkEstimate(options);
    return exact(fused("hardConcreteEntropy", this.#parameters, ...this.stretch));
  }

  get #parameters(): { readonly logits: Tensor; readonly temperature: Tensor } {
    return { logits: expand(this.logits, this.batchShape), temperature: expand(this.temperature, this.batchShape) };
  }
}

function checkStretch(stretch: readonly [number, number]): readonly [number, number] {
  const [low, high] = Array.isArray(stretch) && stretch.length === 2 ? stretch : [Number.NaN, Number.NaN];
  if (Number.isFinite(low) && Number.isFinite(high) && low < 0 && high > 1) return [low, high];
  throw new ArgumentError(
    "stretch",
    "[low, high], finite, low below 0 and high above 1",
    Array.isArray(stretch) ? `[${stretch.slice(0, 4).map(describe).join(", ")}]` : describe(stretch),
  );
}
