import { ArgumentError, checkFinite, checkInteger, checkOptions, checkPositive, describe } from "../../core/index.ts";
import { at, type Optimizer, type Parameters, type Schedule } from "../../graph/index.ts";
import { checkKey, type Key } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import { checkAlpha } from "../bounds/renyi.ts";
import { checkExecutor, type Executor } from "../shards/executor.ts";
import type { FitEstimator } from "./choose.ts";
import type { FitBound } from "./objective.ts";

/** What goes with the step. */
export interface FitSchedule {
  /** Learning rate, instead of the optimizer's own. */
  readonly rate?: number | Schedule;
  /** Temperature of relaxed laws, and of what the model and the guide make of it: 1 by default. */
  readonly tau?: number | Schedule;
  /** Of the posterior, by which log q is multiplied: 1 by default; falling to 0 the guide closes in on a mode. */
  readonly temperature?: number | Schedule;
}

/** What is maximized, by which steps, and when it ends. */
export interface FitOptions {
  /** Of all noise, and of the order of the rows in batches: with the same key, the same bits. */
  readonly key: Key;
  /** Steps to take in all, those before a `resume` among them. */
  readonly steps: number;
  /**
   * One for the discrete latents, or by name of a latent. By default latents with `rsample` have `pathwise()`; the discrete ones
   * `enumeration()` where those of a row (or of all) have 256 values together at most, else `disarm()` of bits, else `rloo()`.
   * A function of tau is called in each step: for estimators that relax, and remember nothing.
   */
  readonly estimator?: FitEstimator | ((tau: number) => FitEstimator);
  /** Makes the optimizer of all parameters, `model.` and `guide.` before their names: `adam` with a rate of 0.01 by default. */
  readonly optimizer?: (parameters: Parameters) => Optimizer;
  /** Rate and temperatures by the number of the step. */
  readonly schedule?: FitSchedule;
  /** Rows of a step: all by default, which a bound of several samples needs where latents are of all of the data. */
  readonly batch?: number;
  /** Most rows that are computed without a pause: 256 by default. Sums of gradients are cut there, and summed as a tree, so the last bits depend on it. */
  readonly chunk?: number;
  /** Samples of the latents in each step: 1, or as many as the estimator needs, by default; those of a weighted bound: 8. */
  readonly samples?: number;
  /** What is maximized: `{ type: "elbo" }` by default. */
  readonly bound?: FitBound;
  /** Steps from one report to the next: a fiftieth of them by default. */
  readonly every?: number;
  /** Ends after so many reports in a row whose bound is not above the best so far by more than its standard error. */
  readonly patience?: number;
  /** Largest norm of the gradient of all parameters together, to which longer ones are scaled: none by default. */
  readonly maxNorm?: number;
  /** An AbortSignal, looked at between steps, and passed on to workers. */
  readonly signal?: Signal;
  /**
   * What computes the pieces of a step, of `chunk` rows each: this thread by default. Model, guide, data and estimator are then of one
   * `shared` work; the bits are the same.
   */
  readonly executor?: Executor;
  /** With an executor: pieces of a shard, by default as many as give each worker one shard of a step. The bits are the same for any. */
  readonly shard?: number;
  /** A checkpoint of a fit of the same model, guide, data and options: this goes on from there, with the same bits. */
  readonly resume?: Uint8Array;
}

const NAMES = [
  "key",
  "steps",
  "estimator",
  "optimizer",
  "schedule",
  "batch",
  "chunk",
  "samples",
  "bound",
  "every",
  "patience",
  "maxNorm",
  "signal",
  "executor",
  "shard",
  "resume",
] as const;

/** @param rows of the data; 0 without */
export function checkFitOptions(options: FitOptions, rows: number): void {
  const { key, steps, batch, chunk, samples, every, patience, maxNorm, signal, optimizer } = checkOptions(
    options,
    NAMES,
  );
  const { schedule = {}, bound = { type: "elbo" }, executor, shard } = options;
  checkExecutor(executor, { shard });
  checkKey(key);
  checkInteger("steps", steps, 1);
  for (const [name, value, most] of [
    ["batch", batch, rows],
    ["chunk", chunk, undefined],
    ["samples", samples, undefined],
    ["every", every, undefined],
    ["patience", patience, undefined],
  ] as const)
    if (value !== undefined) {
      if (rows === 0 && (name === "batch" || name === "chunk"))
        throw new ArgumentError(name, "none for a model without data", describe(value));
      checkInteger(name, value, 1, most);
    }
  if (maxNorm !== undefined) checkPositive("maxNorm", maxNorm);
  if (optimizer !== undefined && typeof optimizer !== "function")
    throw new ArgumentError("optimizer", "a function of the parameters, such as (p) => adam(p)", describe(optimizer));
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function")
    throw new ArgumentError("signal", "an AbortSignal", describe(signal));
  checkOptions(schedule, ["rate", "tau", "temperature"]);
  scheduled(schedule, 0);
  checkBound(bound);
  const isWeighted = bound.type === "importanceWeighted" || bound.type === "renyi";
  if (isWeighted && schedule.temperature !== undefined && schedule.temperature !== 1)
    throw new ArgumentError(
      "schedule.temperature",
      `none beside the bound "${bound.type}", whose weights have no tempered log q`,
      describe(schedule.temperature),
    );
}

export function checkBound(bound: FitBound): void {
  const types = ["elbo", "stickingTheLanding", "importanceWeighted", "renyi"];
  if (typeof bound !== "object" || bound === null || !types.includes(bound.type))
    throw new ArgumentError(
      "bound",
      `{ type }, one of ${types.join(", ")}`,
      describe((bound as FitBound | null)?.type ?? bound),
    );
  const own = { importanceWeighted: ["gradient"], renyi: ["alpha"] }[bound.type as "renyi"] ?? [];
  for (const name of Object.keys(bound))
    if (name !== "type" && !own.includes(name))
      throw new ArgumentError(
        "bound",
        `no options but ${["type", ...own].join(", ")} of "${bound.type}"`,
        `one named ${describe(name)}`,
      );
  if (bound.type === "importanceWeighted" && bound.gradient !== undefined) {
    const gradients = ["reparameterized", "doublyReparameterized"];
    if (!gradients.includes(bound.gradient))
      throw new ArgumentError("bound.gradient", `one of ${gradients.join(", ")}`, describe(bound.gradient));
  }
  if (bound.type === "renyi") checkAlpha("bound.alpha", bound.alpha);
}

/** The values of a schedule at a step. @throws ArgumentError for a temperature that is not above 0, a rate below it */
export function scheduled(
  { rate, tau = 1, temperature = 1 }: FitSchedule,
  step: number,
): { readonly rate: number | undefined; readonly tau: number; readonly temperature: number } {
  const value = (of: number | Schedule): number => (typeof of === "number" ? of : at(of, step));
  return {
    rate: rate === undefined ? undefined : checkFinite("schedule.rate", value(rate), 0),
    tau: checkPositive("schedule.tau", value(tau)),
    temperature: checkFinite("schedule.temperature", value(temperature), 0),
  };
}
