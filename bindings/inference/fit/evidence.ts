import { checkInteger, checkOptions } from "../../core/index.ts";
import { checkKey, type Key } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import type { BoundOf } from "../bounds/model.ts";
import type { Guide } from "../guides/guide.ts";
import type { Model } from "../model/model.ts";
import type { BatchOf, Data } from "../model/table.ts";
import { checkExecutor, type Executor } from "../shards/executor.ts";
import type { Range } from "../shards/tree.ts";
import { Bounds } from "./evidence-bounds.ts";
import { gatherBounds } from "./evidence-shards.ts";
import { checkModel } from "./model-bound.ts";

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
  /** What computes: this thread by default. Model, guide and data are then of one `shared` work; the bits are the same. */
  readonly executor?: Executor;
  /**
   * With an executor: how many bounds of a `chunk` of rows a shard has, by default so many that each worker has 16 shards. The bits are
   * the same for any.
   */
  readonly shard?: number;
  /** Called after each repetition, or shard, with those that are complete; a promise is awaited, in which other work can be done. */
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
 * With an `executor` its workers compute the bounds, each of a `chunk` of rows in a repetition, and this program adds them up in the order
 * in which it would compute them itself: the same bits. Model, guide and data are then what one call of a function of `shared` returned.
 *
 * @throws (the promise rejects) as `fit`; ArgumentError (`together` with latents of rows beside latents of all); the signal's reason;
 *   with an executor ShardError
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
    executor,
    shard,
    signal,
    onProgress,
  } = checkOptions(options, NAMES);
  checkExecutor(executor, { shard });
  checkKey(key);
  checkInteger("samples", samples, 2);
  checkInteger("together", together, 1);
  checkInteger("chunk", chunk, 1);
  const sampling = { key, together, tau, chunk };
  // Of what columns there are, a model knows what it reads: no type says it.
  const bounds = new Bounds(model as Model<never>, guide as Guide<never>, data as Data<never> | undefined, sampling);
  const { pieces } = bounds;
  const range = { from: 0, to: samples * pieces };
  const sums = new Float64Array(samples);
  let of: BoundOf = "discrete";
  /** In the order of the units, whatever the order in which they came. */
  const add = (unit: number, bound: number): void => {
    (sums[Math.floor(unit / pieces)] as number) += bound;
  };
  if (executor) {
    const open = new Uint32Array(samples).fill(pieces);
    let done = 0;
    const onShard = ({ from, to }: Range): unknown => {
      for (let unit = from; unit < to; unit++) if (--(open[Math.floor(unit / pieces)] as number) === 0) done++;
      return onProgress?.({ done, of: samples });
    };
    const found = await gatherBounds({ model, guide, data }, range.to, sampling, { ...options, executor }, onShard);
    of = found.of;
    for (const [unit, bound] of found.bounds.entries()) add(unit, bound);
  } else
    await bounds.forEach(range, signal, async (unit, bound, ofUnit) => {
      add(unit, bound);
      of = ofUnit;
      if ((unit + 1) % pieces === 0) await onProgress?.({ done: (unit + 1) / pieces, of: samples });
    });
  const value = sums.reduce((sum, each) => sum + each, 0) / samples;
  const squares = sums.reduce((sum, each) => sum + (each - value) * (each - value), 0);
  return { value, standardError: Math.sqrt(squares / (samples - 1) / samples), of };
}

const NAMES = ["key", "samples", "together", "tau", "chunk", "executor", "shard", "signal", "onProgress"] as const;
