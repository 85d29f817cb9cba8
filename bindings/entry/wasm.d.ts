declare const module: typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } } ? M : object;
/** A compiled module where the bundler or the runtime imports WebAssembly so; elsewhere a file to fetch or read. */
export default module;
