/**
 * All of reparam/graph, without its module: give it `reparam/graph.wasm`, and the core its own.
 *
 * @module reparam/slim/graph
 */

export type { WasmModule, WasmResponse, WasmSource } from "../../core/index.ts";
export * from "../../graph/index.ts";
export { init, initSync } from "./init-graph.ts";
