import { Bernoulli, OneHotCategorical } from "reparam/distributions";
import { mul, parameter, sub, sum, type Tensor } from "reparam/graph";
import { disarm, type Estimator, estimate, gumbelRao } from "reparam/inference";
import * as js from "../baseline/index.ts";
import { logits, noise } from "../data.ts";
import { by, type Case } from "./case.ts";
import { gradient } from "./graph.ts";

const T = 0.45;
const inference = { group: "Estimators", via: "graph" } as const;

/** sum (z - t)^2 over the last dimension. */
const cost = (z: Tensor): Tensor => {
  const miss = sub(z, T);
  return sum(mul(miss, miss), { axis: -1 });
};

function prepared(
  rows: number,
  cols: number,
  law: (logits: Tensor) => Bernoulli | OneHotCategorical,
  estimator: Estimator,
  baseline: (out: Float32Array, logits: Float32Array) => void,
) {
  const values = logits(rows * cols);
  const given = parameter([rows, cols], values);
  const out = new Float32Array(values.length);
  return {
    ours: gradient(() => estimate(law(given), cost, { key: noise, estimator })),
    baseline: () => baseline(out, values),
    dispose: () => given.dispose(),
  };
}

const binary: Case = {
  ...inference,
  name: "DisARM of bits",
  size: by(100, 200),
  elements: 100 * 200,
  baseline: "the same for this cost alone, Math.random",
  prepare: () =>
    prepared(
      100,
      200,
      (l) => new Bernoulli({ logits: l, validateArgs: false }),
      disarm(),
      (out, l) => js.disarm(out, l, T, 200),
    ),
};

const categories: Case = {
  ...inference,
  name: "Gumbel-Rao of categories, 10 draws",
  size: by(2000, 10),
  elements: 2000 * 10,
  baseline: "the same for this cost alone, Math.random",
  prepare: () =>
    prepared(
      2000,
      10,
      (l) => new OneHotCategorical({ logits: l, validateArgs: false }),
      gumbelRao({ tau: 0.5, draws: 10 }),
      (out, l) => js.gumbelRao(out, l, T, { cols: 10, tau: 0.5, draws: 10 }),
    ),
};

export const inferenceCases: readonly Case[] = [binary, categories];
