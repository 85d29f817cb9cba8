import type { WasmResponse, WasmSource } from "../../core/index.ts";
import { distributionsWasm } from "../../distributions/core.ts";

/**
 * Gives the module of `reparam/distributions.wasm` to all cores that are made from now on, before the first call.
 *
 * @param source a compiled WebAssembly.Module, its bytes, a response that holds them, or a promise of any of these
 * @throws ArgumentError for anything else, or a module of another version; WasmError if it cannot be compiled here
 */
export async function init(source: WasmSource | WasmResponse | PromiseLike<WasmSource | WasmResponse>): Promise<void> {
  await distributionsWasm.init(source);
}

/** The same at once, from a compiled WebAssembly.Module or its bytes. */
export function initSync(source: WasmSource): void {
  distributionsWasm.initSync(source);
}
