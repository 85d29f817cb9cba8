import { gumbelSoftmax, gumbelSoftmaxGrad } from "reparam";
import * as js from "../baseline/index.ts";
import { gradients, logits, noise, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { MATRICES, type Matrix } from "./matrices.ts";

const TAU = 0.5;

const shape = ([rows, cols]: Matrix) =>
  ({ group: "Gumbel-Softmax", size: by(rows, cols), via: "reparam", elements: rows * cols }) as const;

function soft([rows, cols]: Matrix): Case {
  return {
    ...shape([rows, cols]),
    name: "gumbelSoftmax",
    baseline: "-log -log u, then softmax",
    prepare: () => {
      const x = logits(rows * cols);
      const lists = rowsOf(x, cols);
      const out = new Float32Array(x.length);
      return {
        ours: () => gumbelSoftmax(noise, x, { cols, tau: TAU, out }),
        baseline: () => js.gumbelSoftmax(out, x, rows, cols, TAU),
        naive: () => lists.map((list) => naive.gumbelSoftmax(list, TAU)),
      };
    },
  };
}

function hard([rows, cols]: Matrix): Case {
  return {
    ...shape([rows, cols]),
    name: "gumbelSoftmax hard",
    baseline: "-log -log u, then argmax",
    prepare: () => {
      const x = logits(rows * cols);
      const lists = rowsOf(x, cols);
      const out = new Float32Array(x.length);
      return {
        ours: () => gumbelSoftmax(noise, x, { cols, hard: true, out }),
        baseline: () => js.gumbelOneHot(out, x, rows, cols),
        naive: () => lists.map((list) => naive.gumbelOneHot(list)),
      };
    },
  };
}

function grad([rows, cols]: Matrix): Case {
  return {
    ...shape([rows, cols]),
    name: "gumbelSoftmaxGrad",
    baseline: "y (g - <y, g>) / tau",
    prepare: () => {
      const y = gumbelSoftmax(noise, logits(rows * cols), { cols, tau: TAU });
      const g = gradients(y.length);
      const [ys, gs] = [rowsOf(y, cols), rowsOf(g, cols)];
      const out = new Float32Array(y.length);
      return {
        ours: () => gumbelSoftmaxGrad(y, g, { cols, tau: TAU, out }),
        baseline: () => js.gumbelSoftmaxGrad(out, y, g, rows, cols, TAU),
        naive: () => ys.map((list, row) => naive.gumbelSoftmaxGrad(list, gs[row], TAU)),
      };
    },
  };
}

/** What a training step asks of it. */
function both([rows, cols]: Matrix): Case {
  return {
    ...shape([rows, cols]),
    name: "gumbelSoftmax, then its gradient",
    baseline: "-log -log u, softmax; y (g - <y, g>) / tau",
    prepare: () => {
      const x = logits(rows * cols);
      const g = gradients(x.length);
      const [xs, gs] = [rowsOf(x, cols), rowsOf(g, cols)];
      const [y, out] = [new Float32Array(x.length), new Float32Array(x.length)];
      return {
        ours: () => {
          gumbelSoftmax(noise, x, { cols, tau: TAU, out: y });
          gumbelSoftmaxGrad(y, g, { cols, tau: TAU, out });
        },
        baseline: () => {
          js.gumbelSoftmax(y, x, rows, cols, TAU);
          js.gumbelSoftmaxGrad(out, y, g, rows, cols, TAU);
        },
        naive: () => xs.map((list, row) => naive.gumbelSoftmaxGrad(naive.gumbelSoftmax(list, TAU), gs[row], TAU)),
      };
    },
  };
}

export const gumbelSoftmaxCases: readonly Case[] = [
  ...[soft, hard, grad].flatMap((make) => MATRICES.map(make)),
  both(MATRICES[0]),
];
