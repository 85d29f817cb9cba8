/// <reference lib="esnext.disposable" preserve="true" />
import { ArgumentError, describe, makeDisposable } from "../../core/index.ts";
import { changesHeld } from "../../graph/extend.ts";
import {
  adam,
  backward,
  clipGradients,
  loadCheckpoint,
  mul,
  type Optimizer,
  type Parameters,
  saveCheckpoint,
  step,
} from "../../graph/index.ts";
import { foldIn, named } from "../../random/index.ts";
import type { BoundOf } from "../bounds/model.ts";
import { locateNonFinite } from "../explain/locate.ts";
import { Frame, now } from "../frame.ts";
import type { Guide } from "../guides/guide.ts";
import type { Model } from "../model/model.ts";
import { type BatchOf, type Data, Table } from "../model/table.ts";
import { Batches } from "./batches.ts";
import { checkModel } from "./model-bound.ts";
import { checkFitOptions, type FitOptions, scheduled } from "./options.ts";
import { nonFinite, parametersOf } from "./parameters.ts";
import { Problem } from "./problem.ts";
import { checkStanding, type Standing } from "./standing.ts";
import { Window } from "./window.ts";

/** Of the steps since the report before. */
export interface FitProgress {
  /** Steps taken in all. */
  readonly step: number;
  /** How many there will be at most. */
  readonly of: number;
  /** Mean of their bounds of the log evidence of all of the data, in nats, each at the parameters of its step. */
  readonly bound: number;
  /** Of this mean, by their spread: what comes of sampling, of batches and of learning; NaN of a single step. */
  readonly standardError: number;
  /** What the bound is of: see `Bound`. */
  readonly boundOf: BoundOf;
  /** Euclidean norm of the last gradient, before `maxNorm`. */
  readonly gradNorm: number;
  /** Of the last step. */
  readonly tau: number;
  /** That this object has worked. */
  readonly seconds: number;
}

/** Gradients that are not clipped are measured all the same. */
const UNBOUNDED = Number.MAX_VALUE;

/** A fit in progress: an async iterable of reports, at the end of which the parameters of model and guide are fitted. */
export class Fit implements AsyncIterable<FitProgress> {
  /** For `using`: the same as `dispose()`. */
  declare readonly [Symbol.dispose]: () => void;
  /** All that is fitted, `model.` and `guide.` before the names. */
  readonly parameters: Parameters;
  readonly #options: FitOptions;
  readonly #problem: Problem;
  readonly #batches: Batches;
  readonly #optimizer: Optimizer;
  readonly #window = new Window();
  readonly #frame = new Frame();
  #step = 0;
  #seconds = 0;
  #hasEnded = false;
  #isRunning = false;

