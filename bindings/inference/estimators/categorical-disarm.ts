import { softmax, type Tensor, tensor } from "../../graph/index.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import type { Problem } from "../problem.ts";
import { onlyCategories } from "./accept.ts";
import { paired } from "./disarm.ts";

/**
 * DisARM for categories: a category is the place of the first one among independent bits ("sticks"), likelier categories first, of
 * probability p_k = pi_k / (pi_k + pi_(k+1) + ...). The draw fixes the bits up to its place; the partner's bits are antithetic to them.
 * Where they differ the bit's log-odds get (f(D) - f(D')) (b - b') max(p, 1 - p) / 2; bits that only one of the two samples
 * depends on, here averaged over the bit of the other, (f(D) - f(D')) (b - p) / 2 or (f(D') - f(D)) (b' - p) / 2; bits beyond both nothing.
 * Two evaluations, unbiased, no derivative; of two categories the same as `disarm`.
 *
 * Dong, Mnih, Tucker 2021, "Coupled gradient estimators for discrete latent variables", section 4 (stick-breaking).
 */
export function categoricalDisarm(): Estimator {
  return {
    name: "categorical DisARM",
    unbiased: true,
    differentiates: false,
    refuses: onlyCategories,
    estimate(problem) {
      const pairs = problem.factors.map((factor, i) => partnerOf(problem, factor, problem.draws[i] as Tensor));
      return paired(
        problem,
        pairs.map(({ partner }) => partner),
        pairs.map(({ slopes }) => slopes),
      );
    },
  };
}

function partnerOf(
  { source, samples }: Problem,
  factor: Factor,
  draws: Tensor,
): { readonly partner: Tensor; readonly slopes: Float64Array } {
  const { kind } = factor;
  const cols = factor.logits.shape.at(-1) as number;
  const sticks = sticksOf(softmax(factor.logits).toArray(), cols);
  const width = kind === "one-hot" ? 1 : cols;
  const noise = source.noise(factor, "uniform", "categorical DisARM", samples, width);
  const values = draws.toArray();
  const partner = new Float32Array(values.length);
  const slopes = new Float64Array(noise.length);
  for (let row = 0; row * cols < noise.length; row++) {
    const from = row * cols;
    const stick = sticks[row % sticks.length] as Sticks;
    const drawn = kind === "one-hot" ? values.indexOf(1, from) - from : (values[row] as number);
    const place = stick.order.indexOf(drawn);
    const other = stopOf(stick, place, noise.subarray(from, from + cols));
    const category = stick.order[other] as number;
    if (kind === "one-hot") partner[from + category] = 1;
    else partner[row] = category;
    slope(stick, place, other, slopes.subarray(from, from + cols));
  }
  return { partner: tensor(partner, draws.shape), slopes };
}

/** The categories of a variable, likeliest first. */
interface Sticks {
  readonly order: readonly number[];
  /** Their probabilities, and of each together with all after it. */
  readonly probs: Float64Array;
  readonly tails: Float64Array;
}

function sticksOf(probs: Float32Array, cols: number): Sticks[] {
  return Array.from({ length: probs.length / cols }, (_, row) => {
    const p = probs.subarray(row * cols, (row + 1) * cols);
    const order = Array.from(p.keys()).sort((a, b) => (p[b] as number) - (p[a] as number) || a - b);
    const sorted = new Float64Array(order).map((k) => p[k] as number);
    const tails = new Float64Array(cols + 1);
    for (let k = cols - 1; k >= 0; k--) tails[k] = (tails[k + 1] as number) + (sorted[k] as number);
    return { order, probs: sorted, tails };
  });
}

/** Where the partner of a draw at `place` stops, of uniform noise u for each stick. Without division: a tail may be 0. */
function stopOf({ probs, tails }: Sticks, place: number, u: Float32Array): number {
  for (let k = 0; k < probs.length - 1; k++) {
    // one : not is p : 1 - p.
    const [one, not, all] = [probs[k] as number, tails[k + 1] as number, tails[k] as number];
    const below = u[k] as number;
    if (
      k < place ? below * not < Math.min(one, not) : below * (k === place ? one : all) < (k === place ? one - not : one)
    )
      return k;
  }
  return probs.length - 1;
}

/** Adds the gradient of the log-odds of the sticks, by d psi_k / d logits = 1[k] - pi_j / (sum of pi after k) for j after k. */
function slope({ order, probs, tails }: Sticks, place: number, other: number, to: Float64Array): void {
  const [first, last] = [Math.min(place, other), Math.max(place, other)];
  if (first === last) return;
  // f(D) - f(D') goes with the bits of D; those that only D' has come with the opposite sign.
  const sign = place < other ? 1 : -1;
  for (let k = first; k <= Math.min(last, probs.length - 2); k++) {
    const [one, not, all] = [probs[k] as number, tails[k + 1] as number, tails[k] as number];
    if (not === 0) continue;
    const p = one / all;
    const weight = (sign * (k === first ? Math.max(p, not / all) : p - (k === last ? 1 : 0))) / 2;
    (to[order[k] as number] as number) += weight;
    for (let j = k + 1; j < probs.length; j++)
      (to[order[j] as number] as number) -= (weight * (probs[j] as number)) / not;
  }
}
