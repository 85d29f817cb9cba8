import { type Parameter, useOnly } from "../../graph/extend.ts";
import { step } from "../../graph/index.ts";
import { foldIn, type Key } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import type { BoundOf } from "../bounds/model.ts";
import { Frame } from "../frame.ts";
import type { Guide } from "../guides/guide.ts";
import type { Model } from "../model/model.ts";
import { type Data, Table } from "../model/table.ts";
import type { Range } from "../shards/tree.ts";
import { Problem, type Rows } from "./problem.ts";

/** What a bound of the evidence is of: plain data. */
export interface Sampling {
  readonly key: Key;
  readonly together: number;
  readonly tau: number;
  readonly chunk: number;
}

/**
 * Bounds of all of the data, piece by piece and repetition by repetition: unit i is of repetition i / pieces, whose sum over its pieces
 * is a bound of all. Each is the same whatever was computed before.
 */
export class Bounds {
  /** In each repetition. */
  readonly pieces: number;
  readonly #problem: Problem;
  readonly #rows: readonly Rows[];
  readonly #sampling: Sampling;
  readonly #known: ReadonlySet<Parameter> | undefined;

  /** @param known in a worker: all parameters that model and guide may be made of */
  constructor(
    model: Model<never>,
    guide: Guide<never>,
    data: Data<never> | undefined,
    sampling: Sampling,
    known?: ReadonlySet<Parameter>,
  ) {
    this.#known = known;
    const { together, tau, chunk } = sampling;
    this.#sampling = sampling;
    this.#problem = new Problem(model, guide, new Table(data), {
      // A single sample of an estimator that takes no fewer than two is a mean of these.
      ...(together > 1 && { samples: together }),
      // The value of the former is that of log p - log q of samples, which do not vary where the guide is the posterior.
      bound: { type: together === 1 ? "stickingTheLanding" : "importanceWeighted" },
      schedule: { tau },
    });
    this.#rows = this.#problem.pieces(undefined, chunk);
    this.pieces = this.#rows.length;
  }

  /** Tells of units in a row, in their order. */
  async forEach(
    { from, to }: Range,
    signal: Signal | undefined,
    tell: (unit: number, bound: number, of: BoundOf) => unknown,
  ): Promise<void> {
    const { key, tau } = this.#sampling;
    const frame = new Frame();
    for (let unit = from; unit < to; unit++) {
      signal?.throwIfAborted();
      // There are so many.
      const rows = this.#rows[unit % this.pieces] as Rows;
      const at = { key: foldIn(key, Math.floor(unit / this.pieces)), tau, temperature: 1 };
      const { bound, of } = step(
        () => {
          useOnly(this.#known);
          const found = this.#problem.bound(rows, at);
          return { bound: found.bound.item(), of: found.of };
        },
        { gradients: false },
      );
      await frame.breathe();
      await tell(unit, bound, of);
    }
  }
}
