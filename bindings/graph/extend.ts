/** What layers above make their own nodes with; index.ts has what a user sees. */
export { expand, lift } from "./arithmetic.ts";
export { backwardIfClear, gradientsApart, gradientsOf, hasPassed } from "./backward.ts";
export type { GraphCore } from "./core.ts";
export { asRows, broadcast, broadcastsTo, checkShape, type Shape, sameShape, show, sizeOf } from "./shape.ts";
export {
  afterStep,
  apply,
  changesHeld,
  checkTensor,
  hasGradients,
  into,
  scalar,
  useOnly,
  variable,
  type Watcher,
  watchedStep,
  within,
} from "./tape.ts";
export { addTo, checkParameters, Parameter, Tensor } from "./tensor.ts";
