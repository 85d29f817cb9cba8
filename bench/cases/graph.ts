import { backward, mul, type Parameter, parameter, step, stopGradient, sum, type Tensor } from "reparam/graph";

/** What the cases of graph operations have in common. */
export const graph = { group: "Graph operations", via: "graph" } as const;

/** The same of those that time the gradient too. */
export const withGradient = { group: "Operations with gradients", via: "graph" } as const;

/** An operation without a tape. Its inputs are parameters, so nothing is copied into or out of wasm memory. */
export const forward = (operation: () => Tensor) => () => step(() => void operation(), { gradients: false });

/** An operation and the gradient of the sum of its results. */
export const gradient = (operation: () => Tensor) => () => step(() => backward(sum(operation())));

/** An operation and the gradient of <result, weights>: the gradient that reaches it is no constant. */
export const weightedGradient = (operation: () => Tensor, weights: Parameter) =>
  gradient(() => mul(operation(), stopGradient(weights)));

/** Parameters of a shape and values each, and the function that frees them. */
export function parameters(...contents: (readonly [shape: readonly number[], values: Float32Array])[]) {
  const all = contents.map(([shape, values]) => parameter(shape, values));
  const dispose = () => {
    for (const each of all) each.dispose();
  };
  return { all, dispose };
}
