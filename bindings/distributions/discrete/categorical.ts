import { checkOptions } from "../../core/index.ts";
import { sizeOf } from "../../graph/extend.ts";
import { type Shape, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import type { ValidateOptions } from "../distribution.ts";
import { integerInterval, type Support } from "../support.ts";
import { Categories, type CategoryOdds } from "./categories.ts";
import { type Choice, toFloats } from "./choice.ts";

/**
 * The number of one of K categories, 0 to K - 1, with probabilities softmax(logits) or `probs`, [..., K].
 * Sampling is the Gumbel-max trick, argmax(logits + gumbel), with the noise of `categorical(key, logits)` for the same
 * rows: the same draws. A category of probability 0 is never drawn.
 *
 * Gumbel 1954; Maddison, Tarlow, Minka 2014, eq. 2.
 */
export class Categorical extends Categories {
  readonly support: Support;

  /**
   * @throws ArgumentError (both of logits and probs, or neither; logits that are NaN, Infinity or a row of -Infinity; probs
   *   below 0 or not summing to 1), ShapeError (no dimension of categories)
   */
  constructor(options: CategoryOdds & ValidateOptions) {
    const { logits, probs, ...rest } = checkOptions(options, ["logits", "probs", "validateArgs"]);
    super({ logits, probs }, rest, 0);
    this.support = integerInterval(0, this.cols - 1);
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.choose(key, shape, sizeOf(shape), offset * this.cols, selectIndex);
  }

  protected density(value: Tensor): Tensor {
    return this.logProbOf(value);
  }

  /** The likeliest category, of equals the lowest. */
  mode(): Tensor {
    return this.likeliest(this.batchShape, selectIndex);
  }

  /** 0 to K - 1: [K, ...1], which broadcasts with the batch. */
  enumerateSupport(): Tensor {
    return tensor(
      Float32Array.from({ length: this.cols }, (_, k) => k),
      [this.cols, ...this.batchShape.map(() => 1)],
    );
  }
}

const selectIndex: Choice = (core, y, z, rows, cols) => {
  core.kernels.selectArgmax(y, z, rows, cols);
  toFloats(core, y, rows);
};
