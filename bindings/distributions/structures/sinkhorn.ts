import { checkInteger, checkOptions } from "../../core/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { kernelsOf } from "../core.ts";
import type { Values } from "../parameters.ts";
import { real } from "../support.ts";
import { checkRelaxed, doubles, type Relaxed, type RelaxOptions, relax } from "./relaxation.ts";

/**
 * A relaxed assignment: exp(x / τ) with its rows and then its columns normalized, `iterations` times, in logarithms.
 * Columns add up to 1; rows as nearly as the iterations get, and a low τ needs many. In the limit of both it is the
 * permutation matrix P of the largest <x, P>, if there is only one.
 *
 * `hard: true`: exactly that matrix, by the Hungarian method in O(n³), whatever τ and the iterations (of several best
 * ones always the same); the gradient is that of the relaxed value.
 *
 * Mena, Belanger, Linderman, Snoek 2018, "Learning latent permutations with Gumbel-Sinkhorn networks",
 * arXiv:1802.08665.
 * @param x [..., n, n], finite
 * @returns [..., n, n], with gradients to `x` and `tau` through all iterations
 * @throws ArgumentError (x not finite, tau not above 0, iterations), ShapeError (x not square)
 */
export function sinkhorn(x: Values, options: { readonly iterations?: number } & RelaxOptions = {}): Tensor {
  const { iterations, ...rest } = checkOptions(options, ["iterations", "tau", "hard"]);
  const turns = checkIterations(iterations);
  return sinkhornOf(
    checkRelaxed("x", x, rest, 2, () => real),
    turns,
  );
}

export const checkIterations = (iterations = 20): number => checkInteger("iterations", iterations, 1, 1e6);

/** The same of inputs that were checked. */
export function sinkhornOf(relaxed: Relaxed, iterations: number): Tensor {
  const { x, count, n } = relaxed;
  return relax("sinkhorn", relaxed, {
    event: [n, n],
    work: [3 * n, n * n + (2 * iterations + 3) * n],
    settings: () => [iterations],
    harden: (core, y) => kernelsOf(core).assignmentForward(y, x.at, doubles(core, 6 * (n + 1)), count, n),
  });
}
