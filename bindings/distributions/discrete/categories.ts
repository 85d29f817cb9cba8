import { apply, broadcast, expand, into, sizeOf } from "../../graph/extend.ts";
import { type Shape, softmax, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { kernelsOf } from "../core.ts";
import { Distribution, type ValidateOptions } from "../distribution.ts";
import { fused } from "../fused.ts";
import { oneOf, type Values } from "../parameters.ts";
import { reduced } from "../rows.ts";
import { logitsRow, simplex } from "../support.ts";
import { alongside, type Choice, choosePerturbed, colsOf } from "./choice.ts";

/** [..., K] logits, -Infinity for an absent category, or probabilities, rows of which sum to 1: one of the two. */
export interface CategoryOdds {
  /** Log-probabilities [..., K] up to a constant of each row: finite or -Infinity, at least one finite. */
  readonly logits?: Values | undefined;
  /** Probabilities [..., K]: 0 or more, rows of which sum to 1 within 1e-4. */
  readonly probs?: Values | undefined;
}

/** A draw of one of K categories, whatever stands for it. */
export abstract class Categories extends Distribution {
  /** K */
  protected readonly cols: number;
  readonly #given: "logits" | "probs";

  protected constructor(odds: CategoryOdds, options: ValidateOptions, eventDims: 0 | 1) {
    const { name, values } = oneOf(odds, ["logits", "probs"]);
    const cols = colsOf(values);
    const allowed = name === "logits" ? logitsRow : simplex;
    super({ [name]: { values, allowed, eventDims: 1 } }, options, eventDims === 1 ? [cols] : []);
    this.cols = cols;
    this.#given = name;
  }

  /** As given, or log `probs`. */
  get logits(): Tensor {
    return this.#given === "logits" ? this.parameter("logits") : fused("logOf", { probs: this.parameter("probs") });
  }

  /** As given, or softmax(`logits`). */
  get probs(): Tensor {
    return this.#given === "probs" ? this.parameter("probs") : softmax(this.parameter("logits"));
  }

  /**
   * Chooses the argmax of logits + gumbel(key) in each row, as `categorical(key, logits)` does: row r, category k takes noise
   * element offset + r K + k.
   */
  protected choose(key: Key, shape: Shape, rows: number, offset: number, choice: Choice): Tensor {
    const { logits } = this;
    const width = sizeOf(shape) / rows;
    return apply({
      name: "categoricalSample",
      inputs: { logits },
      shape,
      forward: (core, y) => choosePerturbed(core, { logits, key, offset }, { y, rows, width }, choice),
    });
  }

  /** The same without noise: the likeliest. */
  protected likeliest(shape: Shape, choice: Choice): Tensor {
    const { logits, cols } = this;
    return apply({
      name: "categoricalMode",
      inputs: { logits },
      shape,
      forward: (core, y) => choice(core, y, logits.at, logits.size / cols, cols),
    });
  }

  /** log p of categories by their numbers; -Infinity for what is none. */
  protected logProbOf(index: Tensor): Tensor {
    const { cols } = this;
    const shape = broadcast(this.batchShape, index.shape, "value");
    const indices = expand(index, shape);
    const { rows: logits, batches } = alongside(this.logits, shape);
    const n = sizeOf(shape);
    return apply({
      name: "categoricalLogProb",
      inputs: { logits },
      reads: { value: indices },
      shape,
      forward: (core, y) => kernelsOf(core).categoricalLogProb(y, indices.at, logits.at, n, batches, cols),
      backward: (core, dy) =>
        into(logits, (dx) => {
          const work = core.allocate(2 * cols);
          kernelsOf(core).categoricalLogProbGradient(dx, dy, indices.at, logits.at, work, n, batches, cols);
        }),
    });
  }

  /** -Σ p log p, in nats. */
  entropy(): Tensor {
    return reduced("categoriesEntropy", { logits: this.logits });
  }
}
