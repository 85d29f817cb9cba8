// Kernels have no public name. These are the modules that "reparam" runs, in an instance of their own.
import "../../bindings/entry/default/graph.ts";
import { graphCore } from "../../bindings/graph/core.ts";

/** Kernels work on whole groups of 16 floats, past the end of an array. */
const SLACK = 64;

/** Arrays in wasm memory with the given values, or as many zeros as a number says, until `dispose`. */
export function inWasm<const T extends readonly (Float32Array | number)[]>(...contents: T) {
  const owner = graphCore();
  const lengths = contents.map((each) => (typeof each === "number" ? each : each.length));
  const at = lengths.map((length) => owner.heap.allocate(4 * length + SLACK));
  // Only now: taking memory can move it all.
  contents.forEach((each, i) => {
    const view = owner.view(at[i], lengths[i]);
    if (typeof each === "number") view.fill(0);
    else view.set(each);
  });
  return {
    kernels: owner.kernels,
    at: at as { readonly [K in keyof T]: number },
    dispose: () => {
      for (const address of at) owner.heap.release(address);
    },
  };
}
