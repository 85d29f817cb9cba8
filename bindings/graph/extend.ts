/** What layers above make their own nodes with; index.ts has what a user sees. */
export { expand, lift } from "./arithmetic.ts";
export type { GraphCore } from "./core.ts";
export { asRows, broadcast, broadcastsTo, checkShape, type Shape, sameShape, show, sizeOf } from "./shape.ts";
export { afterStep, apply, checkTensor, gradientsOf, hasGradients, hasPassed, into, scalar, variable } from "./tape.ts";
export { checkParameters, Tensor } from "./tensor.ts";
