// Broken states of streams.

import {
  ArgumentError,
  type LogSumExpState,
  streamCategorical,
  streamLogSumExp,
  streamTopK,
  type TopKState,
} from "../../bindings/index.ts";
import { type BadCall, bad, K, wrong } from "./bad-call.ts";

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

export const BAD_STATES: readonly BadCall[] = brokenStates;
