import { ArgumentError, MessageError } from "../../core/index.ts";
import type { Parameters } from "../../graph/index.ts";
import { checkKey, type Key } from "../../random/index.ts";
import type { Cost } from "../cost.ts";
import type { Estimator } from "../estimator.ts";
import type { Factors } from "../factor.ts";
import { gather } from "../shards/gather.ts";
import {
  bytesOfNodes,
  type Gradients,
  gradientTree,
  nodesFromData,
  nodesToData,
  setValues,
  valuesOf,
} from "../shards/gradients.ts";
import type { Kind } from "../shards/kind.ts";
import { workOf } from "../shards/shared.ts";
import { type Range, ranges, type Tree } from "../shards/tree.ts";
import type { Data } from "../shards/wire.ts";
import { Moments, type MomentsState } from "./moments.ts";
import { type ExpectationOptions, STOP } from "./options.ts";
import { Sampler, type Sampling } from "./sampler.ts";

/** Shards for each worker, without `shard`: the last one to come is late by a small part of all. */
const SHARDS_EACH = 16;
/** Blocks of STOP samples in a shard that may turn out to be beyond what is enough. */
const BLOCKS = 64;
/** Of the moments of a shard: five numbers of 1000 bits or so, and their names. */
const BYTES_OF_MOMENTS = 4096;

/** What a worker is told: all that says what a sample is. */
interface Options {
  readonly key: Key;
  readonly sampling: Omit<Sampling, "key" | "signal" | "estimator" | "control">;
  readonly control: { readonly mean: number } | null;
  /** Whether the moments of each block of STOP samples are told apart. */
  readonly stops: boolean;
}

interface Parts {
  readonly cost: Cost<never>;
  readonly distribution: Factors | (() => Factors);
  readonly estimator?: Estimator;
  readonly control?: Cost<Factors>;
}

/** Draws all samples of a mean on an executor's workers. @returns the gradients of a run with an estimator */
export async function gatherSamples(
  cost: Cost<never>,
  distribution: Factors | (() => Factors),
  options: ExpectationOptions,
  moments: Moments,
  isEnough: ((done: number) => boolean) | undefined,
): Promise<Gradients | undefined> {
  const {
    executor,
    shard,
    signal,
    onProgress,
    key,
    samples,
    estimator,
    control,
    standardError,
    leastSamples,
    ...rest
  } = options as ExpectationOptions & Required<Pick<ExpectationOptions, "executor">>;
  const { of, mean = 0 } = control ?? {};
  if (estimator?.memory)
    throw new ArgumentError("estimator", "one that remembers nothing, with an executor", estimator.name);
  const { made, properties } = workOf({ cost, distribution, estimator, control: of });
  const stops = isEnough !== undefined;
  const sampler = new Sampler(cost, distribution, options, stops);
  const job = {
    kind: "expectation",
    work: { name: made.name, input: made.input },
    parts: properties,
    options: { key: { ...key }, sampling: { ...rest, samples }, control: control ? { mean } : null, stops },
  };
  const grain = estimator ? sampler.chunksTogether : sampler.grain;
  const grains = Math.ceil((estimator ? sampler.chunks : samples) / grain);
  const perGrain = estimator ? grain * sampler.most : grain;
  const most = shard
    ? Math.max(1, Math.floor(shard / perGrain))
    : Math.min(Math.ceil(grains / (SHARDS_EACH * executor.size)), stops ? BLOCKS : Infinity);
  const shards = ranges(grains, most).map(({ from, to }) => ({
    from: from * grain,
    to: Math.min(to * grain, estimator ? sampler.chunks : samples),
  }));
  const tree = estimator && gradientTree(sampler.chunks);
  const receiver = new Receiver(sampler, moments, shards, tree && { tree, parameters: made.parameters }, isEnough);
  const longest = Math.max(...shards.map(({ from, to }) => to - from));
  const blocks = stops ? Math.ceil(longest / STOP) : 1;
  const largest = BYTES_OF_MOMENTS * (1 + blocks) + (tree ? bytesOfNodes(longest, made.parameters) : 0);
  await gather(
    executor,
    { job, state: { values: valuesOf(made.parameters) }, shards: shards as readonly Data[], largest },
    (number, value) => (receiver.receive(number, value) ? "enough" : undefined),
    { signal, onShard: () => onProgress?.({ done: receiver.done, of: samples }) },
  );
  return tree?.root;
}

