import { categorical, gumbelSoftmax, softmax } from "reparam";
import * as js from "../baseline/index.ts";
import { keys, logits, noise } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case, type Contestants } from "./case.ts";

/** Calls in a run: one of less than a microsecond is below what a clock can tell, 1 ms in a browser. */
const REPEATS = 2000;

const times = (work: (i: number) => unknown) => () => {
  for (let i = 0; i < REPEATS; i++) work(i);
};

/** What a call costs when it has next to nothing to do: checks, copies, the way into wasm. One short row. */
function shortRow(name: string, cols: number, baseline: string, contestants: (row: Float32Array) => Contestants): Case {
  return {
    group: "One short row",
    name,
    size: by(1, cols),
    via: "reparam",
    baseline,
    elements: cols,
    repeats: REPEATS,
    prepare: () => contestants(logits(cols)),
  };
}

function softmaxRow(row: Float32Array): Contestants {
  const out = new Float32Array(row.length);
  const list = [...row];
  return {
    ours: times(() => softmax(row, { out })),
    baseline: times(() => js.softmax(out, row, 1, row.length, 1)),
    naive: times(() => naive.softmax(list)),
  };
}

function gumbelSoftmaxRow(row: Float32Array): Contestants {
  const out = new Float32Array(row.length);
  const list = [...row];
  return {
    ours: times((i) => gumbelSoftmax(noise, row, { offset: i * row.length, out })),
    baseline: times(() => js.gumbelSoftmax(out, row, 1, row.length, 1)),
    naive: times(() => naive.gumbelSoftmax(list)),
  };
}

/** Array in, array out: both make the result's. */
function newGumbelSoftmaxRow(row: Float32Array): Contestants {
  const list = [...row];
  return {
    ours: times((i) => gumbelSoftmax(noise, row, { offset: i * row.length })),
    baseline: times(() => js.gumbelSoftmax(new Float32Array(row.length), row, 1, row.length, 1)),
    naive: times(() => naive.gumbelSoftmax(list)),
  };
}

function categoricalRow(row: Float32Array): Contestants {
  const out = new Int32Array(1);
  const work = new Float32Array(row.length);
  const list = [...row];
  const next = keys();
  return {
    ours: times(() => categorical(next(), row)),
    baseline: times(() => js.categorical(out, row, work, 1, row.length)),
    naive: times(() => naive.categorical(list)),
  };
}

export const overheadCases: readonly Case[] = [
  ...[8, 16].flatMap((cols) => [
    shortRow("softmax", cols, "max, exp, sum in f64", softmaxRow),
    shortRow("gumbelSoftmax", cols, "-log -log u, then softmax", gumbelSoftmaxRow),
    shortRow("categorical", cols, "softmax, then cumulative sum", categoricalRow),
  ]),
  ...[8, 16, 32].map((cols) =>
    shortRow("gumbelSoftmax, new array", cols, "-log -log u, then softmax", newGumbelSoftmaxRow),
  ),
];
