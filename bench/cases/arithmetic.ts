import { add, mul } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { gradients, logits, pixels, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { forward, graph, parameters, withGradient } from "./graph.ts";
import { inWasm } from "./kernel.ts";
import { COLS, LAYER, ROWS, SIZE } from "./layer.ts";

const layer = { size: by(...LAYER), elements: SIZE };

const product: Case = {
  ...graph,
  ...layer,
  name: "mul",
  baseline: "one loop",
  prepare: () => {
    const [a, b] = [logits(SIZE), gradients(SIZE)];
    const [as, bs] = [[...a], [...b]];
    const out = new Float32Array(SIZE);
    const { all, dispose } = parameters([LAYER, a], [LAYER, b]);
    return {
      ours: forward(() => mul(all[0], all[1])),
      baseline: () => js.mul(out, a, b),
      naive: () => naive.mul(as, bs),
      dispose,
    };
  },
};

const addRow: Case = {
  ...graph,
  ...layer,
  name: "add a row",
  baseline: "a loop in a loop",
  prepare: () => {
    const [x, bias] = [logits(SIZE), gradients(COLS)];
    const [lists, list] = [rowsOf(x, COLS), [...bias]];
    const out = new Float32Array(SIZE);
    const { all, dispose } = parameters([LAYER, x], [[COLS], bias]);
    return {
      ours: forward(() => add(all[0], all[1])),
      baseline: () => js.addRow(out, x, bias),
      naive: () => naive.addRow(lists, list),
      dispose,
    };
  },
};

const addColumn: Case = {
  ...graph,
  ...layer,
  name: "add a column",
  baseline: "a loop in a loop",
  prepare: () => {
    const [x, column] = [logits(SIZE), gradients(ROWS)];
    const [lists, list] = [rowsOf(x, COLS), [...column]];
    const out = new Float32Array(SIZE);
    const { all, dispose } = parameters([LAYER, x], [[ROWS, 1], column]);
    return {
      ours: forward(() => add(all[0], all[1])),
      baseline: () => js.addColumn(out, x, column, COLS),
      naive: () => naive.addColumn(lists, list),
      dispose,
    };
  },
};

/** Kernels alone, for the reason that activations-grad.ts gives. */
const elementwise = { ...withGradient, ...layer, via: "kernel" } as const;

const productGradient: Case = {
  ...elementwise,
  name: "mul",
  baseline: "both gradients in one loop",
  prepare: () => {
    const [a, b, g] = [logits(SIZE), pixels(SIZE), gradients(SIZE)];
    const [out, da, db] = Array.from({ length: 3 }, () => new Float32Array(SIZE));
    const { kernels, at, dispose } = inWasm(a, b, g, SIZE, SIZE, SIZE);
    const [ourA, ourB, ourG, ourOut, ourDa, ourDb] = at;
    return {
      ours: () => {
        kernels.mulForward(ourOut, ourA, ourB, SIZE);
        kernels.accumulateProduct(ourDa, ourG, ourB, 1, SIZE);
        kernels.accumulateProduct(ourDb, ourG, ourA, 1, SIZE);
      },
      baseline: () => {
        js.mul(out, a, b);
        js.mulGrad(da, db, a, b, g);
      },
      dispose,
    };
  },
};

const quotientGradient: Case = {
  ...elementwise,
  name: "div",
  baseline: "both gradients in one loop",
  prepare: () => {
    const [a, b, g] = [logits(SIZE), pixels(SIZE), gradients(SIZE)];
    const [out, da, db] = Array.from({ length: 3 }, () => new Float32Array(SIZE));
    const { kernels, at, dispose } = inWasm(a, b, g, SIZE, SIZE, SIZE, SIZE);
    const [ourA, ourB, ourG, ourOut, ourDa, ourDb, work] = at;
    return {
      ours: () => {
        kernels.divForward(ourOut, ourA, ourB, SIZE);
        kernels.accumulateQuotient(ourDa, ourG, ourB, 1, SIZE);
        kernels.mulForward(work, ourG, ourOut, SIZE);
        kernels.accumulateQuotient(ourDb, work, ourB, -1, SIZE);
      },
      baseline: () => {
        js.div(out, a, b);
        js.divGrad(da, db, out, b, g);
      },
      dispose,
    };
  },
};

export const arithmeticCases: readonly Case[] = [product, addRow, addColumn];

export const arithmeticGradientCases: readonly Case[] = [productGradient, quotientGradient];
