import { ArgumentError, describe, ShapeError } from "../../core/index.ts";
import { StudentT } from "../../distributions/index.ts";
import { show } from "../../graph/extend.ts";
import { backward, concatenate, mul, reshape, step, type Tensor } from "../../graph/index.ts";
import { type Key, named } from "../../random/index.ts";
import { asyncStep } from "../async-step.ts";
import { BlackBox, type Cost, costOf } from "../cost.ts";
import { estimateFrom } from "../estimate.ts";
import { type Factor, type Factors, factorsOf } from "../factor.ts";
import { Frame } from "../frame.ts";
import { Moments, type MomentsState } from "./moments.ts";
import { Nets } from "./nets.ts";
import { checkExpectationOptions, type ExpectationOptions, REPLICATES, STOP } from "./options.ts";
import { checkTurns, Stretch } from "./points.ts";

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
  // Of what the laws are, Run knows what it reads from them: no type says it.
  const run = new Run(cost as Cost<never>, distribution, options as unknown as ExpectationOptions);
  return run.result();
}

/** Costs, control variates, and the same of the other halves of pairs. */
interface Chunk {
  readonly f: Float32Array;
  readonly g: Float32Array | undefined;
}

/** Samples `first` on, or pairs; for the mean, or of a pilot. */
interface Draws {
  readonly first: number;
  readonly count: number;
  readonly isMain: boolean;
}

const BUDGET = 2 ** 18;
const MOST = 2 ** 14;
/** Estimators evaluate the cost at more points than the draws. */
const MOST_OF_ESTIMATE = 2 ** 10;
const PILOT = 1024;

class Run {
  readonly #cost: Cost<never>;
  readonly #distribution: Factors | (() => Factors);
  readonly #options: ExpectationOptions;
  /** Samples that are drawn together. */
  readonly #frame = new Frame();
  readonly #each: 1 | 2;
  /** Points of a net; undefined of independent samples. */
  readonly #points: number | undefined;

  constructor(cost: Cost<never>, distribution: Factors | (() => Factors), options: ExpectationOptions) {
    this.#cost = cost;
    this.#distribution = distribution;
    this.#options = options;
    this.#each = options.antithetic ? 2 : 1;
    this.#points = options.quasi ? options.samples / (options.replicates ?? REPLICATES) : undefined;
  }

  async result(): Promise<Expectation> {
    const { key, samples, control, standardError = 0, leastSamples = 4096 } = this.#options;
    let coefficient = control?.coefficient ?? 0;
    if (control && control.coefficient === undefined) {
      const pilot = new Moments(this.#each);
      await this.#sample(pilot, named(key, "control"), PILOT);
      coefficient = pilot.coefficient;
    }
    const moments = new Moments(this.#points ?? this.#each);
    const resultOf = () => moments.result(coefficient, control?.mean ?? 0);
    // At places that do not depend on how samples are cut into chunks.
    const isEnough = (done: number): boolean =>
      standardError > 0 && done % STOP === 0 && done >= leastSamples && resultOf().standardError <= standardError;
    await this.#sample(moments, key, samples, isEnough);
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

  /** Adds `samples` samples, or as many as are enough. Those for the mean, not the pilot's, send gradients and tell how far it is. */
  async #sample(moments: Moments, key: Key, samples: number, isEnough?: (done: number) => boolean): Promise<void> {
    const { signal, onProgress } = this.#options;
    const isMain = isEnough !== undefined;
    const most = this.#options.chunk ?? this.#chunk();
    // As even as can be: what compares samples finds no chunk of one at the end.
    const units = samples / this.#each;
    const chunks = Math.ceil(samples / most);
    for (let i = 0; i < chunks; i++) {
      signal?.throwIfAborted();
      const first = Math.floor((i * units) / chunks);
      const count = Math.floor(((i + 1) * units) / chunks) - first;
      const { f, g } = await this.#evaluate(key, { first, count, isMain });
      for (let j = 0; j < count; j++) {
        if (this.#each === 1) moments.add(f[j] as number, g?.[j]);
        else moments.addPair(f[j] as number, f[count + j] as number, g?.[j], g?.[count + j]);
        if (isEnough?.(moments.units * this.#each)) return;
      }
      await this.#frame.breathe();
      if (isMain) await onProgress?.({ done: (first + count) * this.#each, of: samples });
    }
  }

  /** Most points of a chunk, an even number. */
  #chunk(): number {
    const numbers = step(() => this.#factors().reduce((sum, { size }) => sum + size, 0), { gradients: false });
    const most = this.#options.estimator ? MOST_OF_ESTIMATE : MOST;
    return Math.max(2, Math.min(most, 2 * Math.floor(BUDGET / 2 / Math.max(numbers, 1))));
  }

  #factors(): Factor[] {
    const given = this.#distribution;
    return factorsOf(typeof given === "function" ? given() : given);
  }

  /** Draws so many samples, or pairs of them, in a step. */
  async #evaluate(key: Key, { first, count, isMain }: Draws): Promise<Chunk> {
    const { estimator, control, signal, concurrency, samples } = this.#options;
    const gradients = estimator !== undefined && isMain;
    const nets = this.#points && isMain ? new Nets(key, this.#points, first, estimator?.name) : undefined;
    const body = (): Chunk => {
      const factors = this.#factors();
      const stretch = new Stretch(key, first);
      nets?.over(factors);
      const source = nets ?? stretch;
      if (this.#each === 2) checkTurns(factors);
      const points = factors.map((factor) => {
        const drawn = source.sample(factor, count);
        return this.#each === 1 ? drawn : concatenate([drawn, stretch.turned(factor, count)], { axis: 0 });
      });
      const f = numbersOf("cost", costOf(this.#cost, factors, points));
      const g = control && numbersOf("control.of", costOf(control.of as Cost<never>, factors, points));
      if (gradients) {
        const given = factors.length === 1 && factors[0]?.name === "" ? factors[0].law : lawsOf(factors);
        const mean = estimateFrom(source, given, this.#cost, { estimator, samples: count });
        backward(mul(reshape(mean, []), count / samples));
      }
      return { f, g };
    };
    const waits = this.#cost instanceof BlackBox || control?.of instanceof BlackBox;
    if (!waits) return step(body, { gradients });
    return asyncStep(body, { gradients, ...(signal && { signal }), ...(concurrency && { concurrency }) });
  }
}

const lawsOf = (factors: readonly Factor[]): Factors => Object.fromEntries(factors.map(({ name, law }) => [name, law]));

function numbersOf(name: string, costs: Tensor): Float32Array {
  if (costs.shape.length === 1) return costs.toArray();
  throw new ShapeError(name, `[${costs.shape[0]}], one number for each point`, show(costs.shape));
}

/** Which a number of Student's distribution is above with a probability of 0.025. */
const quantile = (df: number): number => step(() => new StudentT({ df }).icdf(0.975).item(), { gradients: false });
