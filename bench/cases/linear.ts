import { linear, matmul, parameter } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { gradients, logits, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { forward, graph, parameters, weightedGradient, withGradient } from "./graph.ts";

function matmulCase(n: number): Case {
  return {
    ...graph,
    name: "matmul",
    size: `${n}³`,
    baseline: "i-k-j, four k at a time, blocked",
    elements: n ** 3,
    flops: 2 * n ** 3,
    prepare: () => {
      const [left, right] = [logits(n * n), gradients(n * n)];
      const [leftRows, rightRows] = [rowsOf(left, n), rowsOf(right, n)];
      const out = new Float32Array(n * n);
      const [a, b] = [parameter([n, n], left), parameter([n, n], right)];
      return {
        ours: forward(() => matmul(a, b)),
        baseline: () => js.matmul(out.fill(0), left, right, n, n, n),
        naive: () => naive.matmul(leftRows, rightRows),
        dispose: () => {
          for (const matrix of [a, b]) matrix.dispose();
        },
      };
    },
  };
}

/** A layer as it is trained: x W + b and the gradients of x, W and b, three products of the same size. */
function linearCase(rows: number, inputs: number, outputs: number): Case {
  const products = rows * inputs * outputs;
  return {
    ...withGradient,
    name: "linear",
    size: by(rows, inputs, outputs),
    baseline: "matmul as above, W transposed for dx",
    elements: products,
    flops: 3 * 2 * products,
    prepare: () => {
      const shapes = [[rows, inputs], [inputs, outputs], [outputs], [rows, outputs]];
      const [x, w, b] = [logits(rows * inputs), gradients(inputs * outputs), logits(outputs)];
      const dy = gradients(rows * outputs);
      const { all, dispose } = parameters([shapes[0], x], [shapes[1], w], [shapes[2], b], [shapes[3], dy]);
      const [input, weights, bias, upstream] = all;
      const [out, dx, dw, db, work] = [dy, x, w, b, w].map(({ length }) => new Float32Array(length));
      return {
        ours: weightedGradient(() => linear(input, weights, bias), upstream),
        baseline: () => {
          js.linear(out, x, w, b, rows);
          js.dot(out, dy);
          js.linearInputGrad(dx, dy, w, work, rows);
          js.linearWeightsGrad(dw, db, x, dy, rows);
        },
        dispose,
      };
    },
  };
}

export const linearCases: readonly Case[] = [matmulCase(512)];

export const linearGradientCases: readonly Case[] = [linearCase(128, 512, 512)];
