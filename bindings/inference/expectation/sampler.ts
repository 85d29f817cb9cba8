import { ShapeError } from "../../core/index.ts";
import { gradientsApart, type Parameter, show, useOnly } from "../../graph/extend.ts";
import { concatenate, mul, reshape, step, type Tensor } from "../../graph/index.ts";
import type { Key } from "../../random/index.ts";
import { asyncStep, type Signal } from "../async-step.ts";
import { BlackBox, type Cost, costOf } from "../cost.ts";
import { estimateFrom } from "../estimate.ts";
import { type Factor, type Factors, factorsOf } from "../factor.ts";
import { Frame } from "../frame.ts";
import type { Gradients } from "../shards/gradients.ts";
import type { Range } from "../shards/tree.ts";
import type { Moments } from "./moments.ts";
import { Nets } from "./nets.ts";
import { type ExpectationOptions, REPLICATES, STOP } from "./options.ts";
import { checkTurns, Stretch } from "./points.ts";

/** Costs, control variates, and the same of the other halves of pairs, and what they send to parameters. */
interface Chunk {
  readonly f: Float32Array;
  readonly g: Float32Array | undefined;
  readonly gradients: Gradients | undefined;
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
export const PILOT = 1024;

/** What is sampled how: options of `expectation` that say what a sample is. */
export type Sampling = Omit<ExpectationOptions, "executor" | "shard" | "onProgress" | "standardError" | "leastSamples">;

/** What a caller does with samples. */
export interface Receiver {
  /** After each sample, with the number of those in the moments: true ends it. */
  readonly isEnough?: (done: number) => boolean;
  /** After each chunk, its number and gradients. */
  readonly onChunk?: (chunk: number, gradients: Gradients | undefined) => unknown;
}

/**
 * Draws samples by number, whatever was drawn before, and evaluates the cost. They are drawn a chunk at a time: where there is an
 * estimator, chunk i has the same samples whoever draws it.
 */
export class Sampler {
  readonly options: Sampling;
  /** Samples that are drawn together. */
  readonly each: 1 | 2;
  /** Points of a net; undefined of independent samples. */
  readonly points: number | undefined;
  /** Samples of the least part that can be drawn for itself: pairs and nets are drawn as a whole, and so is what may be enough. */
  readonly grain: number;
  readonly #cost: Cost<never>;
  readonly #distribution: Factors | (() => Factors);
  readonly #frame = new Frame();
  readonly #known: ReadonlySet<Parameter> | undefined;
  #most: number | undefined;

  /** @param known all parameters that laws and costs may be made of: any, if it is undefined */
  constructor(
    cost: Cost<never>,
    distribution: Factors | (() => Factors),
    options: Sampling,
    stops = false,
    known?: ReadonlySet<Parameter>,
  ) {
    this.#known = known;
    this.#cost = cost;
    this.#distribution = distribution;
    this.options = options;
    this.each = options.antithetic ? 2 : 1;
    this.points = options.quasi ? options.samples / (options.replicates ?? REPLICATES) : undefined;
    this.grain = this.points ?? (stops ? STOP : this.each);
  }

  /** Most points of a chunk, an even number. */
  get most(): number {
    this.#most ??= this.options.chunk ?? this.#chunk();
    return this.#most;
  }

  #chunk(): number {
    const numbers = step(() => this.#factors().reduce((sum, { size }) => sum + size, 0), { gradients: false });
    const most = this.options.estimator ? MOST_OF_ESTIMATE : MOST;
    return Math.max(2, Math.min(most, 2 * Math.floor(BUDGET / 2 / Math.max(numbers, 1))));
  }

  /** Parts of all samples that belong together in any order of computation: nets, or all. */
  get #parts(): number {
    return this.points === undefined ? 1 : this.options.samples / this.points;
  }

  /** Chunks of a part. */
  get #chunksOfPart(): number {
    return Math.ceil(this.options.samples / this.#parts / this.most);
  }

