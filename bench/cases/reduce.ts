import { parameter, sum, type Tensor } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { logits, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { forward, graph } from "./graph.ts";
import { COLS, LAYER, ROWS, SIZE } from "./layer.ts";

/** What each sums, and where the plain and the pasted form put it. */
type Reduction = readonly [
  name: string,
  baseline: string,
  ours: (x: Tensor) => Tensor,
  plain: (x: Float32Array) => () => unknown,
  pasted: (x: Float32Array) => () => unknown,
];

const reductions: readonly Reduction[] = [
  [
    "sum of everything",
    "four f64 accumulators",
    (x) => sum(x),
    (x) => () => js.sum(x),
    (x) => {
      const list = [...x];
      return () => naive.total(list);
    },
  ],
  [
    "sums of rows",
    "four f64 accumulators",
    (x) => sum(x, { axis: -1 }),
    (x) => {
      const out = new Float32Array(ROWS);
      return () => js.sumRows(out, x, COLS);
    },
    (x) => {
      const lists = rowsOf(x, COLS);
      return () => naive.sumRows(lists);
    },
  ],
  [
    "sums of columns",
    "row by row into f64",
    (x) => sum(x, { axis: 0 }),
    (x) => {
      const [out, work] = [new Float32Array(COLS), new Float64Array(COLS)];
      return () => js.sumColumns(out, x, work);
    },
    (x) => {
      const lists = rowsOf(x, COLS);
      return () => naive.sumColumns(lists);
    },
  ],
];

export const reduceCases: readonly Case[] = reductions.map(([name, baseline, ours, plain, pasted]) => ({
  ...graph,
  name,
  size: by(...LAYER),
  baseline,
  elements: SIZE,
  prepare: () => {
    const values = logits(SIZE);
    const x = parameter(LAYER, values);
    return {
      ours: forward(() => ours(x)),
      baseline: plain(values),
      naive: pasted(values),
      dispose: () => x.dispose(),
    };
  },
}));
