// Bad calls of `reparam`: functions of logits.

import * as graph from "../../bindings/graph/index.ts";
import {
  ArgumentError,
  categorical,
  conditionalGumbel,
  gumbelSoftmax,
  gumbelSoftmaxGrad,
  importanceWeights,
  logSoftmax,
  logSumExp,
  ShapeError,
  softmax,
  topDownGumbel,
  topK,
  truncatedGumbel,
} from "../../bindings/index.ts";
import { type BadCall, bad, each, K, OVERLAP, show, wrong } from "./bad-call.ts";

interface Options {
  readonly cols?: number;
  readonly tau?: number | number[];
  readonly out?: Float32Array;
}
type OnLogits = (x: Float32Array, options: Options) => unknown;
type Calls = [name: string, call: OnLogits][];

const TEMPERED: Calls = [
  ["softmax", softmax],
  ["logSoftmax", logSoftmax],
  ["logSumExp", logSumExp],
  ["gumbelSoftmax", (x, options) => gumbelSoftmax(K, x, options)],
  ["hard gumbelSoftmax", (x, options) => gumbelSoftmax(K, x, { ...options, hard: true })],
];
const CONDITIONAL: Calls = [
  ["conditionalGumbel", (x, options) => conditionalGumbel(K, x, { index: 0, ...options })],
  ["truncatedGumbel", (x, options) => truncatedGumbel(K, x, { bound: 0, ...options })],
  ["topDownGumbel", (x, options) => topDownGumbel(K, x, { max: 0, ...options })],
];
const ON_LOGITS: Calls = [
  ...TEMPERED,
  ["categorical", (x, options) => categorical(K, x, options)],
  ["topK", (x, options) => topK(K, x, { k: 1, ...options })],
  ["importanceWeights", (x, options) => importanceWeights(K, x, { k: 1, ...options })],
  ...CONDITIONAL,
];
const GRAD: Calls = [["gumbelSoftmaxGrad", (x, options) => gumbelSoftmaxGrad(x, new Float32Array(6), options)]];
const inGraph: OnLogits = (x, { cols = 3, ...options }) =>
  graph.step(() => void graph.gumbelSoftmax(K, graph.tensor(x, [x.length / cols, cols]), options));
const IN_GRAPH: Calls = [["graph.gumbelSoftmax", inGraph]];

const logits = [...ON_LOGITS, ...IN_GRAPH].flatMap(([name, call]) => {
  const refuses = (what: string, values: number[], message: string) =>
    bad(
      `${name} of ${what}`,
      ({ x }) =>
        call(
          x.map((v, i) => values[i] ?? v),
          { cols: 3 },
        ),
      ArgumentError,
      "logits",
      message,
    );
  const expected = "finite numbers, or -Infinity for an absent category";
  return [
    refuses("NaN", [0, 0, 0, 0, Number.NaN], `${expected}, got NaN at index 4 (row 1, category 1)`),
    refuses("+Infinity", [0, 0, Infinity], `${expected}, got Infinity at index 2 (row 0, category 2)`),
    refuses(
      "a row of -Infinity",
      [0, 0, 0, -Infinity, -Infinity, -Infinity],
      "a category above -Infinity in every row, got row 1, all -Infinity",
    ),
  ];
});

const taus = [...TEMPERED, ...GRAD, ...IN_GRAPH].flatMap(([name, call]) => {
  const at = (tau: number, { head }: { head: Float32Array }) => call(head, { cols: 3, tau });
  return [
    ...each(name, "tau", [0, -1, Number.NaN, Infinity, -Infinity], "a finite number above 0", at),
    ...["1", null, true].map((tau) =>
      // Whatever else may come, a number is what is meant.
      bad(
        `${name}, tau ${show(tau)},`,
        (f) => at(wrong(tau), f),
        ArgumentError,
        "tau",
        /^a (finite )?number.*, got (null|"1"|true)$/,
      ),
    ),
    bad(
      `${name}, a tau of 0 for row 1,`,
      ({ head }) => call(head, { cols: 3, tau: [1, 0] }),
      ArgumentError,
      "tau[1]",
      "a finite number above 0, got 0",
    ),
    bad(
      `${name}, three taus for two rows,`,
      ({ head }) => call(head, { cols: 3, tau: [1, 2, 3] }),
      ShapeError,
      "tau",
      "one number, or one for each of the 2 rows, got 3 numbers",
    ),
  ];
});

