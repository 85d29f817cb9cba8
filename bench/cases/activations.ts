import { exp, log, parameter, relu, sigmoid, softplus, type Tensor, tanh } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { logits, pixels } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { forward, graph } from "./graph.ts";
import { LAYER, SIZE } from "./layer.ts";

type Activation = readonly [
  name: string,
  ours: (x: Tensor) => Tensor,
  plain: (out: Float32Array, x: Float32Array) => void,
  pasted: (xs: number[]) => number[],
  baseline: string,
  data: (length: number) => Float32Array,
];

const activations: readonly Activation[] = [
  ["relu", relu, js.relu, naive.relu, "(x + |x|) / 2", logits],
  ["tanh", tanh, js.tanh, naive.tanh, "1 - 2 / (exp 2x + 1)", logits],
  ["sigmoid", sigmoid, js.sigmoid, naive.sigmoid, "1 / (1 + exp -x)", logits],
  ["softplus", softplus, js.softplus, naive.softplus, "relu x + log1p exp -|x|", logits],
  ["exp", exp, js.exp, naive.exp, "Math.exp", logits],
  ["log", log, js.log, naive.log, "Math.log", pixels],
];

export const activationCases: readonly Case[] = activations.map(([name, ours, plain, pasted, baseline, data]) => ({
  ...graph,
  name,
  size: by(...LAYER),
  baseline,
  elements: SIZE,
  prepare: () => {
    const values = data(SIZE);
    const list = [...values];
    const out = new Float32Array(SIZE);
    const x = parameter(LAYER, values);
    return {
      ours: forward(() => ours(x)),
      baseline: () => plain(out, values),
      naive: () => pasted(list),
      dispose: () => x.dispose(),
    };
  },
}));
