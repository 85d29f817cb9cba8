import { checkOptions } from "../../core/index.ts";
import { broadcast, sizeOf } from "../../graph/extend.ts";
import { type Shape, softmax, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { colsOf } from "../discrete/choice.ts";
import { Reparameterized, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { noise } from "../noise.ts";
import { oneOf, type Values } from "../parameters.ts";
import { logitsRow, positive, simplex } from "../support.ts";
import { rearranged, stopped } from "./behind.ts";
import { concreteDraw, concreteLogProb, type Form } from "./rows.ts";

/** A relaxed one-hot variable: logits or probabilities, one of the two, and a temperature. */
export interface RelaxedWeights extends ValidateOptions {
  /** Above 0: one for all, or broadcast with the batch (never with the categories). */
  readonly temperature: Values;
  /** Log-probabilities [...batch, categories] up to a shift of each row; -Infinity for an absent category. */
  readonly logits?: Values;
  /** Probabilities [...batch, categories]: rows whose sum is 1. */
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

  /** By what logits and noise are divided, in the shape it was given. */
  get temperature(): Tensor {
    return this.parameter("temperature");
  }

  /** [..., K] of the one-hot variable: as given, or log `probs`. */
  get logits(): Tensor {
    return this.#given === "logits" ? this.parameter("logits") : fused("logOf", { probs: this.parameter("probs") });
  }

  /** Of the one-hot variable: the law of a sample's argmax, at every temperature. */
  get probs(): Tensor {
    return this.#given === "probs" ? this.parameter("probs") : softmax(this.parameter("logits"));
  }

  /** K, the length of a sample's last dimension. */
  get categories(): number {
    return this.eventShape[0] as number;
  }

  protected noise(key: Key, shape: Shape, offset: number): Tensor {
    return noise("gumbel", key, shape, offset);
  }

  protected drawLog(noise: Tensor): Tensor {
    return concreteDraw(noise, this.logits, this.temperature);
  }

  /** The logarithm of the only sample of a single category: 0, a constant. */
  protected onlyLog(): Tensor {
    const shape = [...this.batchShape, 1];
    return this.drawLog(tensor(new Float32Array(sizeOf(shape)), shape));
  }

  protected densityAt(form: Form, value: Tensor): Tensor {
    const leading = broadcast(this.batchShape, value.shape.slice(0, -1), "value");
    const { logits, temperature } = this;
    return concreteLogProb(form, leading, this.categories, { value, logits, temperature });
  }

  override rearranged(samples: readonly Tensor[], how: (samples: readonly Tensor[]) => Tensor): Tensor {
    return rearranged(samples, how);
  }

  protected override stopped(drawn: Tensor): Tensor {
    return stopped(drawn);
  }
}
