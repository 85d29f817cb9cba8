import {
  ArgumentError,
  checkBoolean,
  checkFinite,
  checkInteger,
  checkOptions,
  checkPositive,
  describe,
} from "../../core/index.ts";
import { checkKey, type Key } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import { BlackBox, type Cost } from "../cost.ts";
import type { Estimator } from "../estimator.ts";
import type { Factors } from "../factor.ts";
import { isPoints } from "../quasi/sobol.ts";
import { checkExecutor, type Executor } from "../shards/executor.ts";

/** Something of a known expectation that goes up and down with the cost. */
export interface ControlVariate<Q extends Factors = Factors> {
  /** A cost of the same samples, float32 as such. */
  readonly of: Cost<Q>;
  /** Its expectation, exactly: what this is wrong by, times the coefficient, the result is wrong by. */
  readonly mean: number;
  /** What it is multiplied with; without this, regression on 1024 samples more, which have no part in the mean, says it. */
  readonly coefficient?: number;
}

/** How far `expectation` is. */
export interface Sampled {
  /** Samples that are in the mean so far. */
  readonly done: number;
  /** Most samples that will be. */
  readonly of: number;
}

/** How many samples an expectation is of, and what makes it more exact. */
export interface ExpectationOptions<Q extends Factors = Factors> {
  /** Of the samples: of several distributions each under `named(key, its name)`. */
  readonly key: Key;
  /** Samples to take, and most of them where a `standardError` is asked for: 2 or more, 4 or more with `antithetic`. */
  readonly samples: number;
  /** Also adds the gradient of the expectation to those of the parameters; not with `standardError` or `antithetic`. */
  readonly estimator?: Estimator;
  /** Above 0: to stop at, once it is reached by a number of samples that 1024 divides, of `leastSamples` or more. */
  readonly standardError?: number;
  /** Fewest samples with `standardError`: 4096 by default. */
  readonly leastSamples?: number;
  /** Subtracted from each cost with its mean, which takes variance away. */
  readonly control?: ControlVariate<Q>;
  /** Whether samples come in pairs of opposite noise, of even number in all: false by default. */
  readonly antithetic?: boolean;
  /** Whether samples are made of scrambled Sobol' points: false by default. */
  readonly quasi?: boolean;
  /** With `quasi`: how many nets the samples are, each of a power of two, up to 2^23: 2 or more, 16 by default. */
  readonly replicates?: number;
  /** Most points at a time, with `antithetic` an even number; by default up to 16384 (1024 with an estimator), as many as 2^18
   * numbers go into. */
  readonly chunk?: number;
  /** How many calls of a black box may wait at the same time: 8 by default. */
  readonly concurrency?: number;
  /** An AbortSignal, looked at before each chunk, and before each call of a black box. */
  readonly signal?: Signal;
  /** What computes: this thread by default. Cost, laws and estimator are then of one `shared` work; the bits are the same. */
  readonly executor?: Executor;
  /** With an executor: samples of a shard, about, by default so many that each worker has 16 of them. The bits are the same for any. */
  readonly shard?: number;
  /** Called after each chunk, or shard; a promise is awaited, in which other work can be done. */
  readonly onProgress?: (progress: Sampled) => unknown;
}

const NAMES = [
  "key",
  "samples",
  "estimator",
  "standardError",
  "leastSamples",
  "control",
  "antithetic",
  "quasi",
  "replicates",
  "chunk",
  "concurrency",
  "signal",
  "executor",
  "shard",
  "onProgress",
] as const;

/** The least number that a run may stop at is a multiple of this. */
export const STOP = 1024;
export const REPLICATES = 16;

export function checkExpectationOptions<Q extends Factors>(options: ExpectationOptions<Q>): void {
  const {
    key,
    samples,
    estimator,
    standardError,
    leastSamples,
    control,
    antithetic = false,
  } = checkOptions(options, NAMES);
  const { chunk, concurrency, signal, executor, shard, onProgress } = options;
  checkExecutor(executor, { shard });
  checkKey(key);
  checkBoolean("antithetic", antithetic);
  checkInteger("samples", samples, antithetic ? 4 : 2);
  if (estimator !== undefined) {
    if (typeof estimator?.estimate !== "function")
      throw new ArgumentError("estimator", "an estimator, such as rloo()", describe(estimator));
    if (estimator.hasOwnValue)
      throw new ArgumentError(
        "estimator",
        "one of the gradient of an expectation",
        `${estimator.name}, that of a bound`,
      );
    // The weight of a chunk is its part of all samples, whose number has to be known.
    if (standardError !== undefined)
      throw new ArgumentError(
        "standardError",
        "no estimator beside it, as gradients need the number of samples",
        "both",
      );
    if (antithetic)
      throw new ArgumentError("antithetic", "no estimator beside it, as these draw their own pairs", "both");
  }
  checkQuasi(options);
  if (standardError !== undefined) checkPositive("standardError", standardError);
  else if (leastSamples !== undefined) throw new ArgumentError("leastSamples", "a standardError beside it", "none");
  if (leastSamples !== undefined) checkInteger("leastSamples", leastSamples, 2);
  if (control !== undefined) {
    const { of, mean, coefficient } = checkOptions(control, ["of", "mean", "coefficient"]);
    if (typeof of !== "function" && !(of instanceof BlackBox))
      throw new ArgumentError("control.of", "a function of the sample, or blackBox(...)", describe(of));
    checkFinite("control.mean", mean);
    if (coefficient !== undefined) checkFinite("control.coefficient", coefficient);
  }
  if (chunk !== undefined) checkInteger("chunk", chunk, antithetic ? 2 : 1);
  for (const [name, count] of antithetic
    ? ([
        ["samples", samples],
        ["chunk", chunk],
      ] as const)
    : [])
    if (count !== undefined && count % 2 !== 0)
      throw new ArgumentError(name, "an even number for antithetic pairs", String(count));
  if (concurrency !== undefined) checkInteger("concurrency", concurrency, 1);
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function")
    throw new ArgumentError("signal", "an AbortSignal", describe(signal));
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw new ArgumentError("onProgress", "a function", describe(onProgress));
}

function checkQuasi(options: Omit<ExpectationOptions<never>, "control">): void {
  const { quasi = false, replicates, samples, estimator, standardError, antithetic } = options;
  if (!checkBoolean("quasi", quasi)) {
    if (replicates !== undefined) throw new ArgumentError("replicates", "quasi beside it", "none");
    return;
  }
  const nets = replicates === undefined ? REPLICATES : checkInteger("replicates", replicates, 2);
  const points = samples / nets;
  if (!isPoints(points))
    throw new ArgumentError(
      "samples",
      `${nets} replicates times a power of two, at most 2^23, with quasi`,
      String(samples),
    );
  const apart = (name: string, why: string): never => {
    throw new ArgumentError(name, `no quasi beside it, as ${why}`, "both");
  };
  if (antithetic) apart("antithetic", "nets are even on both sides of the middle already");
  if (standardError !== undefined) apart("standardError", "the error of a few nets is too uncertain to stop by");
  // What is compared has to be independent, or the baseline of a sample depends on it.
  if ((estimator?.leastSamples ?? 1) > 1 || estimator?.memory)
    throw new ArgumentError(
      "estimator",
      "one that takes each sample for itself, as those of a net depend on each other, such as scoreFunction() or pathwise()",
      (estimator as Estimator).name,
    );
}
