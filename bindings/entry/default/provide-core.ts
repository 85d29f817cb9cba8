import { coreWasm } from "../../core/index.ts";
import scalar from "./generated/core.scalar.ts";
import simd from "./generated/core.simd.ts";

coreWasm.provideText({ simd, scalar });
