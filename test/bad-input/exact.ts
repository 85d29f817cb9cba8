// Bad calls of `reparam`: draws under a condition, weights and streams.

import {
  ArgumentError,
  conditionalGumbel,
  importanceWeights,
  KeyError,
  key,
  type LogSumExpState,
  ShapeError,
  streamCategorical,
  streamLogSumExp,
  streamReservoir,
  streamTopK,
  type TopKState,
  topDownGumbel,
  truncatedGumbel,
} from "../../bindings/index.ts";
import { type BadCall, bad, each, K, wrong } from "./bad-call.ts";

const LIMITED = {
  bound: (x: Float32Array, bound: number) => truncatedGumbel(K, x, { cols: 3, bound }),
  max: (x: Float32Array, max: number) => topDownGumbel(K, x, { cols: 3, max }),
};

const conditions: BadCall[] = [
  ...each<number>("conditionalGumbel", "index", [-1, 3, 0.5, Number.NaN], "an integer from 0 to 2", (index, { x }) =>
    conditionalGumbel(K, x, { cols: 3, index }),
  ),
  ...["1", null, undefined].map((index) =>
    bad(
      `conditionalGumbel, index ${index}`,
      ({ x }) => conditionalGumbel(K, x, { cols: 3, index: wrong(index) }),
      ArgumentError,
      "index",
      /^an integer from 0 to 2, or an array of one for each row, got (null|"1"|undefined)$/,
    ),
  ),
  bad(
    "conditionalGumbel, one index of two wrong",
    ({ x }) => conditionalGumbel(K, x, { cols: 3, index: [0, 3] }),
    ArgumentError,
    "index[1]",
    "an integer from 0 to 2, got 3",
  ),
  bad(
    "conditionalGumbel, too few indices",
    ({ x }) => conditionalGumbel(K, x, { cols: 3, index: [1] }),
    ShapeError,
    "index",
    "one number, or one for each of the 2 rows, got 1 numbers",
  ),
  bad(
    "conditionalGumbel of an absent category",
    ({ x }) => conditionalGumbel(K, x, { cols: 3, index: [0, 2] }),
    ArgumentError,
    "index",
    "a category above -Infinity in its row, got 2 in row 1",
  ),
  ...Object.entries(LIMITED).flatMap(([name, call]) => [
    ...each<number>(
      "with a limit",
      name,
      [Number.NaN, Infinity, -Infinity, 1e39],
      "a finite float32 number",
      (limit, { x }) => call(x, limit),
    ),
    bad(
      `${name} that is no number`,
      ({ x }) => call(x, wrong("1")),
      ArgumentError,
      name,
      'a finite float32 number, or an array of one for each row, got "1"',
    ),
    bad(
      `${name} of another number of rows`,
      ({ x }) => call(x, wrong([1, 2, 3])),
      ShapeError,
      name,
      "one number, or one for each of the 2 rows, got 3 numbers",
    ),
    bad(
      `${name} with one of two wrong`,
      ({ x }) => call(x, wrong([1, Number.NaN])),
      ArgumentError,
      `${name}[1]`,
      "a finite float32 number, got NaN",
    ),
  ]),
  ...each<number>("importanceWeights", "k", [0, 4, 1.5, "2", undefined], "an integer from 1 to 3", (k, { x }) =>
    importanceWeights(K, x, { cols: 3, k }),
  ),
  bad(
    "importanceWeights of more categories than a row has",
    ({ x }) => importanceWeights(K, x, { cols: 3, k: 3 }),
    ArgumentError,
    "k",
    "at most the number of categories above -Infinity in every row, got 3, of which row 1 has fewer",
  ),
];

const STREAMS = {
  streamCategorical: (options: object) => streamCategorical(K, options),
  streamTopK: (options: object) => streamTopK(K, { k: 2, ...options }),
  streamLogSumExp: (options: object) => streamLogSumExp(options),
};

/** A state of streamTopK of 2, and of streamLogSumExp, with something else in a place. */
const topKState = (change: object) => wrong<TopKState>({ ...streamTopK(K, { k: 2 }).push([1, 2, 3]).state, ...change });
const sumState = (change: object) => wrong<LogSumExpState>({ ...streamLogSumExp().push([0, 30]).state, ...change });