/** Sums up partial results: in the order in which they come, or in that of the samples where these may be enough. */
class Receiver {
  done = 0;
  readonly #sampler: Sampler;
  readonly #moments: Moments;
  readonly #shards: readonly Range[];
  readonly #gradients: { readonly tree: Tree<Gradients>; readonly parameters: Parameters } | undefined;
  readonly #isEnough: ((done: number) => boolean) | undefined;
  readonly #early = new Map<number, readonly Data[]>();
  #next = 0;

  constructor(
    sampler: Sampler,
    moments: Moments,
    shards: readonly Range[],
    gradients: { readonly tree: Tree<Gradients>; readonly parameters: Parameters } | undefined,
    isEnough: ((done: number) => boolean) | undefined,
  ) {
    this.#sampler = sampler;
    this.#moments = moments;
    this.#shards = shards;
    this.#gradients = gradients;
    this.#isEnough = isEnough;
  }

  /** Everything is checked before anything is added. @returns whether it is enough */
  receive(number: number, value: Data): boolean {
    const { moments, nodes } = (value ?? {}) as Record<string, Data>;
    const blocks = this.#checked(number, moments);
    const found =
      this.#gradients &&
      nodesFromData(nodes, this.#gradients.parameters, this.#gradients.tree, this.#shards[number] as Range);
    for (const node of found ?? []) this.#gradients?.tree.add(node);
    this.done += this.#samplesOf(this.#shards[number] as Range);
    if (!this.#isEnough) {
      for (const block of blocks) this.#moments.merge(block as unknown as MomentsState);
      return false;
    }
    this.#early.set(number, blocks);
    for (let early = this.#early.get(this.#next); early; early = this.#early.get(this.#next)) {
      this.#early.delete(this.#next++);
      for (const block of early) {
        this.#moments.merge(block as unknown as MomentsState);
        if (this.#isEnough(this.#moments.units * this.#moments.each)) return true;
      }
    }
    return false;
  }

  #samplesOf({ from, to }: Range): number {
    const { options, each } = this.#sampler;
    return options.estimator ? (this.#sampler.beginOf(to) - this.#sampler.beginOf(from)) * each : to - from;
  }

  /** The moments of a partial result, those of each block, which fit into an empty sum and are of as many samples as they should be. */
  #checked(number: number, moments: Data | undefined): readonly Data[] {
    const range = this.#shards[number] as Range;
    const blocks = Array.isArray(moments) ? moments : [];
    const sizes = this.#isEnough ? ranges(range.to - range.from, STOP).length : 1;
    const trial = new Moments(this.#moments.each);
    try {
      for (const block of blocks) trial.merge(block as unknown as MomentsState);
    } catch (error) {
      throw Object.assign(new MessageError("partial", "moments of samples", (error as Error).message), {
        cause: error,
      });
    }
    const samples = trial.units * trial.each;
    if (blocks.length !== sizes || samples !== this.#samplesOf(range))
      throw new MessageError("partial", `moments of ${this.#samplesOf(range)} samples`, `those of ${samples}`);
    return blocks;
  }
}

/** The worker's side. */
export const expectationKind: Kind = (parts, data, parameters) => {
  const { key, sampling, control, stops } = data as unknown as Options;
  // The main program has checked them, where the same call made the same.
  const { cost, distribution, estimator, control: of } = parts as unknown as Parts;
  const options: Sampling = {
    ...sampling,
    key: checkKey(key),
    ...(estimator && { estimator }),
    ...(control && of && { control: { of, mean: control.mean } }),
  };
  const sampler = new Sampler(cost, distribution, options, stops);
  return {
    set: (state) => setValues(parameters, (state as Record<string, Data>).values),
    async run(shard, signal) {
      const range = shard as unknown as Range;
      const sums = (stops ? blocksOf(range) : [range]).map((block) => ({
        block,
        moments: new Moments(sampler.points ?? sampler.each),
      }));
      const tree = estimator && gradientTree(sampler.chunks);
      for (const { block, moments } of sums) {
        if (!tree) await sampler.addSamples(moments, key, block, { isMain: true }, signal);
        else {
          const onChunk = (index: number, value: Gradients | undefined) =>
            tree.add({ level: 0, index, value: value as Gradients });
          await sampler.addChunks(moments, key, block, { onChunk }, signal);
        }
      }
      return {
        moments: sums.map(({ moments }) => moments.state as unknown as Data),
        ...(tree && { nodes: nodesToData(tree.nodes, parameters) }),
      };
    },
  };
};

const blocksOf = ({ from, to }: Range): Range[] =>
  Array.from({ length: Math.ceil((to - from) / STOP) }, (_, i) => ({
    from: from + i * STOP,
    to: Math.min(from + (i + 1) * STOP, to),
  }));
