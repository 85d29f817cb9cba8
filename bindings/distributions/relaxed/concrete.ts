import { checkOptions } from "../../core/index.ts";
import { broadcast, expand } from "../../graph/extend.ts";
import { concatenate, reshape, type Shape, slice, softmax, sub, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { colsOf } from "../discrete/choice.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { noise } from "../noise.ts";
import { oneOf, type Values } from "../parameters.ts";
import { logitsRow, positive, simplex } from "../support.ts";
import { stopped } from "./behind.ts";
import { concreteDraw, concreteLogProb, type Form } from "./rows.ts";

export interface RelaxedWeights extends ValidateOptions {
  /** Above 0: one for all, or broadcast with the batch (never with the categories). */
  readonly temperature: Values;
  /** [...batch, categories]: log-probabilities up to a shift of each row; -Infinity for an absent category. */
  readonly logits?: Values;
  /** [...batch, categories]: rows whose sum is 1. */
  readonly probs?: Values;
}

/** What relaxations of a one-hot variable share: y = log softmax((logits + G) / temperature), G Gumbel noise. */
export abstract class Concrete extends Reparameterized {
  readonly #given: "logits" | "probs";

  /**
   * @param options `temperature` above 0; `logits` or `probs`, [...batch, categories]
   * @throws ArgumentError (both of logits and probs, or neither; elements outside of their ranges), ShapeError
   */
  constructor(options: RelaxedWeights) {
    const { temperature, logits, probs, ...rest } = checkOptions(options, [
      "temperature",
      "logits",
      "probs",
      "validateArgs",
    ]);
    const { name, values } = oneOf({ logits, probs }, ["logits", "probs"]);
    const allowed = name === "logits" ? logitsRow : simplex;
    super(
      { temperature: { values: temperature, allowed: positive }, [name]: { values, allowed, eventDims: 1 } },
      rest,
      [colsOf(values)],
    );
    this.#given = name;
  }

  get temperature(): Tensor {
    return this.parameter("temperature");
  }

  get logits(): Tensor {
    return this.#given === "logits" ? this.parameter("logits") : fused("logOf", { probs: this.parameter("probs") });
  }

  /** Of the one-hot variable: the law of a sample's argmax, at every temperature. */
  get probs(): Tensor {
    return this.#given === "probs" ? this.parameter("probs") : softmax(this.parameter("logits"));
  }

  get categories(): number {
    return this.eventShape[0] as number;
  }

  protected noise(key: Key, shape: Shape, offset: number): Tensor {
    return noise("gumbel", key, shape, offset);
  }

  protected drawLog(noise: Tensor): Tensor {
    return concreteDraw(noise, this.logits, this.temperature);
  }

  protected densityAt(form: Form, value: Tensor): Tensor {
    const leading = broadcast(this.batchShape, value.shape.slice(0, -1), "value");
    const { logits, temperature } = this;
    return concreteLogProb(form, leading, this.categories, { value, logits, temperature });
  }

  /** @internal Logarithms of relaxed samples: [samples, ...batch, categories]. */
  logSamples(key: Key, samples: number): Tensor {
    return this.drawLog(this.noise(key, [samples, ...this.batchShape, ...this.eventShape], 0));
  }

  /** @internal Their log-density. */
  logDensity(value: Tensor): Tensor {
    return this.densityAt("log", value);
  }

  protected override stopped(drawn: Tensor): Tensor {
    return stopped(drawn);
  }

  /** @internal Of two categories: the log-odds of each against the other, and temperatures that broadcast with them. */
  get odds(): { readonly logits: Tensor; readonly temperature: Tensor } {
    const { batchShape } = this;
    const logits = expand(this.logits, [...batchShape, 2]);
    const [first, second] = [slice(logits, { end: 1 }), slice(logits, { start: 1 })];
    return {
      logits: concatenate([sub(first, second), sub(second, first)]),
      temperature: reshape(expand(this.temperature, batchShape), [...batchShape, 1]),
    };
  }

  /** @internal The law of the first of two categories: a binary Concrete law, [...batch]. */
  get firstOdds(): { readonly logits: Tensor; readonly temperature: Tensor } {
    const { logits, temperature } = this.odds;
    return {
      logits: reshape(slice(logits, { end: 1 }), this.batchShape),
      temperature: reshape(temperature, this.batchShape),
    };
  }
}
