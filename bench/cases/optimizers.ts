import * as js from "../baseline/index.ts";
import { gradients, logits } from "../data.ts";
import * as naive from "../naive.ts";
import { by, type Case } from "./case.ts";
import { inWasm } from "./kernel.ts";

/** The first layer of the autoencoder. */
const WEIGHTS = [784, 512] as const;
const SIZE = WEIGHTS[0] * WEIGHTS[1];
const RATE = 1e-3;
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const MOMENTUM = 0.9;
const MAX_NORM = 1;

/**
 * The kernels alone: `Optimizer.step` also clears the gradient, and on a gradient of 0 the moments decay until every
 * operation works on denormal numbers.
 */
const shape = { group: "Optimizers", size: by(...WEIGHTS), via: "kernel", elements: SIZE } as const;

const adam: Case = {
  ...shape,
  name: "Adam update",
  baseline: "one loop, corrections hoisted",
  prepare: () => {
    const [values, gradient] = [logits(SIZE), gradients(SIZE)];
    const { kernels, at, dispose } = inWasm(values, gradient, SIZE, SIZE);
    const [x, dx, mean, square] = at;
    const [plainMean, plainSquare] = [new Float32Array(SIZE), new Float32Array(SIZE)];
    let [power1, power2, steps] = [1, 1, 0];
    return {
      ours: () => {
        power1 *= BETA1;
        power2 *= BETA2;
        const [step, scale] = [RATE / (1 - power1), 1 / (1 - power2)];
        kernels.adamStep(x, dx, mean, square, SIZE, step, scale, BETA1, 1 - BETA1, BETA2, 1 - BETA2, EPSILON);
      },
      baseline: () => js.adam(values, gradient, plainMean, plainSquare, RATE, ++steps),
      dispose,
    };
  },
};

const sgd: Case = {
  ...shape,
  name: "SGD with momentum",
  baseline: "one loop",
  prepare: () => {
    const [values, gradient] = [logits(SIZE), gradients(SIZE)];
    const { kernels, at, dispose } = inWasm(values, gradient, SIZE);
    const [x, dx, velocity] = at;
    const plainVelocity = new Float32Array(SIZE);
    return {
      ours: () => kernels.sgdStep(x, dx, velocity, SIZE, RATE, MOMENTUM),
      baseline: () => js.sgd(values, gradient, plainVelocity, RATE, MOMENTUM),
      dispose,
    };
  },
};

/** What `clipGradients` runs; into another array, because a gradient that was clipped needs no second clipping. */
const clip: Case = {
  ...shape,
  name: "clip gradients",
  baseline: "four sums of squares, then a product",
  prepare: () => {
    const gradient = gradients(SIZE);
    const list = [...gradient];
    const out = new Float32Array(SIZE);
    const { kernels, at, dispose } = inWasm(gradient, SIZE);
    const [dx, clipped] = at;
    return {
      ours: () => kernels.scale(clipped, dx, MAX_NORM / Math.sqrt(kernels.sumOfSquares(dx, SIZE)), SIZE),
      baseline: () => js.clip(out, gradient, MAX_NORM),
      naive: () => naive.clip(list, MAX_NORM),
      dispose,
    };
  },
};

export const optimizerCases: readonly Case[] = [adam, sgd, clip];
