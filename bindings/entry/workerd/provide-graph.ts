import { graphWasm } from "../../graph/core.ts";
import module from "../../graph.wasm";

graphWasm.provide(() => ({ module, build: "simd" }));
