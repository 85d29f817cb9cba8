import { key, normal } from "reparam";
import { OneHotCategorical } from "reparam/distributions";
import { matmul, mul, reshape, sum, tanh, tensor } from "reparam/graph";
import { expectedCost, type Model, unit } from "../exact/model.ts";
import type { StandardProblem } from "./problem.ts";

const K = 10;
const HIDDEN = 8;
/** Of the units before tanh: well beyond where it is straight. */
const SCALE = 2;
const W = normal(key(1710), K * HIDDEN).map((each) => SCALE * each);
const A = normal(key(1711), HIDDEN);

const model: Model = {
  categories: K,
  cost: (x) => hidden(x).reduce((total, h, j) => total + (A[j] as number) * h, 0),
  slope: (x) => {
    const slopes = hidden(x).map((h, j) => (A[j] as number) * (1 - h * h));
    return x.map((_, k) => slopes.reduce((total, each, j) => total + each * (W[k * HIDDEN + j] as number), 0));
  },
};

function hidden(x: readonly number[]): number[] {
  return Array.from({ length: HIDDEN }, (_, j) =>
    Math.tanh(x.reduce((total, each, k) => total + each * (W[k * HIDDEN + j] as number), 0)),
  );
}

const costs = Array.from({ length: K }, (_, k) => model.cost(unit(k, K), []));
const least = Math.min(...costs);
const START = costs.map(() => 0);

/** One of ten categories, f = aᵀ tanh(W x) with random weights: the least cost is that of one category. */
export const categorical: StandardProblem = {
  id: "categorical",
  title: "One of ten categories, a random cost aᵀ tanh(Wx)",
  group: "categorical",
  kind: "one-hot",
  start: START,
  width: K,
  steps: 1500,
  compared: [
    { at: "p = 1/10 each", logits: START },
    {
      at: "half of it on the best category, the others even",
      logits: costs.map((each) => (each === least ? Math.log(K - 1) : 0)),
    },
  ],
  law: (logits) => new OneHotCategorical({ logits }),
  cost: () => (x) => {
    const [n, runs] = x.shape as readonly [number, number];
    const h = tanh(matmul(reshape(x, [n * runs, K]), tensor(W, [K, HIDDEN])));
    return reshape(sum(mul(h, tensor(A, [HIDDEN])), { axis: -1 }), [n, runs]);
  },
  measure: {
    name: "E f − min f",
    of: (logits) => expectedCost(model, logits) - least,
    scale: "log",
    range: [1e-3, 10],
    best: 0,
    goal: 0.05,
  },
  model,
};