  /** @internal Made by `fit`. */
  constructor(model: Model<never>, guide: Guide<never>, table: Table, options: FitOptions) {
    const { key, optimizer = (parameters) => adam(parameters, { rate: 0.01 }), batch = table.rows, resume } = options;
    this.#options = options;
    this.parameters = parametersOf(model, guide);
    this.#batches = new Batches(named(key, "batches"), table.rows, batch);
    this.#problem = new Problem(model, guide, table, options);
    if (Object.keys(this.parameters).length === 0)
      throw new ArgumentError("fit", "a model or a guide with parameters to fit", "none in either");
    this.#optimizer = optimizer(this.parameters);
    if (typeof this.#optimizer?.step !== "function")
      throw new ArgumentError(
        "optimizer",
        "a function that returns an optimizer, such as (p) => adam(p)",
        `one that returned ${describe(this.#optimizer)}`,
      );
    if (resume !== undefined) this.#resume(resume);
    // Not of the prototype: a statement of the module would bring all of this into bundles that do not use it.
    makeDisposable(this);
  }

  /** Steps taken. */
  get step(): number {
    return this.#step;
  }

  /** Whether all steps are taken, or `patience` was at its end. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Goes on from where it is: leaving the loop loses nothing, and a new loop goes on.
   * @throws (the loop) the signal's reason; ArgumentError for a bound or a gradient that is not finite, naming where it came from:
   *   the parameters are then those after the last whole step
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<FitProgress, void, undefined> {
    if (this.#isRunning) throw new ArgumentError("fit", "one loop over it at a time", "a second one");
    this.#isRunning = true;
    const { steps, every = Math.ceil(steps / 50), patience = Infinity } = this.#options;
    try {
      while (!this.#hasEnded) {
        this.#options.signal?.throwIfAborted();
        const began = now();
        const { gradNorm, tau, boundOf } = await this.#advance();
        this.#seconds += (now() - began) / 1000;
        const isLast = this.#step === steps;
        let report: FitProgress | undefined;
        if (isLast || this.#step % every === 0) {
          report = {
            step: this.#step,
            of: steps,
            ...this.#window.report(),
            boundOf,
            gradNorm,
            tau,
            seconds: this.#seconds,
          };
        }
        this.#hasEnded = isLast || this.#window.waited >= patience;
        if (report) yield report;
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** Runs to the end. @returns the last report; undefined of a fit that had come to its end */
  async run(onProgress?: (progress: FitProgress) => unknown): Promise<FitProgress | undefined> {
    let last: FitProgress | undefined;
    for await (const progress of this) {
      await onProgress?.(progress);
      last = progress;
    }
    return last;
  }

  /** Parameters, optimizer, what estimators remember, and where it is, after the last whole step: for `resume`. */
  checkpoint(): Uint8Array {
    const { key } = this.#options;
    const extra: Standing = {
      version: 1,
      step: this.#step,
      key: { hi: key.hi, lo: key.lo },
      rows: this.#batches.rows,
      batch: this.#batches.batch,
      window: this.#window.state,
      memories: this.#problem.memories,
      hasEnded: this.#hasEnded,
    };
    return saveCheckpoint({ parameters: this.parameters, optimizer: this.#optimizer, extra });
  }

  /** Frees the optimizer's state; parameters stay. */
  dispose(): void {
    this.#optimizer.dispose();
  }

  async #advance(): Promise<{ gradNorm: number; tau: number; boundOf: BoundOf }> {
    const { key, schedule = {}, chunk = 256, maxNorm = UNBOUNDED } = this.#options;
    const { rate, tau, temperature } = scheduled(schedule, this.#step);
    const indices = this.#batches.at(this.#step);
    const at = { key: foldIn(named(key, "steps"), this.#step), tau, temperature };
    let bound = 0;
    let boundOf: BoundOf = "discrete";
    let run = (): void => {};
    // The pieces have the same points of latents of all of the data: a baseline may not know of these from another piece.
    const changes: (() => void)[] = [];
    // What other steps have left in them, such as a fit that held these parameters and so never asked for their gradients.
    this.#optimizer.clear();
    try {
      for (const piece of this.#problem.pieces(indices, chunk)) {
        run = () => {
          const found = this.#problem.bound(piece, at);
          bound += found.bound.item();
          boundOf = found.of;
          backward(mul(-1, found.bound));
          changes.push(...changesHeld());
        };
        step(run);
        await this.#frame.breathe();
      }
      const gradNorm = clipGradients(this.parameters, maxNorm);
      if (!Number.isFinite(gradNorm)) throw nonFinite(this.parameters);
      this.#optimizer.step(rate === undefined ? {} : { rate });
      for (const change of changes) change();
      this.#step++;
      this.#window.add(bound);
      return { gradNorm, tau, boundOf };
    } catch (error) {
      const located = this.#located(error, run);
      this.#optimizer.clear();
      throw located;
    }
  }

  /** The same error with the node that a number which is none comes from: the step is run once more, and watched. */
  #located(error: unknown, run: () => void): unknown {
    if (!(error instanceof ArgumentError) || !/^-?(NaN|Infinity)/.test(error.received)) return error;
    const { forward, backward } = locateNonFinite(run, this.parameters);
    const from = forward ?? backward;
    if (from === undefined) return error;
    const { argument, expected, received } = error;
    return Object.assign(new ArgumentError(argument, expected, `${received}, from ${from}`), { cause: error });
  }

  /** Everything is checked before anything is changed, but for what is put back. */
  #resume(bytes: Uint8Array): void {
    const saved = { parameters: this.parameters, optimizer: this.#optimizer };
    const before = saveCheckpoint(saved);
    try {
      const { key, steps } = this.#options;
      const { rows, batch } = this.#batches;
      const extra = checkStanding(loadCheckpoint(bytes, saved), { key, rows, batch, steps });
      this.#problem.remember(extra.memories);
      this.#window.restore(extra.window);
      this.#step = extra.step;
      this.#hasEnded =
        extra.step === steps || (extra.hasEnded && extra.window.waited >= (this.#options.patience ?? Infinity));
    } catch (error) {
      loadCheckpoint(before, saved);
      this.#optimizer.dispose();
      throw error;
    }
  }
}

/**
 * Fits the parameters of a model and of its guide to data, by maximizing a bound of the evidence: black-box variational inference
 * (Ranganath, Gerrish, Blei 2014), with the estimator of the gradient that each latent has.
 *
 *     for await (const { step, bound, standardError } of fit(model, meanField(model, data), data, { key: key(1), steps: 1000 }))
 *       console.log(step, bound, standardError);
 *
 * Noise is a function of the key and the step: the same call gives the same parameters, bit by bit, on every engine, and after an
 * interruption and `resume`. Between steps, and chunks of rows, other work gets its turn when 5 ms have passed.
 *
 * @param data columns by name, with a row for each datum; undefined of a model without data
 * @throws KeyError; ArgumentError (options; a latent that the guide forgot or invented, an estimator that a latent does not allow);
 *   ShapeError; CheckpointError (`resume`); what the model and the guide throw
 */
export function fit<B extends BatchOf<B>>(
  model: Model<B>,
  guide: Guide<B>,
  data: Data<B> | undefined,
  options: FitOptions,
): Fit {
  checkModel(model, guide);
  const table = new Table(data);
  checkFitOptions(options, table.rows);
  return new Fit(model as Model<never>, guide as Guide<never>, table, options);
}
