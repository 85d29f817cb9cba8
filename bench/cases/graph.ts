import { step, type Tensor } from "reparam/graph";

/** What the cases of graph operations have in common. */
export const graph = { group: "Graph operations", via: "graph" } as const;

/** An operation without a tape. Its inputs are parameters, so nothing is copied into or out of wasm memory. */
export const forward = (operation: () => Tensor) => () => step(() => void operation(), { gradients: false });
