/** Modules that the runtime compiles at deployment: dist/core.wasm and dist/graph.wasm. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
