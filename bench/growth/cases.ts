import { categorical, gumbelSoftmax, softmax } from "reparam";
import * as js from "../baseline/index.ts";
import { by, type Case } from "../cases/case.ts";
import { keys, logits, noise } from "../data.ts";
import { categoricalDraws } from "./draws.ts";

/** What grows; a panel of the picture. */
export type Axis = "rows" | "columns" | "categories" | "draws";

/** A point of a curve. */
export interface GrowthCase extends Case {
  readonly axis: Axis;
  readonly at: number;
}

const TAU = 0.5;
const COLS = 10;
const TOTAL = 1 << 20;
const VOCABULARY = 1024;

/** From `first`, each four times the one before, up to `last`. */
function byFours(first: number, last: number): number[] {
  const steps = Array.from({ length: Math.floor(Math.log(last / first) / Math.log(4) + 1e-9) + 1 }, (_, i) => i);
  return steps.map((step) => first * 4 ** step);
}

const point = (axis: Axis, at: number, size: string, elements: number) =>
  ({ axis, at, size, elements, group: `Growth with ${axis}`, via: "reparam" }) as const;

/** softmax and gumbelSoftmax of a matrix. */
function relaxed(axis: Axis, at: number, rows: number, cols: number): GrowthCase[] {
  const shape = point(axis, at, by(rows, cols), rows * cols);
  const onData = () => ({ x: logits(rows * cols), out: new Float32Array(rows * cols) });
  return [
    {
      ...shape,
      name: "softmax",
      baseline: "max, exp, sum in f64",
      prepare: () => {
        const { x, out } = onData();
        return { ours: () => softmax(x, { cols, out }), baseline: () => js.softmax(out, x, rows, cols, 1) };
      },
    },
    {
      ...shape,
      name: "gumbelSoftmax",
      baseline: "-log -log u, then softmax",
      prepare: () => {
        const { x, out } = onData();
        return {
          ours: () => gumbelSoftmax(noise, x, { cols, tau: TAU, out }),
          baseline: () => js.gumbelSoftmax(out, x, rows, cols, TAU),
        };
      },
    },
  ];
}

const oneDraw = (cols: number): GrowthCase => ({
  ...point("categories", cols, by(1, cols), cols),
  name: "categorical",
  baseline: "softmax, then cumulative sum",
  prepare: () => {
    const x = logits(cols);
    const next = keys();
    const [out, work] = [new Int32Array(1), new Float32Array(cols)];
    return { ours: () => categorical(next(), x), baseline: () => js.categorical(out, x, work, 1, cols) };
  },
});

const manyDraws = (draws: number): GrowthCase => ({
  ...point("draws", draws, `${draws} of ${VOCABULARY}`, draws),
  name: "categorical",
  baseline: "cumulative sums once, a binary search a draw",
  prepare: () => {
    const x = logits(VOCABULARY);
    const next = keys();
    const [out, work] = [new Int32Array(draws), new Float64Array(VOCABULARY)];
    return { ours: () => categorical(next(), x, { draws }), baseline: () => categoricalDraws(out, x, work) };
  },
});

export const growthCases: readonly GrowthCase[] = [
  ...byFours(1, 65536).flatMap((rows) => relaxed("rows", rows, rows, COLS)),
  ...[2, ...byFours(4, TOTAL)].flatMap((cols) => relaxed("columns", cols, TOTAL / cols, cols)),
  ...[2, ...byFours(4, TOTAL)].map(oneDraw),
  ...byFours(1, 4096).map(manyDraws),
];
