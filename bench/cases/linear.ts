import { matmul, parameter } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { gradients, logits, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import type { Case } from "./case.ts";
import { forward, graph } from "./graph.ts";

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

export const linearCases: readonly Case[] = [matmulCase(512)];
