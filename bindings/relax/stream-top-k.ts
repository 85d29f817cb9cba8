import { ArgumentError, checkInteger, checkLength, checkOptions, core, describe, type Floats } from "../core/index.ts";
import { checkKey, type Key } from "../random/index.ts";
import { bestOf, ROOM } from "./best.ts";
import { asChunk, refuseAbsent } from "./logits.ts";
import { badState, checkChunk, makeStream, type Stream, type StreamState } from "./stream.ts";

/** The k best so far, best first. */
export interface TopKState extends StreamState {
  readonly key: Key;
  readonly k: number;
  readonly indices: readonly number[];
  readonly scores: readonly number[];
}

export interface ReservoirState<Item> extends TopKState {
  readonly items: readonly Item[];
}

export interface StreamedTopK {
  /** Numbers of the elements in the stream, best first. */
  readonly indices: Float64Array;
  /** Their perturbed logits. */
  readonly scores: Float32Array;
}

export interface StreamOptions {
  /** Number of the first element that this stream will see; 0 by default. */
  readonly offset?: number;
}

/**
 * A draw from softmax(logits), the logits in chunks: `categorical(key, logits)` of all of them, whatever the chunks.
 * push(logits) takes -Infinity for an absent category, and refuses NaN and +Infinity by its number in the stream.
 *
 * @throws KeyError; ArgumentError (offset); result(): ArgumentError when no element is above -Infinity
 */
export function streamCategorical(key: Key, options: StreamOptions = {}): Stream<[logits: Floats], TopKState, number> {
  const { offset = 0 } = checkOptions(options, ["offset"]);
  return makeStream(empty(key, 1, offset), {
    ...LOGITS,
    result: ({ indices }) => indices[0] ?? refuseAbsent(0),
  });
}

/**
 * k draws without replacement from softmax(logits), the logits in chunks: `topK(key, logits, { k })` of all of them, whatever the
 * chunks.
 *
 * @throws KeyError; ArgumentError (k, offset); result(): ArgumentError when fewer than k elements are above -Infinity
 */
export function streamTopK(
  key: Key,
  options: StreamOptions & { readonly k: number },
): Stream<[logits: Floats], TopKState, StreamedTopK> {
  const { k, offset = 0 } = checkOptions(options, ["k", "offset"]);
  return makeStream(empty(key, k, offset), {
    ...LOGITS,
    result: (state) => (state.indices.length < k ? refuseAbsent(0, k) : bestIn(state)),
  });
}

/**
 * A sample of k items, without replacement, of a stream of unknown length: those with the k largest logWeights + gumbel, in the
 * order drawn. Every set is as likely as k draws one after the other make it, each with probabilities proportional to
 * exp(logWeights); by default all weights are 1. push(items, logWeights) keeps the items that are in the sample so far.
 *
 * Efraimidis, Spirakis 2006, "Weighted random sampling with a reservoir", algorithm A-Res, whose keys are these in another scale.
 * @returns a stream whose result is that of `topK(key, logWeights, { k })`, or all there are when they are fewer
 * @throws KeyError; ArgumentError (k, offset)
 */
export function streamReservoir<Item>(
  key: Key,
  options: StreamOptions & { readonly k: number },
): Stream<
  [items: readonly Item[], logWeights?: Floats],
  ReservoirState<Item>,
  StreamedTopK & { readonly items: readonly Item[] }
> {
  const { k, offset = 0 } = checkOptions(options, ["k", "offset"]);
  return makeStream<[readonly Item[], Floats?], ReservoirState<Item>, StreamedTopK & { items: readonly Item[] }>(
    { ...empty(key, k, offset), items: [] },
    {
      add(state, items, logWeights) {
        if (!Array.isArray(items)) throw new ArgumentError("items", "an array", describe(items));
        const weights = logWeights === undefined ? new Float32Array(items.length) : asChunk("logWeights", logWeights);
        checkLength("logWeights", weights.length, items.length, "items");
        const best = bestOfChunk(state, "logWeights", weights);
        const added = best.indices.map((i) => items[i - state.next] as Item);
        return { ...join(state, best, state.items, added), next: state.next + items.length };
      },
      check: checkState,
      merge: (a, b) => {
        checkSame(a, b);
        if (!Array.isArray(b.items) || b.items.length !== b.indices.length)
          throw badState("an item for each index", describe(b.items));
        return join(a, b, a.items, b.items);
      },
      result: (state) => ({ ...bestIn(state), items: [...state.items] }),
    },
  );
}