const BROKEN_TOP_K: readonly (readonly [change: object, argument: string, message: string])[] = [
  [{ scores: [5, undefined] }, "state.scores", "finite float32 numbers, got undefined at 1"],
  [{ scores: Object.assign(new Array(2), { 0: 5 }) }, "state.scores", "finite float32 numbers, got undefined at 1"],
  [{ scores: [5, Number.NaN] }, "state.scores", "finite float32 numbers, got NaN at 1"],
  [{ scores: [5, null] }, "state.scores", "finite float32 numbers, got null at 1"],
  [{ scores: [5, 0.1] }, "state.scores", "finite float32 numbers, got 0.1 at 1"],
  [{ scores: [5n, 1] }, "state.scores", "finite float32 numbers, got 5n at 0"],
  [{ indices: [1, 1], scores: [5, 4] }, "state", "elements best first, each once, got element 1 twice"],
  [{ indices: [0, 1], scores: [4, 5] }, "state", "elements best first, each once, got another order at 1"],
  [{ indices: [1, 0], scores: [5, 5] }, "state", "elements best first, each once, got another order at 1"],
  [{ indices: Object.assign(new Array(2), { 0: 1 }) }, "state.indices", "an integer from 0 to 2, got undefined"],
  [{ indices: [0, 3] }, "state.indices", "an integer from 0 to 2, got 3"],
  [
    { indices: [0, 2 ** 53], next: 2 ** 53 - 1 },
    "state.indices",
    "an integer from 0 to 9007199254740990, got 9007199254740992",
  ],
  [{ k: "2" }, "state.k", 'an integer from 1 to 268435456, got "2"'],
  [{ k: undefined }, "state.k", "an integer from 1 to 268435456, got undefined"],
];

const SUMS = "low parts from 0 to 4294967295, got";
const BROKEN_SUM: readonly (readonly [change: object, argument: string, message: string | RegExp])[] = [
  [{ max: 0.1 }, "state.max", "a finite float32 number, or null, got 0.1"],
  [{ max: "30" }, "state.max", 'a finite float32 number, or null, got "30"'],
  [{ max: undefined }, "state.max", "a finite float32 number, or null, got undefined"],
  [{ sums: [0, 2 ** 32, 0, 0] }, "state.sums", `${SUMS} 4294967296 and 0`],
  [{ sums: [0, 5, 0, -1] }, "state.sums", `${SUMS} 5 and -1`],
  [{ sums: [0, 5, 0, 0, 0] }, "state", /^a window and four sums, all integers, got 0 and an array of length 5$/],
  [{ sums: new Array(4) }, "state", /^a window and four sums, all integers, got 0 and an array of length 4$/],
  [{ sums: [0, 0, 0, 0] }, "state", /^a sum that its max allows, got max 30, window 0 and sums 0, 0, 0, 0$/],
  [{ sums: [-1, 5, 0, 0] }, "state", /^a sum that its max allows, got max 30, window 0 and sums -1, 5, 0, 0$/],
  [{ max: null }, "state", /^a sum that its max allows, got max null, window 0 and sums /],
  [{ window: 1 }, "state", /^a sum that its max allows, got max 30, window 1 and sums /],
  [{ window: -1 }, "state", /^a sum that its max allows, got max 30, window -1 and sums /],
];

const NO_CHUNKS: readonly unknown[] = ["", () => {}, { length: 0 }, new Int32Array(0), null];

const brokenStates: BadCall[] = [
  ...BROKEN_TOP_K.map(([change, argument, message], i) =>
    bad(
      `streamTopK with broken state ${i}`,
      () => streamTopK(K, { k: 2 }).merge(topKState(change)),
      ArgumentError,
      argument,
      message,
    ),
  ),
  ...BROKEN_SUM.map(([change, argument, message], i) =>
    bad(
      `streamLogSumExp with broken state ${i}`,
      () => streamLogSumExp().merge(sumState(change)),
      ArgumentError,
      argument,
      message,
    ),
  ),
  ...NO_CHUNKS.flatMap((chunk, i) =>
    [streamCategorical(K), streamTopK(K, { k: 2 }), streamLogSumExp()].map((stream, j) =>
      bad(
        `stream ${j} of empty thing ${i}, which is no array of numbers`,
        () => stream.push(wrong(chunk)),
        ArgumentError,
        "logits",
        /^a Float32Array, a Float64Array or an array of numbers, got /,
      ),
    ),
  ),
  bad(
    "streamTopK with an element twice, of other scores",
    () =>
      streamTopK(K, { k: 2 })
        .push([1, 2])
        .merge(streamTopK(K, { k: 2 }).push([3, 4]).state),
    ArgumentError,
    "state",
    /^elements that this stream has not seen, got element [01] again$/,
  ),
  ...[streamTopK(K, { k: 2, offset: 2 ** 53 - 2 }), streamLogSumExp({ offset: 2 ** 53 - 2 })].map((stream, i) =>
    bad(
      `stream ${i} beyond 2^53`,
      () => stream.push([1, 2]),
      ArgumentError,
      "offset",
      "an integer of at most 9007199254740989, so that every element has a number, got 9007199254740990",
    ),
  ),
];

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

export const BAD_EXACT: readonly BadCall[] = [conditions, brokenStates, streams].flat();
