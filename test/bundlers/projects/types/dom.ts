/** With the types of a page. */
import core from "reparam/core.wasm";
import { init, initSync } from "reparam/slim";
import * as slimGraph from "reparam/slim/graph";

export const module: WebAssembly.Module = core;
initSync(new WebAssembly.Module(new Uint8Array(8)));
export const ready: Promise<void>[] = [
  init(fetch("/core.wasm")),
  init(WebAssembly.compileStreaming(fetch("/core.wasm"))),
  slimGraph.init(await fetch("/graph.wasm")),
];

// @ts-expect-error: an instance is not a module
initSync(new WebAssembly.Instance(core));
// @ts-expect-error: nor is the response of a request that was not made
await init(new Request("/core.wasm"));
