import { ArgumentError, describe } from "../../core/index.ts";
import { StudentT } from "../../distributions/index.ts";
import { step } from "../../graph/index.ts";
import { named } from "../../random/index.ts";
import type { Cost } from "../cost.ts";
import type { Factors } from "../factor.ts";
import { addGradients, type Gradients, gradientTree } from "../shards/gradients.ts";
import { Moments, type MomentsState } from "./moments.ts";
import { checkExpectationOptions, type ExpectationOptions, STOP } from "./options.ts";
import { PILOT, Sampler } from "./sampler.ts";
import { gatherSamples } from "./shards.ts";

/** A mean of costs with its error bar. */
export interface Expectation {
  /** The mean cost, less the control variate. */
  readonly value: number;
  /** Of the value. 0 where all costs are equal, which may be by chance. */
  readonly standardError: number;
  /**
   * That covers the expectation for 95 % of all keys, as far as means of this number of samples are normal: value ± t standardError, t
   * the quantile of Student's distribution of as many degrees of freedom as there are samples (pairs, nets) less one: 1.96 of many
   * samples, 2.13 of 16 nets.
   */
  readonly interval: readonly [low: number, high: number];
  /** Samples in the mean: each of a pair counts. */
  readonly samples: number;
  /** Of the control variate: 0 without one. */
  readonly coefficient: number;
  /** What the numbers were computed from: exact sums, plain data. */
  readonly moments: MomentsState;
}

/**
 * The expected cost of a random sample, E_{z ~ q}[f(z)], and its standard error: the mean of `samples` draws, a chunk at a time, in steps of
 * its own, so that any number of samples needs bounded memory. Unbiased, but for `standardError` (below).
 *
 * Costs are float32; sums of them, of their squares and of their products are exact, and the value is rounded once. Without `quasi`,
 * sample s is what the law draws at place s under the key: all of them are `law.sample(key, { shape: [samples] })`, of several laws each under
 * `named(key, its name)`. So the value has the same bits for any `chunk`.
 *
 * - `estimator`: adds the gradient of the expected cost to those of the parameters, as `backward` of the mean of the chunks does. The
 *   cost is evaluated once more at the draws than the estimator does itself. Chunks, of `chunk` or fewer samples, are those of an
 *   estimate each: what compares samples (`rloo`) compares those of a chunk, and the last bits are of that order.
 * - `standardError`: stops at the first multiple of 1024 samples, `leastSamples` or more, at which the standard error is so small or smaller.
 *   The number of samples then depends on the costs, and the mean has a bias of the order 1 / samples; where high costs are rare
 *   (fewer than ten or so of `leastSamples`), the error bar is too small.
 * - `control`: the mean of f - c (g - E[g]), c of a regression on 1024 draws of its own, so that the mean stays unbiased.
 * - `antithetic`: samples / 2 pairs, of noise and of the noise turned round (e to -e, u to 1 - u): for Bernoulli, Normal, Logistic and
 *   Uniform laws. A pair is one observation for the standard error. Helps where f is monotone; doubles the variance where it is even.
 * - `quasi`: samples made of scrambled Sobol' points (`scrambledSobol`) by the inverse of the distribution function: of categorical laws,
 *   and of those with an `icdf`. They are `replicates` nets of samples / replicates points (a power of two), each scrambled under a key of
 *   its own. The points of one net depend on each other, so that their spread says nothing of its error: the mean of a net is one
 *   observation, unbiased, and the standard error is that of the mean over the independent nets (L'Ecuyer, Nakayama, Owen, Tuffin 2023,
 *   "Confidence intervals for randomized quasi-Monte Carlo estimators"). Few smooth variables gain most; functions with jumps (bits)
 *   less; those of very many variables next to nothing. An `estimator` has to take each sample for itself, and no noise beside
 *   it: `scoreFunction()` without a moving average, `pathwise()` and others; its gradient stays as unbiased as it is. The
 *   coefficient of a `control` is the best one for independent draws: nets may have another.
 *
 * @param cost f: points [n, ...batch, ...event] (of several distributions an object of such) to costs [n], or `blackBox(...)`,
 *   which may answer with promises
 * @param distribution q: one, or several independent ones by name, or a function that makes that in each step, of parameters by way of
 *   operations of the graph
 * @throws (the promise rejects) KeyError; ArgumentError (options, costs that are not finite, laws or black boxes that the estimator
 *   or pairs do not allow, a call within a step); ShapeError (costs that are not [n]); the signal's reason; what a black box throws.
 *   Gradients of chunks that are done remain
 */
export async function expectation<const Q extends Factors>(
  cost: Cost<Q>,
  distribution: Q | (() => Q),
  options: ExpectationOptions<Q>,
): Promise<Expectation> {
  checkExpectationOptions(options);
  for (const each of [cost, distribution] as unknown[])
    if (each === null || (typeof each !== "function" && typeof each !== "object"))
      throw new ArgumentError(
        each === cost ? "cost" : "distribution",
        each === cost ? "a function of the sample, or blackBox(...)" : "a distribution, or several by name",
        describe(each),
      );
  // Of what the laws are, the sampler knows what it reads from them: no type says it.
  return expected(cost as Cost<never>, distribution, options as unknown as ExpectationOptions);
}

async function expected(
  cost: Cost<never>,
  distribution: Factors | (() => Factors),
  options: ExpectationOptions,
): Promise<Expectation> {
  const { key, samples, control, standardError = 0, leastSamples = 4096, executor, signal, onProgress } = options;
  const sampler = new Sampler(cost, distribution, options);
  let coefficient = control?.coefficient ?? 0;
  if (control && control.coefficient === undefined) {
    const pilot = new Moments(sampler.each);
    await sampler.addSamples(pilot, named(key, "control"), { from: 0, to: PILOT }, { isMain: false }, signal);
    coefficient = pilot.coefficient;
  }
  const moments = new Moments(sampler.points ?? sampler.each);
  const resultOf = () => moments.result(coefficient, control?.mean ?? 0);
  // At places that do not depend on how samples are cut into chunks and shards.
  const isEnough = (done: number): boolean =>
    done % STOP === 0 && done >= leastSamples && resultOf().standardError <= standardError;
  const stop = standardError > 0 ? isEnough : undefined;
  if (executor) addGradients(await gatherSamples(cost, distribution, options, moments, stop));
  else {
    const tree = gradientTree(sampler.chunks);
    const onChunk = (index: number, gradients: Gradients | undefined): unknown => {
      if (gradients) tree.add({ level: 0, index, value: gradients });
      return onProgress?.({ done: sampler.beginOf(index + 1) * sampler.each, of: samples });
    };
    const receiver = { onChunk, ...(stop && { isEnough: stop }) };
    await sampler.addChunks(moments, key, { from: 0, to: sampler.chunks }, receiver, signal);
    addGradients(tree.root);
  }
  const got = resultOf();
  const half = got.standardError * quantile(moments.units - 1);
  return {
    ...got,
    interval: [got.value - half, got.value + half],
    samples: moments.units * moments.each,
    coefficient,
    moments: moments.state,
  };
}

/** Which a number of Student's distribution is above with a probability of 0.025. */
const quantile = (df: number): number => step(() => new StudentT({ df }).icdf(0.975).item(), { gradients: false });
