import { checkOptions } from "../../core/index.ts";
import { type Shape, sigmoid, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import type { Odds } from "../discrete/odds.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { noise } from "../noise.ts";
import { oneOf, type Values } from "../parameters.ts";
import { openUnitInterval, positive, real } from "../support.ts";
import { rearranged, stopped } from "./behind.ts";

/** A relaxed Bernoulli variable: its log-odds, finite, or probabilities, between 0 and 1, and a temperature. */
export interface RelaxedOdds extends Odds, ValidateOptions {
  /** Above 0: one for all, or broadcast with the batch. */
  readonly temperature: Values;
}

/** What relaxations of a Bernoulli variable share: y = (logits + e) / temperature, e logistic. */
export abstract class BinaryConcrete extends Reparameterized {
  readonly #given: "logits" | "probs";

  /**
   * @param options `temperature` above 0; `logits` finite, or `probs` between 0 and 1
   * @throws ArgumentError (both of logits and probs, or neither; elements outside of these ranges), ShapeError
   */
  constructor(options: RelaxedOdds) {
    const { temperature, logits, probs, ...rest } = checkOptions(options, [
      "temperature",
      "logits",
      "probs",
      "validateArgs",
    ]);
    const { name, values } = oneOf({ logits, probs }, ["logits", "probs"]);
    const allowed = name === "logits" ? real : openUnitInterval;
    super({ temperature: { values: temperature, allowed: positive }, [name]: { values, allowed } }, rest);
    this.#given = name;
  }

  /** By what logits and noise are divided, in the shape it was given. */
  get temperature(): Tensor {
    return this.parameter("temperature");
  }

  /** Log-odds of the Bernoulli variable: as given, or log(p / (1 - p)) of `probs`. */
  get logits(): Tensor {
    return this.#given === "logits" ? this.parameter("logits") : fused("logitOf", { probs: this.parameter("probs") });
  }

  /** Of the Bernoulli variable: what the argmax of a sample, its rounding to 0 or 1, has at every temperature. */
  get probs(): Tensor {
    return this.#given === "probs" ? this.parameter("probs") : sigmoid(this.parameter("logits"));
  }

  protected drawLogit(key: Key, shape: Shape, offset: number): Tensor {
    return this.relax(noise("logistic", key, shape, offset));
  }

  /** (noise + logits) / temperature */
  protected relax(noise: Tensor): Tensor {
    return fused("relaxLogit", { noise, logits: this.logits, temperature: this.temperature });
  }

  /** P(Y <= y) of the log-odds. */
  protected logitCdf(value: Tensor): Tensor {
    return fused("logitRelaxedBernoulliCdf", { value, logits: this.logits, temperature: this.temperature });
  }

  override rearranged(samples: readonly Tensor[], how: (samples: readonly Tensor[]) => Tensor): Tensor {
    return rearranged(samples, how);
  }

  protected override stopped(drawn: Tensor): Tensor {
    return stopped(drawn);
  }
}
