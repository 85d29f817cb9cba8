/**
 * The stochastic computation graph. Tensors in wasm memory, a tape, reverse mode; deterministic and
 * stochastic nodes; optimizers, schedules and checkpoints.
 *
 * @module reparam/graph
 */
export { exp, log, relu, sigmoid, softplus, tanh } from "./activations.ts";
export { add, div, mul, type Operand, sub } from "./arithmetic.ts";
export { backward } from "./backward.ts";
export { loadCheckpoint, type Saved, saveCheckpoint } from "./checkpoint.ts";
export { clipGradients } from "./clip.ts";
export { glorot, he, type Layer } from "./initial.ts";
export { concatenate, reshape, slice, stopGradient } from "./layout.ts";
export { bernoulliLogLikelihood, categoricalKl } from "./likelihood.ts";
export { linear, matmul } from "./linear.ts";
export { type AdamOptions, adam, type Optimizer, sgd } from "./optimizers.ts";
export { type AxisOptions, mean, sum } from "./reduce.ts";
export { at, type Schedule } from "./schedules.ts";
export type { Shape } from "./shape.ts";
export { logSoftmax, logSumExp, softmax, type TauOptions } from "./softmax.ts";
export { gumbelSoftmax, normal } from "./stochastic.ts";
export { take } from "./take.ts";
export { step, tensor } from "./tape.ts";
export { type Parameter, type Parameters, parameter, type Tensor } from "./tensor.ts";
