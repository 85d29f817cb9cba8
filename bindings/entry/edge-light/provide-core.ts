import { coreWasm } from "../../core/index.ts";
import module from "../../core.wasm?module";

coreWasm.provide(() => ({ module, build: "simd" }));
