/**
 * All of reparam, without the module: give it `reparam/core.wasm` (or `reparam/core.scalar.wasm`).
 *
 * @module reparam/slim
 */

export type { WasmModule, WasmResponse, WasmSource } from "../../core/index.ts";
export * from "../../index.ts";
export { init, initSync } from "./init-core.ts";
