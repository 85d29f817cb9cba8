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
  checkTau,
  type Floats,
  makeArray,
} from "./check.ts";
export { Core, core, useInstance } from "./core.ts";
export {
  ArgumentError,
  CheckpointError,
  DisposedError,
  describe,
  KeyError,
  ReparamError,
  ShapeError,
  WasmError,
} from "./errors.ts";
export { type Build, bestBuild, instantiateBuild, instantiateBytes } from "./instantiate.ts";
