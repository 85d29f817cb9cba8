import { coreWasm } from "../../core/index.ts";
import module from "../../core.wasm";

coreWasm.provide(() => ({ module, build: "simd" }));
