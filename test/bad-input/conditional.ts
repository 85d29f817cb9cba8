// Bad calls of `reparam`: draws under a condition, and weights.

import {
  ArgumentError,
  conditionalGumbel,
  importanceWeights,
  ShapeError,
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

export const BAD_CONDITIONAL: readonly BadCall[] = conditions;
