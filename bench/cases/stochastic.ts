import { gumbelSoftmax } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { gradients, logits, noise, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { parameters, weightedGradient, withGradient } from "./graph.ts";

/** The codes of a batch of 100: 20 variables of 10 categories each. */
const [ROWS, COLS] = [2000, 10];
const SIZE = ROWS * COLS;
const TAU = 0.5;

const shape = { ...withGradient, size: by(ROWS, COLS), elements: SIZE };

function onBoth() {
  const [x, g] = [logits(SIZE), gradients(SIZE)];
  const [out, sample, dx] = Array.from({ length: 3 }, () => new Float32Array(SIZE));
  const { all, dispose } = parameters([[ROWS, COLS], x], [[ROWS, COLS], g]);
  const ours = (hard: boolean) => weightedGradient(() => gumbelSoftmax(noise, all[0], { tau: TAU, hard }), all[1]);
  return { x, g, out, sample, dx, ours, dispose };
}

const soft: Case = {
  ...shape,
  name: "gumbelSoftmax",
  baseline: "-log -log u, softmax; y (g - <y, g>) / tau",
  prepare: () => {
    const { x, g, out, dx, ours, dispose } = onBoth();
    const [xs, gs] = [rowsOf(x, COLS), rowsOf(g, COLS)];
    return {
      ours: ours(false),
      baseline: () => {
        js.gumbelSoftmax(out, x, ROWS, COLS, TAU);
        js.dot(out, g);
        js.gumbelSoftmaxGrad(dx, out, g, ROWS, COLS, TAU);
      },
      naive: () => xs.map((list, row) => naive.gumbelSoftmaxGrad(naive.gumbelSoftmax(list, TAU), gs[row], TAU)),
      dispose,
    };
  },
};

const hard: Case = {
  ...shape,
  name: "gumbelSoftmax hard",
  baseline: "the same, and an argmax",
  prepare: () => {
    const { x, g, out, sample, dx, ours, dispose } = onBoth();
    return {
      ours: ours(true),
      baseline: () => {
        js.gumbelStraightThrough(out, sample, x, ROWS, COLS, TAU);
        js.dot(out, g);
        js.gumbelSoftmaxGrad(dx, sample, g, ROWS, COLS, TAU);
      },
      dispose,
    };
  },
};

export const stochasticCases: readonly Case[] = [soft, hard];
