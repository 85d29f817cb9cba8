import { ArgumentError, checkBoolean, checkInteger, checkOptions, describe } from "../../core/index.ts";
import { checkKey, type Key } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import type { Estimator } from "../estimator.ts";
import { checkExecutor, type Executor } from "../shards/executor.ts";

/** An estimator with its number of samples: those it cannot do without, by default. */
export type Measured =
  | Estimator
  | {
      /** What is measured. */
      readonly estimator: Estimator;
      /** Samples averaged in one gradient. */
      readonly samples?: number;
    };

/** How far `diagnose` is with one estimator. */
export interface Progress {
  /** The name it was given; "truth" of the run that the others are compared with. */
  readonly estimator: string;
  /** Gradients taken so far. */
  readonly done: number;
  /** Gradients to be taken in all. */
  readonly of: number;
}

/** How much is measured, and against which truth. */
export interface DiagnoseOptions {
  /** Of all estimators, which get the same draws, and under a name of its own of the truth. */
  readonly key: Key;
  /** Gradients that are taken of each estimator: 2 or more. */
  readonly samples: number;
  /** Of every interval: above 0 and below 1, 0.999 by default. */
  readonly confidence?: number;
  /**
   * Where the true gradient is from: an unbiased estimator, and how many of its gradients (`gradients`, ten times `samples` by default).
   * Without this it is enumeration where that is possible with at most 4096 states, else the first unbiased one of the estimators.
   */
  readonly truth?: {
    /** Unbiased. With an executor it is a part of the work too, or one of the estimators. */
    readonly estimator: Estimator;
    /** Samples averaged in one gradient: those it cannot do without, by default. */
    readonly samples?: number;
    /** How many gradients the truth is the mean of: 2 or more. An enumeration without variance needs 16 only. */
    readonly gradients?: number;
  };
  /** Most repetitions side by side in a step; by default up to 1024, as many as sizes and evaluations allow. */
  readonly chunk?: number;
  /** Whether black boxes answer with promises: false by default. */
  readonly asynchronous?: boolean;
  /** What computes: this thread by default. Problem and estimators are then of one `shared` work; the bits are the same. */
  readonly executor?: Executor;
  /** With an executor: gradients of a shard, about, by default so many that each worker has 16 of them. The bits are the same for any. */
  readonly shard?: number;
  /** Called after each step, or shard. */
  readonly onProgress?: (progress: Progress) => void;
  /** An AbortSignal, looked at before each step. */
  readonly signal?: Signal;
}

/** What is measured, under the title that messages name it by. */
export interface Entry {
  readonly name: string;
  readonly title: string;
  readonly estimator: Estimator;
  readonly samples: number;
}

const NAMES = [
  "key",
  "samples",
  "confidence",
  "truth",
  "chunk",
  "asynchronous",
  "executor",
  "shard",
  "onProgress",
  "signal",
] as const;

export function checkDiagnoseOptions(options: DiagnoseOptions): Required<Pick<DiagnoseOptions, "confidence">> {
  const { key, samples, confidence = 0.999, truth, chunk, asynchronous = false } = checkOptions(options, NAMES);
  checkExecutor(options.executor, { shard: options.shard });
  checkKey(key);
  checkInteger("samples", samples, 2);
  if (!(typeof confidence === "number" && confidence > 0 && confidence < 1))
    throw new ArgumentError("confidence", "a number above 0 and below 1", describe(confidence));
  if (chunk !== undefined) checkInteger("chunk", chunk, 1);
  checkBoolean("asynchronous", asynchronous);
  if (truth !== undefined) checkTruth(truth);
  return { confidence };
}

function checkTruth(truth: NonNullable<DiagnoseOptions["truth"]>): void {
  const { estimator, samples, gradients } = checkOptions(truth, ["estimator", "samples", "gradients"]);
  checkEstimator("truth.estimator", estimator, estimator);
  if (!estimator.unbiased) throw new ArgumentError("truth.estimator", "an unbiased estimator", estimator.name);
  if (samples !== undefined) checkInteger("truth.samples", samples, estimator.leastSamples ?? 1);
  if (gradients !== undefined) checkInteger("truth.gradients", gradients, 2);
}

export function entriesOf(estimators: Readonly<Record<string, Measured>>): Entry[] {
  const entries = Object.entries(estimators ?? {});
  if (entries.length === 0) throw new ArgumentError("estimators", "an object of estimators by name", "none");
  return entries.map(([name, given]) => {
    const title = `estimators.${name}`;
    const both = typeof given === "object" && given !== null && "estimator" in given;
    const { estimator, samples } = both
      ? checkOptions(given, ["estimator", "samples"])
      : { estimator: given, samples: undefined };
    checkEstimator(title, estimator, given);
    return entryOf(name, title, estimator, samples);
  });
}

export function entryOf(name: string, title: string, estimator: Estimator, samples: number | undefined): Entry {
  const least = estimator.leastSamples ?? 1;
  return { name, title, estimator, samples: checkInteger(`${title}.samples`, samples ?? least, least) };
}

function checkEstimator(title: string, estimator: unknown, given: unknown): asserts estimator is Estimator {
  if (typeof (estimator as Estimator | undefined)?.estimate !== "function")
    throw new ArgumentError(title, "an estimator, such as rloo(), or { estimator, samples }", describe(given));
}
