import { checkInteger, checkOptions, core, type Floats } from "../core/index.ts";
import { checkKey, type Key } from "../random/index.ts";
import { bestOf, ROOM } from "./best.ts";
import type { TopK } from "./categorical.ts";
import { asMatrix, refuseLogits } from "./logits.ts";

/** Draws without replacement, with what makes sums over them unbiased. */
export interface WeightedTopK extends TopK {
  /** The score of draw k + 1, [rows]; -Infinity where there are k categories and no more. */
  readonly thresholds: Float32Array;
  /** Probabilities that logits + gumbel is above the threshold, this threshold given, [rows × k]. */
  readonly inclusion: Float32Array;
  /** softmax(logits) over these, [rows × k]. */
  readonly weights: Float32Array;
}

/**
 * `topK` with what makes sums over its draws unbiased: the expectation of sum_i weights_i f(indices_i) is that of f under
 * softmax(logits), for every f. The weights are p_i / q_i with q_i = P(logits_i + gumbel > κ) = 1 - exp(-exp(logits_i - κ)), κ the score
 * of draw k + 1, which is drawn beside the k. Their sum is 1 on average only; divided by it they have less variance and a small bias.
 * Where k is the number of categories above -Infinity, every q is 1 and the sum is exact.
 *
 * `inclusion` is q: the probability that i is drawn, given the noise of all the others, whose k-th largest score is κ where i is
 * drawn. It is another number in each draw, and not P(i is among the k draws), which has no κ and no short formula; draws of many
 * keys give that as the share of those with i. The probability of a set of k is `logProb` of RelaxedSubset (`reparam/distributions`).
 *
 * Kool, van Hoof, Welling 2019, "Stochastic beams and where to find them", section 4.2 (the estimator of Horvitz and Thompson
 * 1952 at the threshold of Duffield, Lund, Thorup 2007; Vieira 2017). Scores are float32, so for logits beyond ±1000 take their
 * maximum off first.
 * @param logits [rows × cols], row-major, not necessarily normalized; -Infinity for a category that is never drawn
 * @throws KeyError; ArgumentError (NaN, +Infinity, k larger than the number of categories above -Infinity); ShapeError (cols)
 */
export function importanceWeights(
  key: Key,
  logits: Floats,
  options: { readonly k: number; readonly cols?: number },
): WeightedTopK {
  const { k } = checkOptions(options, ["k", "cols"]);
  const noise = checkKey(key);
  const { x, rows, cols } = asMatrix("logits", logits, options.cols);
  checkInteger("k", k, 1, cols);
  const shared = core();
  return shared.scoped(() => {
    const at = shared.allocate(x.length + ROOM);
    shared.write(x, at);
    const result = {
      indices: new Int32Array(rows * k),
      scores: new Float32Array(rows * k),
      thresholds: new Float32Array(rows).fill(-Infinity),
      inclusion: new Float32Array(rows * k),
      weights: new Float32Array(rows * k),
    };
    const best = { indices: shared.allocate(k + 1), scores: shared.allocate(k + 1), k: k + 1 };
    const [tau, p, taken, q] = [shared.placeDouble(1), shared.allocate(cols), shared.allocate(k), shared.allocate(k)];
    for (let row = 0; row < rows; row++) {
      const from = at + 4 * row * cols;
      const found = bestOf(shared, noise, row * cols, { at: from, length: cols }, best);
      if (found < k) refuseLogits(shared, at, rows, cols, k);
      if (found > k) result.thresholds[row] = shared.view(best.scores, found)[k] as number;
      const indices = shared.copyWords(best.indices, k);
      shared.kernels.softmaxForward(p, from, 1, cols, tau, 0);
      shared.write(
        Array.from(indices, (i) => x[row * cols + i] as number),
        taken,
      );
      shared.kernels.conditionalExceed(q, taken, result.thresholds[row] as number, k);
      const [probabilities, inclusion] = [shared.view(p, cols), shared.view(q, k)];
      result.indices.set(indices, row * k);
      shared.copyTo(result.scores, best.scores, k, row * k);
      result.inclusion.set(inclusion, row * k);
      result.weights.set(
        inclusion.map((each, i) => (probabilities[indices[i] as number] as number) / each),
        row * k,
      );
    }
    return result;
  });
}
