// Bad calls of `reparam`: keys and what they draw.

import * as graph from "../../bindings/graph/index.ts";
import {
  ArgumentError,
  bits,
  categorical,
  conditionalGumbel,
  exponential,
  foldIn,
  gumbel,
  gumbelSoftmax,
  gumbelSoftmaxGrad,
  importanceWeights,
  type Key,
  KeyError,
  key,
  logistic,
  named,
  normal,
  ShapeError,
  split,
  streamCategorical,
  streamLogSumExp,
  streamReservoir,
  streamTopK,
  topDownGumbel,
  topK,
  truncatedGumbel,
  uniform,
} from "../../bindings/index.ts";
import { type BadCall, bad, each, K, OVERLAP, show, wrong } from "./bad-call.ts";

const NO_KEYS: [value: unknown, came: RegExp][] = [
  [5, /5/],
  [{}, /an object .* with hi: undefined, lo: undefined/],
  [{ hi: -1 }, /an object .* with hi: -1, lo: undefined/],
  [{ hi: "1", lo: 2 }, /an object .* with hi: "1", lo: 2/],
  [{ hi: 1.5, lo: 2 }, /an object .* with hi: 1.5, lo: 2/],
  [{ hi: 1, lo: 2 ** 32 }, /an object .* with hi: 1, lo: 4294967296/],
  [{ hi: Number.NaN, lo: 0 }, /an object .* with hi: NaN, lo: 0/],
  [[1, 2], /an array of length 2 with hi: undefined, lo: undefined/],
  [null, /null/],
  [undefined, /undefined/],
  ['{"hi":1,"lo":2}', /"\{\\"hi\\":1,\\"lo\\":2\}"/],
];

const TAKE_KEYS: Record<string, (k: Key, x: Float32Array) => unknown> = {
  split: (k) => split(k),
  foldIn: (k) => foldIn(k, 1),
  named: (k) => named(k, "codes"),
  conditionalGumbel: (k, x) => conditionalGumbel(k, x, { index: 0 }),
  truncatedGumbel: (k, x) => truncatedGumbel(k, x, { bound: 0 }),
  topDownGumbel: (k, x) => topDownGumbel(k, x, { max: 0 }),
  importanceWeights: (k, x) => importanceWeights(k, x, { k: 2 }),
  streamCategorical: (k) => streamCategorical(k),
  streamTopK: (k) => streamTopK(k, { k: 2 }),
  streamReservoir: (k) => streamReservoir(k, { k: 2 }),
  bits: (k) => bits(k, 4),
  uniform: (k) => uniform(k, 4),
  exponential: (k) => exponential(k, 4),
  gumbel: (k) => gumbel(k, 4),
  logistic: (k) => logistic(k, 4),
  normal: (k) => normal(k, 4),
  gumbelSoftmax: (k, x) => gumbelSoftmax(k, x),
  categorical: (k, x) => categorical(k, x),
  topK: (k, x) => topK(k, x, { k: 2 }),
  "graph.gumbelSoftmax": (k, x) => graph.step(() => void graph.gumbelSoftmax(k, graph.tensor(x))),
  "graph.normal": (k) => graph.step(() => void graph.normal(k, { shape: [3] })),
  glorot: (k) => graph.glorot(k, [2, 3]),
  he: (k) => graph.he(k, [2, 3]),
};

const A_KEY =
  "^a Key from key\\(\\), split\\(\\), foldIn\\(\\) or named\\(\\): \\{ hi, lo \\}, two unsigned 32-bit integers, got ";

const keys = [
  ...Object.entries(TAKE_KEYS).flatMap(([name, call]) =>
    NO_KEYS.map(([value, came]) =>
      bad(
        `${name} with the key ${show(value)}`,
        ({ x }) => call(wrong(value), x),
        KeyError,
        "key",
        new RegExp(`${A_KEY}${came.source}$`),
      ),
    ),
  ),
  ...each<number>(
    "key",
    "seed",
    [1.5, Number.NaN, Infinity, 2 ** 60, "1", null, undefined, true],
    "an integer (a safe integer or a bigint)",
    (seed) => key(seed),
    KeyError,
  ),
  ...each<bigint>(
    "key",
    "seed",
    [2n ** 70n, 2n ** 64n, -(2n ** 63n) - 1n],
    "an integer of at most 64 bits",
    (seed) => key(seed),
    KeyError,
  ),
  ...each<number>("split", "n", [-1, 1.5, Number.NaN, "2", null, 2 ** 32], "an integer from 0 to 4294967295", (n) =>
    split(K, n),
  ),
  ...each<number>(
    "foldIn",
    "data",
    [-1, 1.5, Number.NaN, "1", null, undefined, 2 ** 53, 1n],
    "an integer of 0 or more",
    (data) => foldIn(K, data),
  ),
];

const names = each<string>(
  "named",
  "name",
  ["", "a\ud800", 5, null, undefined],
  "a string of at least one character, without lone surrogates",
  (name) => named(K, name),
);