function empty(key: Key, k: number, offset: number): TopKState {
  const { hi, lo } = checkKey(key);
  checkInteger("k", k, 1, 2 ** 28);
  checkInteger("offset", offset, 0);
  return { key: { hi, lo }, k, next: offset, indices: [], scores: [] };
}

const bestIn = ({ indices, scores }: TopKState): StreamedTopK => ({
  indices: Float64Array.from(indices),
  scores: Float32Array.from(scores),
});

const LOGITS = {
  add(state: TopKState, logits: Floats): TopKState {
    const x = asChunk("logits", logits);
    const { items: _, ...joined } = join(state, bestOfChunk(state, "logits", x));
    return { ...joined, next: state.next + x.length };
  },
  check: checkState,
  merge(a: TopKState, b: TopKState): TopKState {
    checkSame(a, b);
    const { items: _, ...joined } = join(a, b);
    return joined;
  },
};

/** The best of a chunk, by their numbers in the stream, without those that the k so far leave no room for. */
function bestOfChunk({ key, k, next, scores }: TopKState, name: string, x: Float32Array): Best {
  const shared = core();
  return shared.scoped(() => {
    const at = shared.allocate(x.length + 4 + ROOM) + 16;
    shared.write(x, at);
    const room = Math.min(k, x.length);
    const to = { indices: shared.allocate(room), scores: shared.allocate(room), k: room };
    // All that was seen comes before this chunk, so an equal score has no place.
    const bound = scores[k - 1] ?? -Infinity;
    const found = x.length === 0 ? 0 : bestOf(shared, key, next, { at, length: x.length }, to, { bound });
    if (found < 0) checkChunk(shared, name, at, x.length, next);
    return {
      indices: Array.from(shared.copyWords(to.indices, found), (i) => next + i),
      scores: Array.from(shared.copy(to.scores, found)),
    };
  });
}

type Best = Pick<TopKState, "indices" | "scores">;

/** The k best of two lists, of equal scores the lower index first: an order of all elements, so any grouping gives the same. */
function join<Item>(
  a: TopKState,
  b: Best,
  itemsOfA: readonly Item[] = [],
  itemsOfB: readonly Item[] = [],
): TopKState & { readonly items: readonly Item[] } {
  const entries = (from: Best, items: readonly Item[]) =>
    from.indices.map((index, i) => ({ index, score: from.scores[i] as number, item: items[i] as Item }));
  const all = [...entries(a, itemsOfA), ...entries(b, itemsOfB)].sort((x, y) => y.score - x.score || x.index - y.index);
  const twice = all.find(({ index, score }, i) => all[i + 1]?.index === index && all[i + 1]?.score === score);
  if (twice) throw badState("elements that this stream has not seen", `element ${twice.index} again`);
  const best = all.slice(0, a.k);
  return {
    ...a,
    indices: best.map(({ index }) => index),
    scores: best.map(({ score }) => score),
    items: best.map(({ item }) => item),
  };
}

function checkState({ key, k, next, indices, scores }: TopKState): void {
  checkKey(key, "state.key");
  if (!Array.isArray(indices) || !Array.isArray(scores) || indices.length !== scores.length || indices.length > k)
    throw badState("as many indices as scores, and at most k", `${describe(indices)} and ${describe(scores)}`);
  for (const index of indices) checkInteger("state.indices", index, 0, next - 1);
  const wrong = scores.find((score) => !Number.isFinite(score));
  if (wrong !== undefined) throw badState("finite scores", describe(wrong));
}

function checkSame(a: TopKState, b: TopKState): void {
  const text = ({ key, k }: TopKState): string => `key (${key.hi}, ${key.lo}) and k ${k}`;
  if (text(a) !== text(b)) throw badState(`a state of ${text(a)}`, text(b));
}
