import { ArgumentError, checkInteger, checkLength, checkOptions, core, describe, type Floats } from "../core/index.ts";
import { checkKey, type Key } from "../random/index.ts";
import { bestOf, ROOM } from "./best.ts";
import { asChunk, refuseAbsent } from "./logits.ts";
import { mergeRankings, pick, type Ranking, readRanking, refuseTwice } from "./ranking.ts";
import { badState, checkChunk, makeStream, type Stream, type StreamState } from "./stream.ts";

/** The k best so far, best first. */
export interface TopKState extends StreamState, Ranking {
  /** The key of the noise. */
  readonly key: Key;
  /** How many are kept. */
  readonly k: number;
}

/** The k best so far, with the items themselves. */
export interface ReservoirState<Item> extends TopKState {
  /** Items in the sample so far, best first: as they came, not copied. */
  readonly items: readonly Item[];
}

/** Draws without replacement from a stream, in the order drawn. */
export interface StreamedTopK {
  /** Numbers of the elements in the stream, best first. */
  readonly indices: Float64Array;
  /** Their perturbed logits. */
  readonly scores: Float32Array;
}

/** Where in a row of logits a stream begins: parts of one row need offsets that keep their numbers apart. */
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
 * The noise is that of the item's number: workers whose samples are to be merged need offsets that keep their numbers apart.
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
  StreamedTopK & {
    /** The items in the sample, in the order drawn. */
    readonly items: readonly Item[];
  }
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
        return { ...joinItems(state, { ...best, items: added }), next: state.next + items.length };
      },
      read(state) {
        const taken = readState(state);
        const { items } = state;
        if (!Array.isArray(items) || items.length !== taken.indices.length)
          throw badState("an item for each index", describe(items));
        return { ...taken, items: Array.from(items) };
      },
      merge(a, b) {
        checkParts(a, b);
        return joinItems(a, b);
      },
      result: (state) => ({ ...bestIn(state), items: [...state.items] }),
    },
  );
}

const MOST = 2 ** 28;

function empty(key: Key, k: number, offset: number): TopKState {
  const { hi, lo } = checkKey(key);
  checkInteger("k", k, 1, MOST);
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
    return { ...join(state, bestOfChunk(state, "logits", x)), next: state.next + x.length };
  },
  read: readState,
  merge(a: TopKState, b: TopKState): TopKState {
    checkParts(a, b);
    return join(a, b);
  },
};

/** The best of a chunk, by their numbers in the stream, without those that the k so far leave no room for. */
function bestOfChunk({ key, k, next, scores }: TopKState, name: string, x: Float32Array): Ranking {
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

/** Most chunks of a long stream have nothing that is better than the k so far: then there is nothing to do. */
function join(a: TopKState, b: Ranking): TopKState {
  return b.indices.length === 0 ? a : { ...a, ...picked(mergeRankings(a, b, a.k), a, b) };
}

const picked = (places: readonly number[], a: Ranking, b: Ranking): Ranking => ({
  indices: pick(places, a.indices, b.indices),
  scores: pick(places, a.scores, b.scores),
});

function joinItems<Item>(
  a: ReservoirState<Item>,
  b: Ranking & { readonly items: readonly Item[] },
): ReservoirState<Item> {
  if (b.indices.length === 0) return a;
  const places = mergeRankings(a, b, a.k);
  return { ...a, ...picked(places, a, b), items: pick(places, a.items, b.items) };
}

function readState(state: TopKState): TopKState {
  const { key, k, next } = state;
  const { hi, lo } = checkKey(key, "state.key");
  checkInteger("state.k", k, 1, MOST);
  return { key: { hi, lo }, k, next, ...readRanking(state, k, next) };
}

function checkParts(a: TopKState, b: TopKState): void {
  const text = ({ key, k }: TopKState): string => `key (${key.hi}, ${key.lo}) and k ${k}`;
  if (text(a) !== text(b)) throw badState(`a state of ${text(a)}`, text(b));
  refuseTwice(a, b);
}