const NOISE = { bits, uniform, exponential, gumbel, logistic, normal };
const noise = Object.entries(NOISE).flatMap(([name, draw]) => {
  const [own, other] =
    name === "bits" ? [new Uint32Array(6), new Float32Array(6)] : [new Float32Array(6), new Uint32Array(6)];
  const type = own.constructor.name;
  const whole = "an integer of 0 or more";
  return [
    ...each<number>(name, "length", [-1, 1.5, Number.NaN, Infinity, 2 ** 53, "5", null, undefined], whole, (n) =>
      draw(K, n),
    ),
    bad(
      `${name} of more than fits an array`,
      () => draw(K, 2 ** 53 - 1),
      ArgumentError,
      "length",
      /^a length that an array can have.*, got 9007199254740991/,
    ),
    ...each<number>(name, "offset", [-1, 0.5, Number.NaN, Infinity, 2 ** 53, "0", null], whole, (offset) =>
      draw(K, 4, { offset }),
    ),
    bad(
      `${name} beyond the last element that has a number`,
      () => draw(K, 4, { offset: 2 ** 53 - 4 }),
      ArgumentError,
      "offset",
      "an integer of at most 9007199254740987, so that every element has a number, got 9007199254740988",
    ),
    bad(
      `${name} into another length`,
      () => draw(K, 7, { out: wrong(own) }),
      ShapeError,
      "out",
      `a ${type} of length 7, got length 6`,
    ),
    bad(
      `${name} into another type`,
      () => draw(K, 6, { out: wrong(other) }),
      ArgumentError,
      "out",
      new RegExp(`^a ${type}, got an? `),
    ),
  ];
});

const others = [
  ...each<number>("topK among 3", "k", [0, 4, -1, 1.5, "2", undefined], "an integer from 1 to 3", (k, { x }) =>
    topK(K, x, { cols: 3, k }),
  ),
  bad(
    "topK of more categories than a row has",
    ({ x }) => topK(K, x, { cols: 3, k: 3 }),
    ArgumentError,
    "k",
    "at most the number of categories above -Infinity in every row, got 3, of which row 1 has fewer",
  ),
  ...each<number>(
    "categorical",
    "draws",
    [0, -1, 1.5, "1", null, 2 ** 32 + 1],
    "an integer from 1 to 4294967296",
    (draws, { x }) => categorical(K, x, { draws }),
  ),
  bad(
    "categorical with more draws than memory holds",
    () => categorical(K, new Float32Array(2 ** 18), { cols: 1, draws: 2 ** 32 }),
    ArgumentError,
    "draws",
    /^a length that an array can have here, got \d+$/,
  ),
  ...each<boolean>("gumbelSoftmax", "hard", [0, 1, "yes", null], "true or false", (hard, { x }) =>
    gumbelSoftmax(K, x, { hard }),
  ),
  ...each<number>(
    "gumbelSoftmax",
    "offset",
    [-4, 0.5, 2 ** 53, "0", null],
    "an integer of 0 or more",
    (offset, { x }) => gumbelSoftmax(K, x, { offset }),
  ),
  bad(
    "gumbelSoftmaxGrad of an upstream of another length",
    ({ x, two }) => gumbelSoftmaxGrad(x, two),
    ShapeError,
    "upstream",
    "the 6 elements of samples, got 2 elements",
  ),
  bad(
    "gumbelSoftmaxGrad into its upstream",
    ({ x, out }) => gumbelSoftmaxGrad(x, out, { out }),
    ArgumentError,
    "out",
    OVERLAP,
  ),
];

/** A bare number, or a name that is not one: left alone, the default would be used in silence. */
const options: BadCall[] = [
  ["gumbelSoftmax", (x: Float32Array, o: unknown) => gumbelSoftmax(K, x, wrong(o))],
  ["gumbelSoftmaxGrad", (x: Float32Array, o: unknown) => gumbelSoftmaxGrad(x, x, wrong(o))],
  ["categorical", (x: Float32Array, o: unknown) => categorical(K, x, wrong(o))],
  ["topK", (x: Float32Array, o: unknown) => topK(K, x, wrong(o))],
  ["conditionalGumbel", (x: Float32Array, o: unknown) => conditionalGumbel(K, x, wrong(o))],
  ["truncatedGumbel", (x: Float32Array, o: unknown) => truncatedGumbel(K, x, wrong(o))],
  ["topDownGumbel", (x: Float32Array, o: unknown) => topDownGumbel(K, x, wrong(o))],
  ["importanceWeights", (x: Float32Array, o: unknown) => importanceWeights(K, x, wrong(o))],
  ["streamCategorical", (_: Float32Array, o: unknown) => streamCategorical(K, wrong(o))],
  ["streamTopK", (_: Float32Array, o: unknown) => streamTopK(K, wrong(o))],
  ["streamReservoir", (_: Float32Array, o: unknown) => streamReservoir(K, wrong(o))],
  ["streamLogSumExp", (_: Float32Array, o: unknown) => streamLogSumExp(wrong(o))],
  ["gumbel", (_: Float32Array, o: unknown) => gumbel(K, 3, wrong(o))],
].flatMap(([name, call]) => {
  const draw = call as (x: Float32Array, o: unknown) => unknown;
  return [
    bad(`${name} with a bare number`, ({ x }) => draw(x, 0.1), ArgumentError, "options", /named options, got 0.1$/),
    bad(`${name} with null`, ({ x }) => draw(x, null), ArgumentError, "options", /named options, got null$/),
    bad(
      `${name} with a misspelt option`,
      ({ x }) => draw(x, { temperature: 0.1 }),
      ArgumentError,
      "options",
      /^no options but [a-zA-Z, ]+, got one named "temperature"$/,
    ),
  ];
});

export const BAD_SAMPLING: readonly BadCall[] = [keys, names, noise, others, options].flat();
