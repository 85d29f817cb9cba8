import { conditionalGumbel, importanceWeights, streamLogSumExp, streamTopK } from "reparam";
import * as js from "../baseline/index.ts";
import { logits, noise } from "../data.ts";
import { by, type Case } from "./case.ts";

/** The vocabulary of a large language model (Qwen 2.5). */
const VOCABULARY = 151_936;
const CHUNK = 4096;
const K = 50;

const vocabulary = { group: "Exact draws", via: "reparam", elements: VOCABULARY } as const;
const size = by(1, VOCABULARY);

/** A row cut into chunks. */
function chunksOf(x: Float32Array): Float32Array[] {
  const count = Math.ceil(x.length / CHUNK);
  return Array.from({ length: count }, (_, i) => x.subarray(i * CHUNK, (i + 1) * CHUNK));
}

function topKOf(x: Float32Array): () => void {
  const [indices, scores] = [new Int32Array(K), new Float32Array(K)];
  return () => js.topK(indices, scores, x);
}

export const streamCases: readonly Case[] = [
  {
    ...vocabulary,
    name: `streamTopK ${K}`,
    size: `${size} by ${CHUNK}`,
    baseline: "-log -log u, sorted insertion",
    prepare: () => {
      const x = logits(VOCABULARY);
      const chunks = chunksOf(x);
      return {
        ours: () => chunks.reduce((stream, chunk) => stream.push(chunk), streamTopK(noise, { k: K })).result(),
        baseline: topKOf(x),
      };
    },
  },
  {
    ...vocabulary,
    name: "streamLogSumExp",
    size: `${size} by ${CHUNK}`,
    baseline: "max, exp, sum in f64",
    prepare: () => {
      const x = logits(VOCABULARY);
      const chunks = chunksOf(x);
      const out = new Float32Array(1);
      return {
        ours: () => chunks.reduce((stream, chunk) => stream.push(chunk), streamLogSumExp()).result(),
        baseline: () => js.logSumExp(out, x, 1, VOCABULARY, 1),
      };
    },
  },
  {
    ...vocabulary,
    name: `importanceWeights ${K}`,
    size,
    baseline: "-log -log u, sorted insertion",
    prepare: () => {
      const x = logits(VOCABULARY);
      return { ours: () => importanceWeights(noise, x, { k: K }), baseline: topKOf(x) };
    },
  },
  {
    ...vocabulary,
    name: "conditionalGumbel",
    size,
    baseline: "-log(exp(-top) + E exp(-logit))",
    prepare: () => {
      const x = logits(VOCABULARY);
      const z = new Float32Array(VOCABULARY);
      return {
        ours: () => conditionalGumbel(noise, x, { index: 5, out: z }),
        baseline: () => js.conditionalGumbel(z, x, 5),
      };
    },
  },
];
