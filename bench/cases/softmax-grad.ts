import { logSoftmax, logSumExp } from "reparam/graph";
import * as js from "../baseline/index.ts";
import { gradients, logits } from "../data.ts";
import { by, type Case } from "./case.ts";
import { gradient, parameters, weightedGradient, withGradient } from "./graph.ts";
import { COLS, LAYER, ROWS, SIZE } from "./layer.ts";

const shape = { ...withGradient, size: by(...LAYER), baseline: "probabilities kept", elements: SIZE };

const logSoftmaxGradient: Case = {
  ...shape,
  name: logSoftmax.name,
  prepare: () => {
    const [x, g] = [logits(SIZE), gradients(SIZE)];
    const [out, p, dx] = Array.from({ length: 3 }, () => new Float32Array(SIZE));
    const { all, dispose } = parameters([LAYER, x], [LAYER, g]);
    return {
      ours: weightedGradient(() => logSoftmax(all[0]), all[1]),
      baseline: () => {
        js.softmaxKeeping(out, p, x, ROWS, COLS);
        js.dot(out, g);
        js.logSoftmaxGrad(dx, p, g, ROWS, COLS);
      },
      dispose,
    };
  },
};

const logSumExpGradient: Case = {
  ...shape,
  name: logSumExp.name,
  prepare: () => {
    const x = logits(SIZE);
    const [out, p, dx] = [ROWS, SIZE, SIZE].map((length) => new Float32Array(length));
    const { all, dispose } = parameters([LAYER, x]);
    return {
      ours: gradient(() => logSumExp(all[0])),
      baseline: () => {
        js.logSumExpKeeping(out, p, x, COLS);
        js.sum(out);
        js.logSumExpGrad(dx, p, 1);
      },
      dispose,
    };
  },
};

export const softmaxGradientCases: readonly Case[] = [logSoftmaxGradient, logSumExpGradient];
