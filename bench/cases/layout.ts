import { concatenate, slice } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { gradients, logits, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { forward, graph, parameters } from "./graph.ts";
import { COLS, LAYER, ROWS, SIZE } from "./layer.ts";

/** Along the columns, where every row is a copy of its own. */
const HALF = COLS / 2;

const joined: Case = {
  ...graph,
  name: "concatenate two",
  size: by(...LAYER),
  baseline: "set of a subarray, row by row",
  elements: SIZE,
  prepare: () => {
    const [a, b] = [logits(SIZE / 2), gradients(SIZE / 2)];
    const [as, bs] = [rowsOf(a, HALF), rowsOf(b, HALF)];
    const out = new Float32Array(SIZE);
    const { all, dispose } = parameters([[ROWS, HALF], a], [[ROWS, HALF], b]);
    return {
      ours: forward(() => concatenate(all)),
      baseline: () => js.concatenate(out, a, b, ROWS, HALF, HALF),
      naive: () => naive.concatenate(as, bs),
      dispose,
    };
  },
};

const half: Case = {
  ...graph,
  name: "slice",
  size: by(ROWS, HALF),
  baseline: "set of a subarray, row by row",
  elements: SIZE / 2,
  prepare: () => {
    const x = logits(SIZE);
    const lists = rowsOf(x, COLS);
    const out = new Float32Array(SIZE / 2);
    const { all, dispose } = parameters([LAYER, x]);
    return {
      ours: forward(() => slice(all[0], { start: HALF })),
      baseline: () => js.slice(out, x, ROWS, COLS, HALF, COLS),
      naive: () => naive.slice(lists, HALF, COLS),
      dispose,
    };
  },
};

export const layoutCases: readonly Case[] = [joined, half];
