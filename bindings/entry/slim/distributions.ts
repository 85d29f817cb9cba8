/**
 * All of reparam/distributions, without its module: give it `reparam/distributions.wasm`, and the
 * graph and the core their own.
 *
 * @module reparam/slim/distributions
 */

export type { WasmModule, WasmResponse, WasmSource } from "../../core/index.ts";
export * from "../../distributions/index.ts";
export { init, initSync } from "./init-distributions.ts";
