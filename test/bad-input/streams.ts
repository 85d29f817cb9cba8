// Bad calls of streams.

import {
  ArgumentError,
  KeyError,
  key,
  ShapeError,
  streamCategorical,
  streamLogSumExp,
  streamReservoir,
  streamTopK,
} from "../../bindings/index.ts";
import { type BadCall, bad, each, K, wrong } from "./bad-call.ts";

const STREAMS = {
  streamCategorical: (options: object) => streamCategorical(K, options),
  streamTopK: (options: object) => streamTopK(K, { k: 2, ...options }),
  streamLogSumExp: (options: object) => streamLogSumExp(options),
};

/** A state of streamTopK of 2, and of streamLogSumExp, with something else in a place. */

const streams: BadCall[] = [
  ...Object.entries(STREAMS).flatMap(([name, make]) => [
    ...each<number>(name, "offset", [-1, 0.5, 2 ** 53, "0", null], "an integer of 0 or more", (offset) =>
      make({ offset }),
    ),
    bad(
      `${name} with a misspelt option`,
      () => make({ ofset: 1 }),
      ArgumentError,
      "options",
      /^no options but [a-zA-Z, ]+, got one named "ofset"$/,
    ),
    ...[Number.NaN, Infinity].map((value) =>
      bad(
        `${name} of ${value} in its second chunk`,
        () =>
          make({ offset: 2 ** 40 })
            .push([1, 2, 3])
            .push([4, value]),
        ArgumentError,
        "logits",
        `finite numbers, or -Infinity for an absent category, got ${value} at element ${2 ** 40 + 4} of the stream`,
      ),
    ),
    bad(
      `${name} of no numbers`,
      () => make({}).push(wrong("12")),
      ArgumentError,
      "logits",
      'a Float32Array, a Float64Array or an array of numbers, got "12"',
    ),
    bad(
      `${name} merged with nothing`,
      () => make({}).merge(wrong(undefined)),
      ArgumentError,
      "state",
      "an object, got undefined",
    ),
    bad(
      `${name} merged with what has no place`,
      () => make({}).merge(wrong({ next: -1 })),
      ArgumentError,
      "state.next",
      "an integer of 0 or more, got -1",
    ),
  ]),
  ...each<number>("streamTopK", "k", [0, 1.5, "2", undefined], "an integer from 1 to 268435456", (k) =>
    streamTopK(K, { k }),
  ),
  ...each<number>("streamLogSumExp", "tau", [0, -1, Number.NaN, "1", null], "a finite number above 0", (tau) =>
    streamLogSumExp({ tau }),
  ),
  bad(
    "streamTopK with the state of another k",
    () => streamTopK(K, { k: 2 }).merge(streamTopK(K, { k: 3 }).state),
    ArgumentError,
    "state",
    "a state of key (0, 42) and k 2, got key (0, 42) and k 3",
  ),
  bad(
    "streamCategorical with the state of another key",
    () => streamCategorical(K).merge(streamCategorical(key(7)).state),
    ArgumentError,
    "state",
    "a state of key (0, 42) and k 1, got key (0, 7) and k 1",
  ),
  bad(
    "streamTopK with a state without a key",
    () => streamTopK(K, { k: 2 }).merge(wrong({ next: 0, k: 2, indices: [], scores: [] })),
    KeyError,
    "state.key",
    /^a Key from .*, got undefined$/,
  ),
  bad(
    "streamTopK with an infinite score",
    () => streamTopK(K, { k: 2 }).merge({ key: K, k: 2, next: 1, indices: [0], scores: [Infinity] }),
    ArgumentError,
    "state.scores",
    "finite float32 numbers, got Infinity at 0",
  ),
  bad(
    "streamTopK with an index that is none",
    () => streamTopK(K, { k: 2 }).merge({ key: K, k: 2, next: 1, indices: [0.5], scores: [1] }),
    ArgumentError,
    "state.indices",
    "an integer from 0 to 0, got 0.5",
  ),
  bad(
    "streamTopK with fewer scores than indices",
    () => streamTopK(K, { k: 2 }).merge({ key: K, k: 2, next: 1, indices: [0], scores: [] }),
    ArgumentError,
    "state",
    "as many indices as scores, and at most k, got an array of length 1 and an array of length 0",
  ),
  bad(
    "streamTopK with elements that it has seen",
    () => {
      const stream = streamTopK(K, { k: 2 }).push([1, 2]);
      stream.merge(stream.state);
    },
    ArgumentError,
    "state",
    /^elements that this stream has not seen, got element [01] again$/,
  ),
  bad(
    "streamLogSumExp with the state of another temperature",
    () => streamLogSumExp().merge(streamLogSumExp({ tau: 2 }).state),
    ArgumentError,
    "state",
    "a state of tau 1, got tau 2",
  ),
  bad(
    "streamLogSumExp with sums that are none",
    () => streamLogSumExp().merge({ ...streamLogSumExp().state, sums: wrong([1, 2, 3]) }),
    ArgumentError,
    "state",
    "a window and four sums, all integers, got 0 and an array of length 3",
  ),
  bad(
    "streamLogSumExp with a maximum that is none",
    () => streamLogSumExp().merge({ ...streamLogSumExp().state, max: Infinity }),
    ArgumentError,
    "state.max",
    "a finite float32 number, or null, got Infinity",
  ),
  bad(
    "streamReservoir of no array",
    () => streamReservoir(K, { k: 2 }).push(wrong("items")),
    ArgumentError,
    "items",
    'an array, got "items"',
  ),
  bad(
    "streamReservoir with fewer weights than items",
    () => streamReservoir(K, { k: 2 }).push(["a", "b"], [1]),
    ShapeError,
    "logWeights",
    "the 2 elements of items, got 1 elements",
  ),
  bad(
    "streamReservoir with a weight of NaN",
    () => streamReservoir(K, { k: 2 }).push(["a", "b"]).push(["c"], [Number.NaN]),
    ArgumentError,
    "logWeights",
    "finite numbers, or -Infinity for an absent category, got NaN at element 2 of the stream",
  ),
  bad(
    "streamReservoir with a state that has no items",
    () => streamReservoir(K, { k: 2 }).merge(wrong(streamTopK(K, { k: 2 }).push([1]).state)),
    ArgumentError,
    "state",
    "an item for each index, got undefined",
  ),
  bad(
    "streamCategorical of nothing, at its result",
    () => streamCategorical(K).result(),
    ArgumentError,
    "logits",
    "a category above -Infinity in every row, got row 0, all -Infinity",
  ),
  bad(
    "streamTopK of too little, at its result",
    () => streamTopK(K, { k: 2 }).push([1, -Infinity]).result(),
    ArgumentError,
    "k",
    "at most the number of categories above -Infinity in every row, got 2, of which row 0 has fewer",
  ),
];

export const BAD_STREAMS: readonly BadCall[] = streams;
