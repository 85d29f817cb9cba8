/// <reference lib="esnext.disposable" preserve="true" />
import { ArgumentError, describe, makeDisposable } from "../../core/index.ts";
import {
  adam,
  backward,
  clipGradients,
  loadCheckpoint,
  mul,
  type Optimizer,
  type Parameters,
  saveCheckpoint,
} from "../../graph/index.ts";
import type { BoundOf } from "../bounds/model.ts";
import { locateNonFinite } from "../explain/locate.ts";
import { Frame, now } from "../frame.ts";
import type { Guide } from "../guides/guide.ts";
import type { Model } from "../model/model.ts";
import { type BatchOf, type Data, Table } from "../model/table.ts";
import { addGradients } from "../shards/gradients.ts";
import type { Batches } from "./batches.ts";
import { batchesOf, CHUNK, GradientThere, gradientHere, noiseAt } from "./gradient.ts";
import { checkModel } from "./model-bound.ts";
import { checkFitOptions, type FitOptions, scheduled } from "./options.ts";
import { nonFinite, parametersOf } from "./parameters.ts";
import { type At, Problem, type Rows } from "./problem.ts";
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
  /** Undefined where everything is computed here. */
  readonly #there: GradientThere | undefined;
  #step = 0;
  #seconds = 0;
  #hasEnded = false;
  #isRunning = false;

  /** @internal Made by `fit`. */
  constructor(model: Model<never>, guide: Guide<never>, data: unknown, table: Table, options: FitOptions) {
    const { key, optimizer = (parameters) => adam(parameters, { rate: 0.01 }), batch = table.rows, resume } = options;
    this.#options = options;
    this.parameters = parametersOf(model, guide);
    this.#batches = batchesOf(key, table.rows, batch);
    this.#problem = new Problem(model, guide, table, options);
    const { executor } = options;
    if (executor) {
      this.#there = new GradientThere(model, guide, data, this.#problem, { ...options, executor });
    }
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
    const { key, schedule = {}, chunk = CHUNK, maxNorm = UNBOUNDED } = this.#options;
    const { rate, tau, temperature } = scheduled(schedule, this.#step);
    const at = { step: this.#step, tau, temperature };
    const pieces = this.#problem.pieces(this.#batches.at(this.#step), chunk);
    let last: Rows | undefined;
    const onPiece = (piece: Rows): void => {
      last = piece;
    };
    // What other steps have left in them, such as a fit that held these parameters and so never asked for their gradients.
    this.#optimizer.clear();
    try {
      const { bound, boundOf, gradients, changes } = await (this.#there
        ? this.#there.of(at, pieces.length)
        : gradientHere(this.#problem, pieces, noiseAt(key, at), this.#frame, onPiece));
      addGradients(gradients);
      const gradNorm = clipGradients(this.parameters, maxNorm);
      if (!Number.isFinite(gradNorm)) throw nonFinite(this.parameters);
      this.#optimizer.step(rate === undefined ? {} : { rate });
      for (const change of changes) change();
      this.#step++;
      this.#window.add(bound);
      return { gradNorm, tau, boundOf };
    } catch (error) {
      const located = this.#located(error, last ? [last] : pieces, noiseAt(key, at));
      this.#optimizer.clear();
      throw located;
    }
  }

  /** The same error with the node that a number which is none comes from: the piece is computed once more, and watched. */
  #located(error: unknown, pieces: readonly Rows[], at: At): unknown {
    if (!(error instanceof ArgumentError) || !/^-?(NaN|Infinity)/.test(error.received)) return error;
    for (const piece of pieces) {
      const run = (): void => backward(mul(-1, this.#problem.bound(piece, at).bound));
      const found = locateNonFinite(run, this.parameters);
      const from = found.forward ?? found.backward;
      if (from === undefined) continue;
      const { argument, expected, received } = error;
      return Object.assign(new ArgumentError(argument, expected, `${received}, from ${from}`), { cause: error });
    }
    return error;
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
  return new Fit(model as Model<never>, guide as Guide<never>, data, table, options);
}
