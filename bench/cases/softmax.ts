import { logSoftmax, logSumExp, softmax } from "reparam";
import * as js from "../baseline/index.ts";
import { logits, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { MATRICES, type Matrix } from "./matrices.ts";

/** The function, its plain and its pasted form, and the length of the result for a matrix. */
type Row = readonly [
  ours: typeof softmax,
  plain: typeof js.softmax,
  pasted: (logits: number[]) => unknown,
  resultOf: (matrix: Matrix) => number,
];

const whole: Row["3"] = ([rows, cols]) => rows * cols;

const functions: readonly Row[] = [
  [softmax, js.softmax, naive.softmax, whole],
  [logSoftmax, js.logSoftmax, naive.logSoftmax, whole],
  [logSumExp, js.logSumExp, naive.logSumExp, ([rows]) => rows],
];

function softmaxCase([ours, plain, pasted, resultOf]: Row, [rows, cols]: Matrix): Case {
  return {
    group: "Softmax",
    name: ours.name,
    size: by(rows, cols),
    via: "reparam",
    baseline: "max, exp, sum in f64",
    elements: rows * cols,
    prepare: () => {
      const x = logits(rows * cols);
      const lists = rowsOf(x, cols);
      const out = new Float32Array(resultOf([rows, cols]));
      return {
        ours: () => ours(x, { cols, out }),
        baseline: () => plain(out, x, rows, cols, 1),
        naive: () => lists.map((list) => pasted(list)),
      };
    },
  };
}

export const softmaxCases: readonly Case[] = functions.flatMap((row) =>
  MATRICES.map((matrix) => softmaxCase(row, matrix)),
);
