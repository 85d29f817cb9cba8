import { distributionsWasm } from "../../distributions/core.ts";
import text from "./generated/distributions.scalar.ts";

// No vectors in it: one build serves every engine.
distributionsWasm.provideText({ simd: text, scalar: text });