const cols = [...ON_LOGITS, ...GRAD].flatMap(([name, call]) => {
  const of = (value: number, { head }: { head: Float32Array }) => call(head, { cols: value });
  return [
    ...each(name, "cols", [0, -3, 1.5, Number.NaN, Infinity, "3", null], "an integer of 1 or more", of),
    ...each(`${name} of 6 logits`, "cols", [4, 7], "a divisor of the length 6", of, ShapeError),
  ];
});

const NO_FLOATS: [value: unknown, element: string, came: string][] = [
  [new Int32Array(6), "", "an? Int32Array of length 6"],
  [new BigInt64Array(6), "", "a BigInt64Array of length 6"],
  [new ArrayBuffer(24), "", "an object .ArrayBuffer."],
  ["text", "", '"text"'],
  [null, "", "null"],
  [undefined, "", "undefined"],
  [5, "", "5"],
  [{ length: 6 }, "", "an? Object of length 6"],
  [[1, "2", 3], "[1]", '"2"'],
  [[1, 2, null], "[2]", "null"],
  [[1, 2, 3n], "[2]", "3n"],
];
const values = [...ON_LOGITS, ...GRAD].flatMap(([name, call]) => {
  const argument = name === "gumbelSoftmaxGrad" ? "samples" : "logits";
  const none = "at least one element, got an empty array";
  return [
    ...NO_FLOATS.map(([value, element, came]) =>
      bad(
        `${name} of ${show(value)}`,
        () => call(wrong(value), {}),
        ArgumentError,
        argument + element,
        new RegExp(`number.*, got ${came}$`),
      ),
    ),
    bad(`${name} of []`, () => call(wrong([]), {}), ShapeError, argument, none),
    bad(`${name} of Float32Array(0)`, () => call(new Float32Array(0), {}), ShapeError, argument, none),
  ];
});

const outs = [...TEMPERED, ...CONDITIONAL, ...GRAD].flatMap(([name, call]) => {
  const length = name === "logSumExp" ? 2 : 6;
  const wrongTypes: [value: unknown, came: RegExp][] = [
    [new Float64Array(length), /a Float64Array/],
    [new Uint32Array(length), /an? Uint32Array/],
    [Array.from({ length }, () => 0), /an array/],
    [null, /null/],
  ];
  const into = (
    what: string,
    array: (f: { head: Float32Array; out: Float32Array }) => Float32Array,
    error: typeof ShapeError,
    message: string,
  ) => bad(`${name} into ${what}`, (f) => call(f.head, { cols: 3, out: array(f) }), error, "out", message);
  return [
    ...wrongTypes.map(([out, came]) =>
      bad(
        `${name} into ${show(out)}`,
        ({ x }) => call(x, { cols: 3, out: wrong(out) }),
        ArgumentError,
        "out",
        new RegExp(`^a Float32Array, got ${came.source}`),
      ),
    ),
    into(
      "an array that is too short",
      ({ out }) => out.subarray(1),
      ShapeError,
      `a Float32Array of length ${length}, got length 5`,
    ),
    into("its input", ({ head }) => head.subarray(0, length), ArgumentError, OVERLAP),
    into(
      "an array from the last element of its input on",
      ({ head }) => new Float32Array(head.buffer, 20, length),
      ArgumentError,
      OVERLAP,
    ),
  ];
});

export const BAD_ARRAYS: readonly BadCall[] = [logits, taus, cols, values, outs].flat();
