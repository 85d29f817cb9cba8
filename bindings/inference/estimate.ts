import { ArgumentError, checkInteger, checkOptions, describe } from "../core/index.ts";
import { hasGradients, within } from "../graph/extend.ts";
import type { Tensor } from "../graph/index.ts";
import { checkKey, type Key } from "../random/index.ts";
import { BlackBox, type Cost } from "./cost.ts";
import { carry } from "./credit.ts";
import type { Estimator } from "./estimator.ts";
import { type Factor, type Factors, type FactorsOf, factorsOf } from "./factor.ts";
import { meanOf, Problem } from "./problem.ts";
import { Keyed, type Source } from "./source.ts";

/** How an expected cost is estimated. */
export interface EstimateOptions {
  /** Of the draws, and of what else the estimator draws: with the same key, the same bits. */
  readonly key: Key;
  /** Of the gradient; the value is the same for all but those with one of their own. */
  readonly estimator: Estimator;
  /** Independent samples that are averaged: 1 by default. */
  readonly samples?: number;
  /**
   * Number of the first row, 0 by default: rows `firstRow` on of a larger batch, cut along its first dimension, which are the same
   * to the bit wherever they are computed. Not so for what an estimate within a cost draws: the rows of that are the points of this.
   */
  readonly firstRow?: number;
}

/**
 * The expected cost of a random sample, estimated, as a node of the graph: its value is the mean cost of `samples` draws, the same
 * for every estimator; its gradient with respect to the parameters of the distribution, and to what else the cost depends on, is
 * the estimator's. In a step without gradients the cost is evaluated at the draws alone.
 *
 * The cost takes points [n, ...batch, ...event] (of several distributions an object of such) and gives [n, ...rows]; n is up to the
 * estimator. Rows are the first dimensions of the batch, all, some or none of them: each element of the cost depends on its own
 * part of the batch and is credited to that part only. A cost may contain further estimates, of variables whose laws depend on the
 * sample: these are credited with what they caused, and the outer ones with everything.
 *
 * E_z[f(z)] and its gradient: Schulman, Heess, Weber, Abbeel 2015, "Gradient estimation using stochastic computation graphs".
 * @param distribution one, or several independent ones by name
 * @param cost a function of tensors, or `blackBox(...)` for a plain function
 * @returns the cost of each row: [...rows]
 * @throws KeyError; ArgumentError (an estimator that the distribution or a black box does not allow, too few samples, a cost that is
 *   not finite); ShapeError (a cost that is not [n, ...rows]); DisposedError (outside of a step)
 */
export function estimate<const Q extends FactorsOf<Q>>(
  distribution: Q,
  cost: Cost<Q>,
  options: EstimateOptions,
): Tensor {
  const { key, firstRow = 0 } = checkOptions(options, ["key", "estimator", "samples", "firstRow"]);
  checkInteger("firstRow", firstRow, 0);
  return estimateFrom(new Keyed(checkKey(key), firstRow), distribution, cost, options);
}

/** What a watcher of the graph learns of an estimate. */
export interface EstimateScope {
  readonly factors: readonly Factor[];
  readonly estimator: Estimator;
}

/** The same with noise of any kind. */
export function estimateFrom(
  source: Source,
  distribution: Factors,
  cost: Cost<never>,
  { estimator, samples }: Pick<EstimateOptions, "estimator" | "samples">,
): Tensor {
  const factors = factorsOf(distribution);
  checkEstimator(estimator, factors, cost);
  const problem = new Problem(factors, cost, checkSamples(estimator, samples), source);
  return within({ factors, estimator } satisfies EstimateScope, "estimate", () => {
    // Without gradients the draws are enough: nothing else is asked about that may be dear to answer.
    const estimated =
      hasGradients() || estimator.hasOwnValue
        ? estimator.estimate(problem)
        : { value: meanOf(problem.evaluate(problem.draws)), credits: [] };
    return carry(estimated, problem.shape);
  });
}

function checkSamples({ name, leastSamples = 1 }: Estimator, given: number | undefined): number {
  const samples = given === undefined ? 1 : checkInteger("samples", given, 1);
  if (samples >= leastSamples) return samples;
  const received = given === undefined ? `${samples}, the default` : String(samples);
  throw new ArgumentError("samples", `${leastSamples} or more for ${name}`, received);
}

function checkEstimator(estimator: Estimator, factors: readonly Factor[], cost: Cost<never>): void {
  if (typeof estimator?.estimate !== "function")
    throw new ArgumentError("estimator", "an estimator, such as rloo()", describe(estimator));
  const { name, differentiates } = estimator;
  if (cost instanceof BlackBox ? differentiates : typeof cost !== "function")
    throw cost instanceof BlackBox
      ? new ArgumentError("estimator", "one that needs no derivative of the cost, which is a black box", name)
      : new ArgumentError("cost", "a function of the sample, or blackBox(...)", describe(cost));
  for (const factor of factors) {
    const expected = estimator.refuses(factor);
    if (expected !== undefined) throw new ArgumentError(factor.title, `${expected} for ${name}`, factor.received);
  }
}