  get chunks(): number {
    return this.#parts * this.#chunksOfPart;
  }

  /** Chunks that only make sense together: those of a net. */
  get chunksTogether(): number {
    return this.points === undefined ? 1 : this.#chunksOfPart;
  }

  /** Where chunk i of all begins, in units of `each` samples. As even as can be: what compares samples finds no chunk of one at the end. */
  beginOf(i: number): number {
    const units = this.options.samples / this.each / this.#parts;
    const part = Math.floor(i / this.#chunksOfPart);
    return part * units + Math.floor(((i - part * this.#chunksOfPart) * units) / this.#chunksOfPart);
  }

  /** Adds samples of chunks in a row, with their gradients. */
  async addChunks(moments: Moments, key: Key, chunks: Range, receiver: Receiver, signal?: Signal): Promise<void> {
    for (let i = chunks.from; i < chunks.to; i++) {
      const first = this.beginOf(i);
      const draws = { first, count: this.beginOf(i + 1) - first, isMain: true };
      if (await this.#add(moments, key, draws, receiver, signal, i)) return;
    }
  }

  /** Adds samples `from` up to `to`, for the mean or as a pilot: without gradients. */
  async addSamples(
    moments: Moments,
    key: Key,
    { from, to }: Range,
    { isMain, ...receiver }: Receiver & { readonly isMain: boolean },
    signal?: Signal,
  ): Promise<void> {
    const [begin, end, most] = [from / this.each, to / this.each, Math.max(1, Math.floor(this.most / this.each))];
    for (let first = begin; first < end; first += most) {
      const draws = { first, count: Math.min(most, end - first), isMain };
      if (await this.#add(moments, key, draws, receiver, signal)) return;
    }
  }

  /** @returns whether it is enough */
  async #add(
    moments: Moments,
    key: Key,
    draws: Draws,
    { isEnough, onChunk }: Receiver,
    signal: Signal | undefined,
    number = 0,
  ): Promise<boolean> {
    signal?.throwIfAborted();
    const { f, g, gradients } = await this.#evaluate(key, draws, signal);
    const { count } = draws;
    for (let j = 0; j < count; j++) {
      if (this.each === 1) moments.add(f[j] as number, g?.[j]);
      else moments.addPair(f[j] as number, f[count + j] as number, g?.[j], g?.[count + j]);
      if (isEnough?.(moments.units * this.each)) return true;
    }
    await this.#frame.breathe();
    await onChunk?.(number, gradients);
    return false;
  }

  #factors(): Factor[] {
    const given = this.#distribution;
    return factorsOf(typeof given === "function" ? given() : given);
  }

  /** Draws so many samples, or pairs of them, in a step. */
  async #evaluate(key: Key, { first, count, isMain }: Draws, signal: Signal | undefined): Promise<Chunk> {
    const { estimator, control, concurrency, samples } = this.options;
    const gradients = estimator !== undefined && isMain;
    const nets = this.points && isMain ? new Nets(key, this.points, first, estimator?.name) : undefined;
    const body = (): Chunk => {
      useOnly(this.#known);
      const factors = this.#factors();
      const stretch = new Stretch(key, first);
      nets?.over(factors);
      const source = nets ?? stretch;
      if (this.each === 2) checkTurns(factors);
      const points = factors.map((factor) => {
        const drawn = source.sample(factor, count);
        return this.each === 1 ? drawn : concatenate([drawn, stretch.turned(factor, count)], { axis: 0 });
      });
      const f = numbersOf("cost", costOf(this.#cost, factors, points));
      const g = control && numbersOf("control.of", costOf(control.of as Cost<never>, factors, points));
      if (!gradients) return { f, g, gradients: undefined };
      const given = factors.length === 1 && factors[0]?.name === "" ? factors[0].law : lawsOf(factors);
      const mean = estimateFrom(source, given, this.#cost, { estimator, samples: count });
      return { f, g, gradients: gradientsApart(mul(reshape(mean, []), count / samples)) };
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
