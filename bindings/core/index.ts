export {
  checkBoolean,
  checkCols,
  checkFinite,
  checkFloats,
  checkInteger,
  checkLength,
  checkOptions,
  checkOut,
  checkPositive,
  checkSynchronous,
  checkTau,
  type Floats,
  makeArray,
} from "./check.ts";
export { Core, coreWasm } from "./core.ts";
export { makeDisposable, net } from "./dispose.ts";
export {
  ArgumentError,
  CheckpointError,
  DisposedError,
  describe,
  KeyError,
  MessageError,
  PackageError,
  ReparamError,
  ShapeError,
  ShardError,
  WasmError,
} from "./errors.ts";
export { type CoreKernels, IDENTITY } from "./generated/kernels.ts";
export { type Build, bestBuild, compile, type WasmModule } from "./instantiate.ts";
export { createCore, type OwnCore } from "./own.ts";
export { core, shareCore } from "./shared.ts";
export { decode } from "./text.ts";
export { Wasm, type WasmResponse, type WasmSource } from "./wasm.ts";
