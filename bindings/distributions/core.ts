import { type Core, type CoreKernels, Wasm } from "../core/index.ts";
import { type DistributionsKernels, IDENTITY } from "./generated/kernels.ts";

/** The kernels of the distributions, beside those of the core and the graph. */
export const distributionsWasm = new Wasm<DistributionsKernels>("distributions.wasm", IDENTITY);

/** The kernels over the memory of a core that is in use. */
export const kernelsOf = (core: Core): CoreKernels & DistributionsKernels => core.with(distributionsWasm).kernels;
