import { checkBoolean, checkOptions } from "../../core/index.ts";
import { add, type Shape, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { Sampleable, type SampleOptions, type ValidateOptions } from "../distribution.ts";
import { noise } from "../noise.ts";
import { Given, type Values } from "../parameters.ts";
import { permutationMatrix, positive, real, type Support } from "../support.ts";
import { checkEvent, type HardOptions, stretch } from "./relaxation.ts";
import { checkIterations, sinkhornOf } from "./sinkhorn.ts";

/**
 * Permutation matrices by Gumbel-Matching, and relaxed by Gumbel-Sinkhorn. With Z = logits + gumbel(key), a sample is
 * the permutation matrix P of the largest <Z, P>; `rsample` is `sinkhorn(Z, { tau: temperature, iterations })`, or with
 * `hard: true` the sample itself with the gradient of the relaxed one. The temperature has no part in the law of the
 * samples.
 *
 * The probability of a permutation has no known closed form: there is no `logProb`.
 *
 * Mena, Belanger, Linderman, Snoek 2018, "Learning latent permutations with Gumbel-Sinkhorn networks",
 * arXiv:1802.08665.
 */
export class RelaxedPermutation extends Sampleable {
  readonly support: Support;
  /** How often Sinkhorn's operator normalizes rows and columns of a relaxed sample. */
  readonly iterations: number;

  /**
   * @param options `temperature`, above 0, broadcasts with the batch; `logits` [..., n, n], finite; `iterations` of
   * Sinkhorn's operator, 20 by default
   * @throws ArgumentError (temperature not above 0, logits not finite, iterations), ShapeError (logits not square)
   */
  constructor(
    options: {
      readonly temperature: Values;
      readonly logits: Values;
      readonly iterations?: number;
    } & ValidateOptions,
  ) {
    const names = ["temperature", "logits", "iterations", "validateArgs"] as const;
    const { temperature, logits, iterations, ...rest } = checkOptions(options, names);
    const n = checkEvent("logits", new Given("logits", logits, undefined).shape, 2);
    const turns = checkIterations(iterations);
    const matrices = { values: logits, allowed: real, eventDims: 2 } as const;
    super({ temperature: { values: temperature, allowed: positive }, logits: matrices }, rest, [n, n]);
    this.iterations = turns;
    this.support = permutationMatrix(n);
  }

  /** By what logits + noise are divided in a relaxed sample, in the shape it was given. */
  get temperature(): Tensor {
    return this.parameter("temperature");
  }

  /** [..., n, n], as given: element (i, j) speaks for a 1 in row i and column j. */
  get logits(): Tensor {
    return this.parameter("logits");
  }

  /** Relaxed samples, [...shape, ...batch, n, n], with gradients to `logits` and `temperature`. Errors as `sample`. */
  rsample(key: Key, options: SampleOptions & HardOptions = {}): Tensor {
    const { hard = false, ...rest } = checkOptions(options, ["shape", "offset", "hard"]);
    checkBoolean("hard", hard);
    return this.drawChecked(key, rest, (...where) => this.#match(where, hard));
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.#match([key, shape, offset], true);
  }

  #match(where: [key: Key, shape: Shape, offset: number], hard: boolean): Tensor {
    const z = add(this.logits, noise("gumbel", ...where));
    return sinkhornOf(stretch(z, this.temperature, this.eventShape[0] as number, hard, 2), this.iterations);
  }
}
