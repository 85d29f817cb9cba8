import { distributionsWasm } from "../../distributions/core.ts";
import module from "../../distributions.wasm";

distributionsWasm.provide(() => ({ module, build: "simd" }));
