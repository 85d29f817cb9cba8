import { checkOptions } from "../../core/index.ts";
import { apply, asRows, expand, type GraphCore, into, sizeOf } from "../../graph/extend.ts";
import { mul, type Shape, sub, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { kernelsOf } from "../core.ts";
import type { SampleOptions, ValidateOptions } from "../distribution.ts";
import { oneHot } from "../support.ts";
import { Categories, type CategoryOdds } from "./categories.ts";
import type { Choice } from "./choice.ts";

/**
 * One of K categories as a row [K] of one 1 and zeros, with probabilities softmax(logits) or `probs`, [..., K].
 * The draws are those of `Categorical`: row r takes noise elements offset + r K on.
 */
export class OneHotCategorical extends Categories {
  readonly support = oneHot;

  /** @throws as `Categorical` */
  constructor(options: CategoryOdds & ValidateOptions) {
    const { logits, probs, ...rest } = checkOptions(options, ["logits", "probs", "validateArgs"]);
    super({ logits, probs }, rest, 1);
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.choose(key, shape, sizeOf(shape) / this.cols, offset, selectOneHot);
  }

  protected density(value: Tensor): Tensor {
    const { rows, cols, leading } = asRows("value", value.shape);
    const forward = (core: GraphCore, y: number): void => kernelsOf(core).oneHotIndex(y, value.at, rows, cols);
    return this.logProbOf(apply({ name: "categoricalIndex", inputs: { value }, shape: leading, forward }));
  }

  /** The probabilities: [...batch, K]. */
  mean(): Tensor {
    return this.probs;
  }

  /** p (1 - p) of each category: [...batch, K]. */
  variance(): Tensor {
    const p = this.probs;
    return mul(p, sub(1, p));
  }

  /** The likeliest category, of equals the lowest. */
  mode(): Tensor {
    return this.likeliest([...this.batchShape, this.cols], selectOneHot);
  }

  /** The rows of the unit matrix: [K, ...1, K], which broadcasts with the batch. */
  enumerateSupport(): Tensor {
    const { cols } = this;
    const unit = new Float32Array(cols * cols);
    for (let k = 0; k < cols; k++) unit[k * cols + k] = 1;
    return tensor(unit, [cols, ...this.batchShape.map(() => 1), cols]);
  }
}

/**
 * The same with the straight-through gradient: a sample is exactly one-hot, its gradient goes to the probabilities as if it
 * were they, so to logits as J(p) dy, J the Jacobian of softmax. Biased; exact where what follows is linear.
 *
 * Bengio, Léonard, Courville 2013, "Estimating or propagating gradients through stochastic neurons", section 4.
 */
export class OneHotCategoricalStraightThrough extends OneHotCategorical {
  /** Samples with straight-through gradients: [...shape, ...batch, K]. Errors as `sample`. */
  rsample(key: Key, options: SampleOptions = {}): Tensor {
    return this.drawChecked(key, options);
  }

  protected override draw(key: Key, shape: Shape, offset: number): Tensor {
    const drawn = super.draw(key, shape, offset);
    const { at, size } = drawn;
    const probs = expand(this.probs, shape);
    return apply({
      name: "straightThrough",
      inputs: { probs },
      reads: { drawn },
      shape,
      at,
      forward: () => {}, // the values are there
      backward: ({ kernels }, dy) => into(probs, (dp) => kernels.accumulate(dp, dy, 1, size)),
    });
  }
}

const selectOneHot: Choice = ({ kernels }, y, z, rows, cols) => kernels.selectOneHot(y, z, rows, cols);
