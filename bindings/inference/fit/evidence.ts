import { checkInteger, checkOptions } from "../../core/index.ts";
import { step } from "../../graph/index.ts";
import { checkKey, foldIn, type Key } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import type { BoundOf } from "../bounds/model.ts";
import { Frame } from "../frame.ts";
import type { Guide } from "../guides/guide.ts";
import type { Model } from "../model/model.ts";
import { type BatchOf, type Data, Table } from "../model/table.ts";
import { checkModel } from "./model-bound.ts";
import { Problem } from "./problem.ts";

/** How many samples a bound of the evidence is of. */
export interface EvidenceOptions {
  /** Of all noise: with the same key, the same bits. */
  readonly key: Key;
  /** Independent repetitions that are averaged: 2 or more. */
  readonly samples: number;
  /** Samples whose weights each has together, 1 by default: the bound grows to the log evidence with their number. */
  readonly together?: number;
  /** Temperature of relaxed laws: 1 by default. */
  readonly tau?: number;
  /** Most rows at a time: 256 by default. */
  readonly chunk?: number;
  /** An AbortSignal, looked at between chunks. */
  readonly signal?: Signal;
  /** Called after each repetition. */
  readonly onProgress?: (progress: { readonly done: number; readonly of: number }) => unknown;
}

/** A lower bound of the log evidence of all of the data, in nats. */
export interface Evidence {
  /** The mean of the repetitions. */
  readonly value: number;
  /** Of the value, by the spread of its repetitions. */
  readonly standardError: number;
  /** What it is a bound of: see `Bound`. */
  readonly of: BoundOf;
}

/**
 * A lower bound of log p(data) by a guide as it is, on all of the data: the mean of the ELBO, or with `together` samples of log mean w,
 * p(x, z) / q(z) = w, of each row (Burda, Grosse, Salakhutdinov 2016, eq. 8), and its standard error. Changes nothing.
 *
 * @throws (the promise rejects) as `fit`; ArgumentError (`together` with latents of rows beside latents of all); the signal's reason
 */
export async function evidence<B extends BatchOf<B>>(
  model: Model<B>,
  guide: Guide<B>,
  data: Data<B> | undefined,
  options: EvidenceOptions,
): Promise<Evidence> {
  checkModel(model, guide);
  const {
    key,
    samples,
    together = 1,
    tau = 1,
    chunk = 256,
    signal,
    onProgress,
  } = checkOptions(options, ["key", "samples", "together", "tau", "chunk", "signal", "onProgress"]);
  checkKey(key);
  checkInteger("samples", samples, 2);
  checkInteger("together", together, 1);
  checkInteger("chunk", chunk, 1);
  const problem = new Problem(model as Model<never>, guide as Guide<never>, new Table(data), {
    // A single sample of an estimator that takes no fewer than two is a mean of these.
    ...(together > 1 && { samples: together }),
    // The value of the former is that of log p - log q of samples, which do not vary where the guide is the posterior.
    bound: { type: together === 1 ? "stickingTheLanding" : "importanceWeighted" },
    schedule: { tau },
  });
  const frame = new Frame();
  const bounds = new Float64Array(samples);
  let of: BoundOf = "discrete";
  for (let i = 0; i < samples; i++) {
    for (const piece of problem.pieces(undefined, chunk)) {
      signal?.throwIfAborted();
      step(
        () => {
          const found = problem.bound(piece, { key: foldIn(key, i), tau, temperature: 1 });
          (bounds[i] as number) += found.bound.item();
          of = found.of;
        },
        { gradients: false },
      );
      await frame.breathe();
    }
    await onProgress?.({ done: i + 1, of: samples });
  }
  const value = bounds.reduce((sum, each) => sum + each, 0) / samples;
  const squares = bounds.reduce((sum, each) => sum + (each - value) * (each - value), 0);
  return { value, standardError: Math.sqrt(squares / (samples - 1) / samples), of };
}
