// The core of the built package, so that what is timed is what "reparam" runs; it has no public name.
import { core } from "../../dist/core/index.js";
import * as js from "../baseline/index.ts";
import { gradients, logits } from "../data.ts";
import { by, type Case } from "./case.ts";

/** The first layer of the autoencoder. */
const WEIGHTS = [784, 512] as const;
const SIZE = WEIGHTS[0] * WEIGHTS[1];
const RATE = 1e-3;
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * The kernel alone: `Optimizer.step` also clears the gradient, and on a gradient of 0 the moments decay until every
 * operation works on denormal numbers.
 */
export const optimizerCases: readonly Case[] = [
  {
    group: "Graph operations",
    name: "Adam update",
    size: by(...WEIGHTS),
    via: "kernel",
    baseline: "one loop, corrections hoisted",
    elements: SIZE,
    prepare: () => {
      const owner = core();
      const [x, dx, mean, square] = Array.from({ length: 4 }, () => owner.allocatePersistent(SIZE));
      const [values, gradient] = [logits(SIZE), gradients(SIZE)];
      owner.view(x, SIZE).set(values);
      owner.view(dx, SIZE).set(gradient);
      const [plainMean, plainSquare] = [new Float32Array(SIZE), new Float32Array(SIZE)];
      let [power1, power2, steps] = [1, 1, 0];
      return {
        ours: () => {
          power1 *= BETA1;
          power2 *= BETA2;
          const [step, scale] = [RATE / (1 - power1), 1 / (1 - power2)];
          owner.kernels.adamStep(x, dx, mean, square, SIZE, step, scale, BETA1, 1 - BETA1, BETA2, 1 - BETA2, EPSILON);
        },
        baseline: () => js.adam(values, gradient, plainMean, plainSquare, RATE, ++steps),
        dispose: () => {
          for (const at of [x, dx, mean, square]) owner.heap.release(at);
        },
      };
    },
  },
];
