/** The ABI of graph.wasm: what the graph needs beside core.wasm, over the same memory. */
export * from "./activations";
export * from "./arithmetic";
export * from "./extent";
export * from "./gemm";
export * from "./likelihood";
export * from "./optimizer";
