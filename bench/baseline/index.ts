/**
 * Good plain JavaScript of each kernel, to compare with: Float32Array in and out, nothing allocated in a loop, hoisted
 * constants, numerically stable, the host's `Math`.
 */
export * from "./activations.ts";
export * from "./activations-grad.ts";
export * from "./adam.ts";
export * from "./arithmetic.ts";
export * from "./densities.ts";
export * from "./estimators.ts";
export * from "./exact.ts";
export * from "./layout.ts";
export * from "./likelihood.ts";
export * from "./linear.ts";
export * from "./matmul.ts";
export * from "./noise.ts";
export * from "./philox.ts";
export * from "./random.ts";
export * from "./reduce.ts";
export * from "./select.ts";
export * from "./sgd.ts";
export * from "./softmax.ts";
export * from "./softmax-grad.ts";
export { Vae } from "./vae.ts";
