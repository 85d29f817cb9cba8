import { ArgumentError, checkBoolean, checkInteger, checkOptions, describe } from "../../core/index.ts";
import { apply, broadcast, sizeOf } from "../../graph/extend.ts";
import { mul, type Shape, sum, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { kernelsOf } from "../core.ts";
import { Distribution, type SampleOptions, type ValidateOptions } from "../distribution.ts";
import { gradientOf } from "../fused.ts";
import { Given, type Values } from "../parameters.ts";
import { positive } from "../support.ts";
import { RelaxedOneHotCategorical } from "./relaxed-one-hot-categorical.ts";
import { RelaxedOneHotCategoricalStraightThrough } from "./relaxed-one-hot-categorical-straight-through.ts";

/**
 * Relaxed counts: z = sum k y_k over k = 0..size - 1, y a relaxed one-hot variable with the probabilities of a distribution
 * of counts, all of size - 1 and more in the last. Gradients reach the parameters of that distribution, through its
 * `logProb`, and the temperature.
 *
 * Not a `Distribution`: z has no density in closed form. Biased by the temperature (unless hard) and by the truncation.
 *
 * Joo, Kim, Shin, Moon 2020, "Generalized Gumbel-Softmax gradient estimator", arXiv:2003.01847.
 */
export class TruncatedGumbelSoftmax {
  readonly base: Distribution;
  readonly size: number;
  /** That of the base and the temperature together. */
  readonly batchShape: Shape;
  readonly eventShape: Shape = [];
  readonly #temperature: Given;

  /**
   * @param options `base`: a distribution of single counts with 0..size - 1 in its support; `temperature` above 0, broadcast
   *   with the batch; `size`: how many counts are told apart, 2 or more
   * @throws ArgumentError, ShapeError (a temperature that does not broadcast with the base)
   */
  constructor(
    options: { readonly base: Distribution; readonly temperature: Values; readonly size: number } & ValidateOptions,
  ) {
    const {
      base,
      temperature,
      size,
      validateArgs = true,
    } = checkOptions(options, ["base", "temperature", "size", "validateArgs"]);
    checkBoolean("validateArgs", validateArgs);
    if (!(base instanceof Distribution) || !base.support.discrete || base.eventShape.length > 0)
      throw new ArgumentError(
        "base",
        "a distribution of single counts",
        base instanceof Distribution ? base.constructor.name : describe(base),
      );
    this.base = base;
    this.size = checkInteger("size", size, 2);
    const outside = base.support.firstOutside(counts(size), 1);
    if (outside >= 0)
      throw new ArgumentError(
        "size",
        `counts 0 to size - 1 in the support of ${base.constructor.name}, ${base.support.description}`,
        `${size}, with ${outside} outside of it`,
      );
    this.#temperature = new Given("temperature", temperature, validateArgs ? positive : undefined);
    this.batchShape = broadcast(base.batchShape, this.#temperature.shape, "temperature");
  }

  get temperature(): Tensor {
    return this.#temperature.tensor;
  }

  /** The log-probabilities of 0..size - 1, the tail in the last: [...batch of the base, size]. */
  get logits(): Tensor {
    const { base, size } = this;
    const logs = base.logProb(tensor(counts(size), [size, ...base.batchShape.map(() => 1)]));
    const rows = sizeOf(base.batchShape);
    return apply({
      inputs: { logs },
      shape: [...base.batchShape, size],
      forward: (core, y) => kernelsOf(core).foldTail(y, logs.at, rows, size),
      backward: (core, dy) => kernelsOf(core).foldTailGradient(gradientOf(logs), dy, logs.at, rows, size),
    });
  }

  /**
   * Samples with gradients to the parameters of the base and the temperature: [...shape, ...batch].
   *
   * @param options as of `rsample` of a distribution; `offset` counts elements of noise, `size` of them a sample; `hard`: exact
   *   counts, drawn from the truncated law, with the gradient of the relaxed ones
   * @throws KeyError, ArgumentError, DisposedError (outside of a step)
   */
  rsample(key: Key, options: SampleOptions & { readonly hard?: boolean } = {}): Tensor {
    const { hard = false, ...rest } = checkOptions(options, ["shape", "offset", "hard"]);
    checkBoolean("hard", hard);
    const Family = hard ? RelaxedOneHotCategoricalStraightThrough : RelaxedOneHotCategorical;
    const relaxed = new Family({ temperature: this.temperature, logits: this.logits, validateArgs: false });
    return sum(mul(relaxed.rsample(key, rest), tensor(counts(this.size))), { axis: -1 });
  }
}

const counts = (size: number): Float32Array => Float32Array.from({ length: size }, (_, k) => k);
