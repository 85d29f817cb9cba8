import { ArgumentError, checkFinite, checkOptions, checkPositive, describe } from "../../core/index.ts";
import { gradientsOf, variable } from "../../graph/extend.ts";
import { concatenate, type Tensor } from "../../graph/index.ts";
import type { Credit } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import type { Factor } from "../factor.ts";
import { learnAfterStep } from "../memory.ts";
import { evenly, meanOf, type Problem } from "../problem.ts";
import { onlyVectors } from "./accept.ts";
import { type Latents, latentsOf, type Pair, probsOf } from "./conditional.ts";
import { soft } from "./through.ts";
import { Tuning } from "./tuning.ts";

/** The control variate of `rebar`, and whether it is tuned. */
export interface RebarOptions {
  /** Temperature of the relaxed cost: above 0, 0.5 by default. */
  readonly tau?: number;
  /** What it counts: any number, 1 by default. */
  readonly eta?: number;
  /** Rate at which eta and tau are learned, above 0 to 0.25 (0.01 is usual), or false, the default. */
  readonly learn?: number | false;
}

/**
 * The score function with the relaxed cost c(z) = f(softmax(z / tau)) for a control variate, sigmoid for Bernoulli variables:
 * (f(b) - eta c(z')) d log p(b) + eta d c(z) - eta d c(z'), where z = logits + noise made the draw b and z' is another z that gives
 * b, both differentiated through the logits. Unbiased for any eta and tau.
 *
 * These may be learned, by descent on the squared norm of the gradient with respect to the logits, whose mean is the variance and a
 * constant: exactly for eta, by central differences for tau. A step uses what came out of the steps before it.
 *
 * Three evaluations a sample, two of them of relaxed ones, where the cost has to be differentiable; seven while learning. What the
 * cost itself depends on gets its gradient from the draws alone.
 *
 * Tucker, Mnih, Maddison, Lawson, Sohl-Dickstein 2017, "REBAR: low-variance, unbiased gradient estimates for discrete latent variable
 * models", eq. 7 and section 3.2.
 * @throws ArgumentError for options out of range
 */
export function rebar(options: RebarOptions = {}): Estimator {
  checkOptions(options, ["tau", "eta", "learn"]);
  return controlled("REBAR", options);
}

/** Factor of tau between the two sides of a central difference and the middle. */
const ASIDE = 1.05;

/** What else is a control variate: its part of the gradient, and what trains it when the whole is known. */
export type Further = (on: Latent) => {
  readonly part: readonly Float64Array[];
  train(gradient: readonly Float64Array[]): Credit;
};

export function controlled(name: string, options: RebarOptions, further?: Further): Estimator {
  const { tau = 0.5, eta = 1, learn = false } = options;
  checkPositive("tau", tau);
  checkFinite("eta", eta);
  const isRelaxed = further === undefined || eta !== 0;
  if (learn !== false && !(learn > 0 && learn <= 0.25 && isRelaxed))
    throw new ArgumentError(
      "learn",
      isRelaxed ? "false, or a rate above 0 to 0.25" : "false, as with eta 0 there is nothing to learn",
      describe(learn),
    );
  const tuning = new Tuning(eta, tau, learn || 0);
  return {
    name,
    unbiased: true,
    differentiates: isRelaxed,
    memory: learn === false ? undefined : tuning,
    refuses: onlyVectors,
    estimate(problem) {
      const { factors, samples, draws } = problem;
      const costs = problem.evaluate(draws);
      const value = meanOf(costs);
      const ofCosts = evenly(costs);
      const { eta, tau } = tuning;
      const latent = new Latent(problem);
      const relaxed = (tau: number) =>
        latent.variate((z) => problem.evaluate(factors.map((factor, i) => soft(factor, z[i] as Tensor, tau))));
      const base = latent.scored(costs.toArray());
      const middle = isRelaxed ? relaxed(tau) : undefined;
      const more = further?.(latent);
      const fixed = more ? plus(base, 1, more.part) : base;
      const gradient = middle ? plus(fixed, eta, middle) : fixed;
      if (middle && learn !== false) {
        const squareAt = (tau: number): number => {
          const other = plus(fixed, eta, relaxed(tau));
          return dot(other, other);
        };
        learnAfterStep(tuning, [dot(gradient, middle), squareAt(tau * ASIDE) - squareAt(tau / ASIDE)]);
      }
      return {
        value,
        credits: [
          ofCosts,
          ...factors.map(({ logits }, i): Credit => {
            const weights = new Float64Array(logits.size);
            for (const [j, g] of (gradient[i] as Float64Array).entries())
              (weights[j % logits.size] as number) += g / samples;
            return { of: logits, n: 1, weights };
          }),
          ...(more ? [more.train(gradient)] : []),
        ],
      };
    },
  };
}

/** The variables behind the draws of a problem. Its gradients are, of each factor, of each sample: [samples, ...logits]. */
export class Latent {
  readonly problem: Problem;
  readonly #latents: readonly Latents[];
  /** Logits, once for each sample. */
  readonly logits: readonly Float32Array[];
  /** d log p(b) */
  readonly scores: readonly Float64Array[];

  constructor(problem: Problem) {
    const { factors, samples, draws } = problem;
    this.problem = problem;
    this.#latents = factors.map((factor, i) => latentsOf(problem, factor, draws[i] as Tensor));
    this.logits = factors.map(({ logits, size }): Float32Array => {
      const [one, all] = [logits.toArray(), new Float32Array(samples * size)];
      for (let s = 0; s < samples; s++) all.set(one, s * size);
      return all;
    });
    this.scores = factors.map((factor, i) => {
      const probs = probsOf(factor).toArray();
      return new Float64Array((draws[i] as Tensor).toArray()).map((b, j) => b - (probs[j % factor.size] as number));
    });
  }

  /** z and z' of logits, of each factor: [samples, ...shape]. */
  at(logits: readonly Tensor[]): Pair[] {
    return this.#latents.map((latents, i) => latents(logits[i] as Tensor));
  }

  /** Weights [samples, rows] times d log p(b). */
  scored(weights: ArrayLike<number>): Float64Array[] {
    return this.scores.map((score) => {
      const width = score.length / weights.length;
      return score.map((each, j) => each * (weights[Math.floor(j / width)] as number));
    });
  }

  /** d c(z) - d c(z') - c(z') d log p(b), for c of z [n, ...shape] of each factor that gives [n, rows]. */
  variate(c: (z: readonly Tensor[]) => Tensor): Float64Array[] {
    const { samples, rows, factors } = this.problem;
    const leaves = this.logits.map((values, i) => variable(values, [samples, ...(factors[i] as Factor).shape]));
    const costs = c(this.at(leaves).map(({ z, again }) => concatenate([z, again], { axis: 0 })));
    const n = samples * rows;
    const signs = new Float32Array(2 * n).fill(1, 0, n).fill(-1, n);
    return plus(gradientsOf(costs, signs, leaves), -1, this.scored(costs.toArray().subarray(n)));
  }
}

type Gradient = readonly (Float64Array | Float32Array)[];

/** a + by b */
const plus = (a: Gradient, by: number, b: Gradient): Float64Array[] =>
  a.map((each, i) => {
    const other = b[i] as Float64Array;
    return new Float64Array(each).map((x, j) => x + by * (other[j] as number));
  });

function dot(a: Gradient, b: Gradient): number {
  let total = 0;
  for (const [i, each] of a.entries()) {
    const other = b[i] as Float64Array;
    for (let j = 0; j < each.length; j++) total += (each[j] as number) * (other[j] as number);
  }
  return total;
}
