import { bernoulliLogLikelihood, categoricalKl, parameter, stopGradient } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { logits, pixels, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { forward, gradient, graph, withGradient } from "./graph.ts";

/** Pixels of a batch of digits. */
const IMAGES = [100, 784] as const;
const [ROWS, COLS] = IMAGES;

const images = { size: by(...IMAGES), elements: ROWS * COLS };

function imageData() {
  const [x, t] = [logits(ROWS * COLS), pixels(ROWS * COLS)];
  const [l, targets] = [parameter(IMAGES, x), parameter(IMAGES, t)];
  const dispose = () => {
    for (const each of [l, targets]) each.dispose();
  };
  return { x, t, l, targets, out: new Float32Array(ROWS), dispose };
}

const bernoulliForward: Case = {
  ...graph,
  ...images,
  name: "bernoulliLogLikelihood",
  baseline: "t l - softplus(l)",
  prepare: () => {
    const { x, t, l, targets, out, dispose } = imageData();
    const [xs, ts] = [rowsOf(x, COLS), rowsOf(t, COLS)];
    return {
      ours: forward(() => bernoulliLogLikelihood(l, targets)),
      baseline: () => js.bernoulli(out, x, t, COLS),
      naive: () => xs.map((list, row) => naive.bernoulli(list, ts[row])),
      dispose,
    };
  },
};

const bernoulliBackward: Case = {
  ...withGradient,
  ...images,
  name: "bernoulliLogLikelihood",
  baseline: "t l - softplus(l); t - sigmoid(l)",
  prepare: () => {
    const { x, t, l, targets, out, dispose } = imageData();
    const dx = new Float32Array(x.length);
    return {
      ours: gradient(() => bernoulliLogLikelihood(l, stopGradient(targets))),
      baseline: () => {
        js.bernoulli(out, x, t, COLS);
        js.bernoulliGrad(dx, x, t, 1);
      },
      dispose,
    };
  },
};

/** KL to the uniform distribution of the 20 variables of 10 categories of each image. */
function klCase(rows: number, cols: number): Case {
  return {
    ...graph,
    name: "categoricalKl",
    size: by(rows, cols),
    baseline: "one exponential an element",
    elements: rows * cols,
    prepare: () => {
      const values = logits(rows * cols);
      const lists = rowsOf(values, cols);
      const out = new Float32Array(rows);
      const x = parameter([rows, cols], values);
      return {
        ours: forward(() => categoricalKl(x)),
        baseline: () => js.categoricalKl(out, values, cols),
        naive: () => lists.map((list) => naive.categoricalKl(list)),
        dispose: () => x.dispose(),
      };
    },
  };
}

function klGradientCase(rows: number, cols: number): Case {
  return {
    ...withGradient,
    name: "categoricalKl",
    size: by(rows, cols),
    baseline: "probabilities and logarithms kept",
    elements: rows * cols,
    prepare: () => {
      const values = logits(rows * cols);
      const [out, q, logQ, dx] = [rows, values.length, values.length, values.length].map((n) => new Float32Array(n));
      const x = parameter([rows, cols], values);
      return {
        ours: gradient(() => categoricalKl(x)),
        baseline: () => {
          js.categoricalKlKeeping(out, q, logQ, values, cols);
          js.categoricalKlKeptGrad(dx, q, logQ, out, cols, 1);
        },
        dispose: () => x.dispose(),
      };
    },
  };
}

export const likelihoodCases: readonly Case[] = [bernoulliForward, klCase(2000, 10)];

export const likelihoodGradientCases: readonly Case[] = [bernoulliBackward, klGradientCase(2000, 10)];
