import { ArgumentError, checkOptions, describe, ShapeError } from "../../core/index.ts";
import { sameShape, show, Tensor } from "../../graph/extend.ts";
import { concatenate, tensor } from "../../graph/index.ts";
import { flat } from "../cost.ts";
import type { Credit } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import { asGiven } from "../factor.ts";
import type { Problem } from "../problem.ts";
import type { Pair } from "./conditional.ts";
import { controlled, type Further, type Latent, type RebarOptions } from "./rebar.ts";

/** Of z [n, ...batch, ...event], or a record of such for several distributions, a number for each row: [n, ...rows]. */
export type Control = (z: never) => Tensor;

/** Those of `rebar`, of the part of the control variate that is the relaxed cost, and the part that is learned. */
export interface RelaxOptions extends RebarOptions {
  /** r: a differentiable function with parameters of its own. */
  readonly control: Control;
}

/**
 * REBAR with a control variate that is learned: c(z) = eta f(softmax(z / tau)) + r(z), for any function r of the variables behind the
 * draws: z = logits + noise, or log softmax(logits) + noise for one-hot variables. Unbiased whatever r is.
 *
 * The parameters of r get their gradient from the same backward pass: that of the squared norm of the gradient with respect to the
 * logits, averaged over samples, times the size of the gradient from above, so that an optimizer of any kind that is given them makes
 * the variance small. The change of d r(z) along a direction is taken by central differences, [r(z(l + h v)) - r(z(l - h v))] / 2 h,
 * l being the logits and h v at most 1/64: an error of that squared, in what trains r alone. Whatever else r depends on gets such a
 * gradient too: `stopGradient` keeps it away.
 *
 * With `eta: 0` the cost is left out of c (LAX) and may be a black box, evaluated once a sample. Otherwise as `rebar`. r is evaluated
 * seven times a sample.
 *
 * Grathwohl, Choi, Wu, Roeder, Duvenaud 2018, "Backpropagation through the void", eqs. 7, 8 and section 3.
 * @throws ArgumentError for options out of range; ShapeError for r that is not [n, ...rows]
 */
export function relax(options: RelaxOptions): Estimator {
  const { control, ...rest } = checkOptions(options ?? {}, ["control", "tau", "eta", "learn"]);
  if (typeof control !== "function") throw new ArgumentError("control", "a function of z", describe(control));
  const further: Further = (latent) => {
    const r = (z: readonly Tensor[]): Tensor => controlOf(control, latent.problem, z);
    return { part: latent.variate(r), train: (gradient) => training(r, latent, gradient) };
  };
  return controlled(rest.eta === 0 ? "LAX" : "RELAX", rest, further);
}

/** Length of a difference in the largest element of the logits: a balance of its square and the rounding of float32. */
const ASIDE = 1 / 64;

/** The gradient of the squared norm of g, 2 g dg, where g has -r(z') d log p(b) + d r(z) - d r(z') in it. */
function training(r: (z: readonly Tensor[]) => Tensor, latent: Latent, gradient: readonly Float64Array[]): Credit {
  const { samples, rows, factors } = latent.problem;
  const n = samples * rows;
  const [along, largest] = [new Float64Array(n), new Float64Array(n)];
  for (const [i, each] of gradient.entries()) {
    const score = latent.scores[i] as Float64Array;
    for (const [j, g] of each.entries()) {
      const row = Math.floor((j * n) / each.length);
      (along[row] as number) += g * (score[j] as number);
      largest[row] = Math.max(largest[row] as number, Math.abs(g));
    }
  }
  const moved = (by: number) =>
    latent.at(
      factors.map(({ shape }, i) => {
        const g = gradient[i] as Float64Array;
        const direction = g.map((each, j) => each / (largest[Math.floor((j * n) / g.length)] || 1));
        const there = (latent.logits[i] as Float32Array).map((l, j) => l + by * (direction[j] as number));
        return tensor(there, [samples, ...shape]);
      }),
    );
  const sides = [moved(0), moved(ASIDE), moved(-ASIDE)];
  const of = r(
    factors.map((_, i) => {
      const [here, up, down] = sides.map((side) => side[i]) as [Pair, Pair, Pair];
      return concatenate([here.again, up.z, down.z, up.again, down.again], { axis: 0 });
    }),
  );
  const slope = largest.map((each) => each / ASIDE / samples);
  const weights = [along.map((each) => (-2 * each) / samples), slope, scaled(slope, -1), scaled(slope, -1), slope];
  return { of, n: 5 * samples, weights: Float64Array.from(weights.flatMap((each) => [...each])), unsigned: true };
}

const scaled = (x: Float64Array, by: number): Float64Array => x.map((each) => by * each);

function controlOf(control: Control, { factors, shape }: Problem, z: readonly Tensor[]): Tensor {
  const result = (control as (z: unknown) => unknown)(asGiven(factors, z));
  if (!(result instanceof Tensor))
    throw new ArgumentError("control", "a function that gives a tensor", describe(result));
  const expected = [z[0]?.shape[0] as number, ...shape];
  if (!sameShape(result.shape, expected)) throw new ShapeError("control", show(expected), show(result.shape));
  return flat(result);
}
