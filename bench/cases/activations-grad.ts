import * as js from "../baseline/index.ts";
import { gradients, logits, pixels } from "../data.ts";
import { by, type Case } from "./case.ts";
import { withGradient } from "./graph.ts";
import { inWasm } from "./kernel.ts";
import { LAYER, SIZE } from "./layer.ts";

type Name = "relu" | "tanh" | "sigmoid" | "softplus" | "exp" | "log";

type Activation = readonly [
  name: Name,
  from: "x" | "y",
  plain: typeof js.relu,
  plainGrad: typeof js.reluGrad,
  derivative: string,
  data: (length: number) => Float32Array,
];

/** `from` is what the derivative is written in: the result y or the argument x. */
const activations: readonly Activation[] = [
  ["relu", "y", js.relu, js.reluGrad, "dy (y > 0)", logits],
  ["tanh", "y", js.tanh, js.tanhGrad, "dy (1 - y y)", logits],
  ["sigmoid", "y", js.sigmoid, js.sigmoidGrad, "dy y (1 - y)", logits],
  ["softplus", "x", js.softplus, js.softplusGrad, "dy / (1 + exp -x)", logits],
  ["exp", "y", js.exp, js.expGrad, "dy y", logits],
  ["log", "x", js.log, js.logGrad, "dy / x", pixels],
];

/** The two kernels alone: through the graph, the gradient of the sum that makes a loss would take longer than either. */
export const activationGradientCases: readonly Case[] = activations.map(
  ([name, from, plain, plainGrad, derivative, data]) => ({
    ...withGradient,
    via: "kernel",
    name,
    size: by(...LAYER),
    baseline: `as above; ${derivative}`,
    elements: SIZE,
    prepare: () => {
      const [x, dy] = [data(SIZE), gradients(SIZE)];
      const [y, dx] = [new Float32Array(SIZE), new Float32Array(SIZE)];
      const { kernels, at, dispose } = inWasm(x, SIZE, dy, SIZE);
      const [ourX, ourY, ourDy, ourDx] = at;
      const [run, runGrad] = [kernels[`${name}Forward`], kernels[`${name}Backward`]];
      return {
        ours: () => {
          run(ourY, ourX, SIZE);
          runGrad(ourDx, from === "x" ? ourX : ourY, ourDy, SIZE);
        },
        baseline: () => {
          plain(y, x);
          plainGrad(dx, from === "x" ? x : y, dy);
        },
        dispose,
      };
    },
  }),
);
