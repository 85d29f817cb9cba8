import { graphWasm } from "../../graph/core.ts";
import scalar from "./generated/graph.scalar.ts";
import simd from "./generated/graph.simd.ts";

graphWasm.provideText({ simd, scalar });
