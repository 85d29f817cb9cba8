import { ArgumentError, checkBoolean, checkInteger, checkOptions, describe } from "../../core/index.ts";
import { apply, sizeOf } from "../../graph/extend.ts";
import { mul, type Shape, sum, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { kernelsOf } from "../core.ts";
import { Distribution, Sampleable, type SampleOptions, type ValidateOptions } from "../distribution.ts";
import { gradientOf } from "../fused.ts";
import type { Values } from "../parameters.ts";
import { integerInterval, positive, type Support } from "../support.ts";
import { RelaxedOneHotCategorical } from "./relaxed-one-hot-categorical.ts";
import { RelaxedOneHotCategoricalStraightThrough } from "./relaxed-one-hot-categorical-straight-through.ts";

/**
 * Relaxed counts: z = sum k y_k over k = 0..size - 1, y a relaxed one-hot variable with the probabilities of a distribution
 * of counts, all of size - 1 and more in the last. Gradients reach the parameters of that distribution, through its
 * `logProb`, and the temperature. `sample` gives exact counts of the truncated law, `rsample` relaxed ones, or with
 * `hard: true` those counts with the gradient of the relaxed ones.
 *
 * Relaxed counts have no density in closed form: there is no `logProb`. Their gradient is biased, by the temperature and by
 * the truncation.
 *
 * Joo, Kim, Shin, Moon 2020, "Generalized Gumbel-Softmax gradient estimator", arXiv:2003.01847.
 */
export class TruncatedGumbelSoftmax extends Sampleable {
  readonly support: Support;
  /** The law of the counts before they are truncated. */
  readonly base: Distribution;
  /** How many counts are told apart, 0 to size - 1; the last stands for all that are larger. */
  readonly size: number;

  /**
   * @param options `base`: a distribution of single counts with 0..size - 1 in its support; `temperature` above 0, broadcast
   *   with the batch; `size`: how many counts are told apart, 2 or more
   * @throws ArgumentError, ShapeError (a temperature that does not broadcast with the base)
   */
  constructor(
    options: { readonly base: Distribution; readonly temperature: Values; readonly size: number } & ValidateOptions,
  ) {
    const { base, temperature, size, ...rest } = checkOptions(options, ["base", "temperature", "size", "validateArgs"]);
    checkBase(base, checkInteger("size", size, 2));
    super({ temperature: { values: temperature, allowed: positive } }, rest, [], base.batchShape);
    this.base = base;
    this.size = size;
    this.support = integerInterval(0, size - 1);
  }

  /** By what logits and noise are divided, in the shape it was given. */
  get temperature(): Tensor {
    return this.parameter("temperature");
  }

  /** The log-probabilities of 0..size - 1, the tail in the last: [...batch of the base, size]. */
  get logits(): Tensor {
    const { base, size } = this;
    const logs = base.uncheckedLogProb(tensor(countsTo(size), [size, ...base.batchShape.map(() => 1)]));
    const rows = sizeOf(base.batchShape);
    return apply({
      name: "foldTail",
      inputs: { logs },
      shape: [...base.batchShape, size],
      forward: (core, y) => kernelsOf(core).foldTail(y, logs.at, rows, size),
      backward: (core, dy) => kernelsOf(core).foldTailGradient(gradientOf(logs), dy, logs.at, rows, size),
    });
  }

  /**
   * Samples with gradients to the parameters of the base and the temperature: [...shape, ...batch]. Noise comes `size`
   * elements a sample, which is what `offset` counts. Errors as `sample`.
   */
  rsample(key: Key, options: SampleOptions & { readonly hard?: boolean } = {}): Tensor {
    const { hard = false, ...rest } = checkOptions(options, ["shape", "offset", "hard"]);
    checkBoolean("hard", hard);
    return this.drawChecked(key, rest, (...where) => this.#weigh(where, hard));
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.#weigh([key, shape, offset], true);
  }

  #weigh([key, shape, offset]: [key: Key, shape: Shape, offset: number], hard: boolean): Tensor {
    const Family = hard ? RelaxedOneHotCategoricalStraightThrough : RelaxedOneHotCategorical;
    const relaxed = new Family({ temperature: this.temperature, logits: this.logits, validateArgs: false });
    const samples = shape.slice(0, shape.length - this.batchShape.length);
    return sum(mul(relaxed.rsample(key, { shape: samples, offset }), tensor(countsTo(this.size))), { axis: -1 });
  }
}

const countsTo = (size: number): Float32Array => Float32Array.from({ length: size }, (_, k) => k);

function checkBase(base: unknown, size: number): void {
  if (!(base instanceof Distribution) || !base.support.discrete || base.eventShape.length > 0)
    throw new ArgumentError(
      "base",
      "a distribution of single counts",
      base instanceof Distribution ? base.constructor.name : describe(base),
    );
  const outside = base.support.firstOutside(countsTo(size), 1);
  if (outside >= 0)
    throw new ArgumentError(
      "size",
      `counts 0 to size - 1 in the support of ${base.constructor.name}, ${base.support.description}`,
      `${size}, with ${outside} outside of it`,
    );
}
