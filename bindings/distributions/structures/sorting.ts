import { checkOptions } from "../../core/index.ts";
import type { Tensor } from "../../graph/index.ts";
import type { Values } from "../parameters.ts";
import { real } from "../support.ts";
import { checkRelaxed, placeOnes, type Relaxed, type RelaxOptions, ranking, relax } from "./relaxation.ts";

/**
 * A relaxed matrix of the permutation that sorts, largest first: row i is softmax_j(-|s_i - scores_j| / τ), s the
 * sorted scores. Rows add up to 1, and the largest of row i is at the i-th largest score. O(n²).
 *
 * `hard: true`: exactly the permutation matrix, which is the limit τ → 0; equal scores keep their order (relaxed, they
 * share). The gradient is that of the relaxed value.
 *
 * Prillo, Eisenschlos 2020, "SoftSort: a continuous relaxation for the argsort operator", arXiv:2006.16038, with
 * the distance |a - b|.
 * @param scores [..., n], finite
 * @returns [..., n, n], with gradients to `scores` and `tau`; the product with a column of scores sorts them
 * @throws ArgumentError (scores not finite, tau not above 0), ShapeError
 */
export function softSort(scores: Values, options: RelaxOptions = {}): Tensor {
  const relaxed = checkRelaxed("scores", scores, checkOptions(options, ["tau", "hard"]), 1, () => real);
  const { x, n } = relaxed;
  return relax("softSort", relaxed, {
    event: [n, n],
    work: [n, 2 * n],
    settings: (core) => [ranking(core, x, n, n)],
    harden: sortHard(relaxed),
  });
}

/**
 * A relaxed matrix of the permutation that sorts, largest first: row i, from 1, is
 * softmax_j(((n + 1 - 2 i) scores_j - Σ_l |scores_j - scores_l|) / τ). Rows add up to 1. O(n²).
 *
 * `hard: true`: as in `softSort`.
 *
 * Grover, Wang, Zweig, Ermon 2019, "Stochastic optimization of sorting networks via continuous relaxations",
 * arXiv:1903.08850.
 * @param scores [..., n], finite
 * @returns [..., n, n], with gradients to `scores` and `tau`
 * @throws ArgumentError (scores not finite, tau not above 0), ShapeError
 */
export function neuralSort(scores: Values, options: RelaxOptions = {}): Tensor {
  const relaxed = checkRelaxed("scores", scores, checkOptions(options, ["tau", "hard"]), 1, () => real);
  const { n } = relaxed;
  return relax("neuralSort", relaxed, { event: [n, n], work: [2 * n, 5 * n], harden: sortHard(relaxed) });
}

type Harden = Parameters<typeof relax>[2]["harden"];

const sortHard =
  ({ x, count, n }: Relaxed): Harden =>
  (core, y) =>
    placeOnes(core, y, ranking(core, x, n, n), count * n, n, 1);
