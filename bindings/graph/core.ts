import { type Core, type CoreKernels, core, Wasm } from "../core/index.ts";
import { type GraphKernels, IDENTITY } from "./generated/kernels.ts";

/** The kernels that the graph needs beside those of the core. */
export const graphWasm = new Wasm<GraphKernels>("graph.wasm", IDENTITY);

/** A core that has them. */
export type GraphCore = Core<CoreKernels & GraphKernels>;

export const graphCore = (): GraphCore => core().with(graphWasm);
