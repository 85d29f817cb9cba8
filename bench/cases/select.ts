import { categorical, topK } from "reparam";
import * as js from "../baseline/index.ts";
import { logits, noise, rowsOf } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";

/** The vocabulary of a large language model (Qwen 2.5). */
const VOCABULARY = 151_936;
const K = 50;

const group = "Exact draws";
const via = "reparam";

function draws(rows: number, cols: number): Case {
  return {
    group,
    name: "categorical",
    size: by(rows, cols),
    via,
    baseline: "softmax, then cumulative sum",
    elements: rows * cols,
    prepare: () => {
      const x = logits(rows * cols);
      const lists = rowsOf(x, cols);
      const out = new Int32Array(rows);
      const work = new Float32Array(cols);
      return {
        ours: () => categorical(noise, x, { cols }),
        baseline: () => js.categorical(out, x, work, rows, cols),
        naive: () => lists.map((list) => naive.categorical(list)),
      };
    },
  };
}

const vocabulary = { group, via, size: by(1, VOCABULARY), elements: VOCABULARY } as const;

export const selectCases: readonly Case[] = [
  draws(1, VOCABULARY),
  {
    ...vocabulary,
    name: "categorical, as Gumbel-max",
    baseline: "-log -log u, then argmax",
    prepare: () => {
      const x = logits(VOCABULARY);
      const list = [...x];
      return {
        ours: () => categorical(noise, x),
        baseline: () => js.gumbelMax(x),
        naive: () => naive.gumbelMax(list),
      };
    },
  },
  draws(16384, 10),
  {
    ...vocabulary,
    name: `topK ${K}`,
    baseline: "-log -log u, sorted insertion",
    prepare: () => {
      const x = logits(VOCABULARY);
      const list = [...x];
      const indices = new Int32Array(K);
      const scores = new Float32Array(K);
      return {
        ours: () => topK(noise, x, { k: K }),
        baseline: () => js.topK(indices, scores, x),
        naive: () => naive.topK(list, K),
      };
    },
  },
];
