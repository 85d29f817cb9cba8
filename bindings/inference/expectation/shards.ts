import { ArgumentError, describe, MessageError } from "../../core/index.ts";
import type { Parameters } from "../../graph/index.ts";
import { checkKey, type Key } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import type { Cost } from "../cost.ts";
import type { Estimator } from "../estimator.ts";
import type { Factors } from "../factor.ts";
import { gather, jobOf, SHARDS_EACH } from "../shards/gather.ts";
import {
  bytesOfNodes,
  type Gradients,
  giveBack,
  gradientTree,
  nodesFromData,
  nodesToData,
  setValues,
  valuesOf,
} from "../shards/gradients.ts";
import { workOf } from "../shards/shared.ts";
import { longestOf, type Range, ranges, type Tree } from "../shards/tree.ts";
import type { Data } from "../shards/wire.ts";
import { Moments, type MomentsState } from "./moments.ts";
import { type ExpectationOptions, STOP } from "./options.ts";
import { BYTES_OF_MOMENTS, momentsFromData } from "./partial.ts";
import { Sampler, type Sampling } from "./sampler.ts";

/** Blocks of STOP samples in a shard that may turn out to be beyond what is enough. */
const BLOCKS = 64;

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
  const work = workOf({ cost, distribution, estimator, control: of });
  const { parameters } = work.made;
  const stops = isEnough !== undefined;
  const sampler = new Sampler(cost, distribution, options, stops);
  const job = jobOf("expectation", work, {
    key: { ...key },
    sampling: { ...rest, samples },
    control: control ? { mean } : null,
    stops,
  });
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
  const receiver = new Receiver(sampler, moments, shards, tree && { tree, parameters }, isEnough);
  const longest = longestOf(shards);
  const blocks = stops ? Math.ceil(longest / STOP) : 1;
  const largest = BYTES_OF_MOMENTS * (1 + blocks) + (tree ? bytesOfNodes(longest, parameters) : 0);
  await gather(
    executor,
    { job, state: { values: valuesOf(parameters) }, shards, largest },
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
  readonly #early = new Map<number, readonly MomentsState[]>();
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
      for (const block of blocks) this.#moments.merge(block);
      return false;
    }
    this.#early.set(number, blocks);
    for (let early = this.#early.get(this.#next); early; early = this.#early.get(this.#next)) {
      this.#early.delete(this.#next++);
      for (const block of early) {
        this.#moments.merge(block);
        if (this.#isEnough(this.#moments.units * this.#moments.each)) return true;
      }
    }
    return false;
  }

  #samplesOf({ from, to }: Range): number {
    const { options, each } = this.#sampler;
    return options.estimator ? (this.#sampler.beginOf(to) - this.#sampler.beginOf(from)) * each : to - from;
  }

  /** The moments of a partial result: where samples may be enough, those of each block. */
  #checked(number: number, moments: Data | undefined): MomentsState[] {
    const range = this.#shards[number] as Range;
    const { each } = this.#moments;
    const sizes = this.#isEnough ? blocksOf(range).map(({ from, to }) => to - from) : [this.#samplesOf(range)];
    if (!Array.isArray(moments) || moments.length !== sizes.length)
      throw new MessageError("partial", `moments of ${sizes.length} blocks`, describe(moments));
    return sizes.map((samples, i) => momentsFromData(moments[i], samples, each));
  }
}

/** The worker's side. The main program has checked the parts, where the same call made the same. */
export const expectationKind = (
  { cost, distribution, estimator, control: of }: Parts,
  { key, sampling, control, stops }: Options,
  parameters: Parameters,
) => {
  const options: Sampling = {
    ...sampling,
    key: checkKey(key),
    ...(estimator && { estimator }),
    ...(control && of && { control: { of, mean: control.mean } }),
  };
  const sampler = new Sampler(cost, distribution, options, stops, new Set(Object.values(parameters)));
  let last: readonly Gradients[] = [];
  return {
    set: ({ values }: { readonly values: Data }) => setValues(parameters, values),
    async run(range: Range, signal?: Signal): Promise<Data> {
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
      last = tree?.nodes.map(({ value }) => value) ?? [];
      return {
        moments: sums.map(({ moments }) => moments.state),
        ...(tree && { nodes: nodesToData(tree.nodes, parameters) }),
      };
    },
    told: () => giveBack(last),
  };
};

const blocksOf = ({ from, to }: Range): Range[] =>
  Array.from({ length: Math.ceil((to - from) / STOP) }, (_, i) => ({
    from: from + i * STOP,
    to: Math.min(from + (i + 1) * STOP, to),
  }));
