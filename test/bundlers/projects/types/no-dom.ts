/** Where WebAssembly has no types: a module is some object, and what is none is refused. */
import core from "reparam/core.wasm";
import { initSync } from "reparam/slim";

export const module: object = core;

// @ts-expect-error: the types of a page are not here
export type Module = WebAssembly.Module;
// @ts-expect-error: no object
initSync(1);
