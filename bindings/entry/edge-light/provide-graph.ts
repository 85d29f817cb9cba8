import { graphWasm } from "../../graph/core.ts";
import module from "../../graph.wasm?module";

graphWasm.provide(() => ({ module, build: "simd" }));
