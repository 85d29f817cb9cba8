import { distributionsWasm } from "../../distributions/core.ts";
import module from "../../distributions.wasm?module";

distributionsWasm.provide(() => ({ module, build: "simd" }));
