import { ArgumentError, checkBoolean, checkInteger, checkOptions } from "../../core/index.ts";
import { apply, broadcast, expand, sizeOf } from "../../graph/extend.ts";
import { add, type Shape, stopGradient, type Tensor, tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { kernelsOf } from "../core.ts";
import { Distribution, type SampleOptions, type ValidateOptions } from "../distribution.ts";
import { gradientOf } from "../fused.ts";
import { noise } from "../noise.ts";
import { Given, type Values } from "../parameters.ts";
import { kHot, positive, presentRow, type Support } from "../support.ts";
import { checkEvent, doubles, type HardOptions, stretch } from "./relaxation.ts";
import { topKOf } from "./top-k.ts";

/** Subsets that `enumerateSupport` lists at most. */
const MOST = 1e6;

/**
 * k of n drawn without replacement from softmax(logits), their order forgotten, as rows of k ones and n - k zeros.
 *
 * With z = logits + gumbel(key): a sample has its ones at the k largest of z, which are the indices of `topK` of the
 * same key; `rsample` is the relaxed choice `relaxedTopK(z, { k, tau: temperature })`, or with `hard: true` the sample
 * itself with the gradient of the relaxed one. The temperature has no part in the law of the samples, nor in `logProb`.
 *
 * Xie, Ermon 2019, "Reparameterizable subset sampling via continuous relaxations", arXiv:1901.10517; Kool, van Hoof,
 * Welling 2020, "Estimating gradients for discrete random variables by sampling without replacement", arXiv:2002.06043,
 * for the probability.
 */
export class RelaxedSubset extends Distribution {
  readonly support: Support;
  /** How many of the n are chosen. */
  readonly k: number;

  /**
   * @param options `temperature`, above 0, broadcasts with the batch; `logits` [..., n], finite or -Infinity for what
   * is never drawn; k from 1 to n
   * @throws ArgumentError (temperature not above 0, NaN, +Infinity or less than k finite logits in a row, k),
   * ShapeError
   */
  constructor(
    options: { readonly temperature: Values; readonly logits: Values; readonly k: number } & ValidateOptions,
  ) {
    const { temperature, logits, k, ...rest } = checkOptions(options, ["temperature", "logits", "k", "validateArgs"]);
    const n = checkEvent("logits", new Given("logits", logits, undefined).shape, 1);
    checkInteger("k", k, 1, n);
    const rows = { values: logits, allowed: presentRow(k), eventDims: 1 } as const;
    super({ temperature: { values: temperature, allowed: positive }, logits: rows }, rest, [n]);
    this.k = k;
    this.support = kHot(k);
  }

  /** By what logits + noise are divided in a relaxed sample, in the shape it was given. */
  get temperature(): Tensor {
    return this.parameter("temperature");
  }

  /** [..., n], as given: log-probabilities of the first draw, up to a constant of each row. */
  get logits(): Tensor {
    return this.parameter("logits");
  }

  /** Relaxed samples, [...shape, ...batch, n], with gradients to `logits` and `temperature`. Errors as `sample`. */
  rsample(key: Key, options: SampleOptions & HardOptions = {}): Tensor {
    const { hard = false, ...rest } = checkOptions(options, ["shape", "offset", "hard"]);
    checkBoolean("hard", hard);
    return this.drawChecked(key, rest, (...where) => this.#choose(this.#perturbed(...where), hard));
  }

  protected draw(key: Key, shape: Shape, offset: number): Tensor {
    return this.#choose(this.#perturbed(key, shape, offset), true);
  }

  #perturbed(key: Key, shape: Shape, offset: number): Tensor {
    return add(this.logits, noise("gumbel", key, shape, offset));
  }

  #choose(scores: Tensor, hard: boolean): Tensor {
    return topKOf(stretch(scores, this.temperature, this.eventShape[0] as number, hard, 1), this.k);
  }

  /** The log-probability of the set: that of all orders in which it can be drawn. Gradient to `logits`. */
  protected density(value: Tensor): Tensor {
    const { k } = this;
    const shape = broadcast([...this.batchShape, ...this.eventShape], value.shape, "value");
    const [members, logits] = [expand(value, shape), expand(this.logits, shape)];
    const [leading, n] = [shape.slice(0, -1), shape.at(-1) as number];
    const rows = sizeOf(leading);
    return apply({
      name: "subsetLogProb",
      inputs: { value: members, logits },
      shape: leading,
      forward: (core, y) =>
        core.scoped(() => kernelsOf(core).subsetLogProbForward(y, members.at, logits.at, doubles(core, k), rows, n, k)),
      backward: (core, dy) => {
        const dlogits = gradientOf(logits);
        if (dlogits === 0) return;
        const work = doubles(core, 2 * k);
        kernelsOf(core).subsetLogProbBackward(dlogits, dy, members.at, logits.at, work, rows, n, k);
      },
    });
  }

  /** The likeliest subset: the k largest logits, of equals those of the lowest index. */
  mode(): Tensor {
    return stopGradient(this.#choose(this.logits, true));
  }

  /**
   * All subsets, those with the lowest indices first: [n over k, ...1, n], which broadcasts with the batch.
   * @throws ArgumentError for more than a million
   */
  enumerateSupport(): Tensor {
    const { k } = this;
    const n = this.eventShape[0] as number;
    let count = 1;
    for (let i = 1; i <= k; i++) count = Math.round((count * (n - k + i)) / i);
    if (count > MOST) throw new ArgumentError("enumerateSupport", `at most ${MOST} subsets`, `${count}, ${k} of ${n}`);
    const values = new Float32Array(count * n);
    const chosen = Array.from({ length: k }, (_, i) => i);
    for (let row = 0; row < count; row++) {
      for (const i of chosen) values[row * n + i] = 1;
      // The next in lexicographic order: the last index that can move moves, the others follow it.
      let last = k - 1;
      while (last > 0 && chosen[last] === n - k + last) last--;
      chosen[last] = (chosen[last] as number) + 1;
      for (let i = last + 1; i < k; i++) chosen[i] = (chosen[i - 1] as number) + 1;
    }
    return tensor(values, [count, ...this.batchShape.map(() => 1), n]);
  }
}
