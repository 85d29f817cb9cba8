/**
 * Discrete randomness you can differentiate.
 *
 * Seeded noise, softmax, Gumbel-Softmax and exact categorical sampling on typed arrays. The stochastic computation graph
 * is `reparam/graph`.
 *
 * @module reparam
 */
export {
  ArgumentError,
  type Build,
  CheckpointError,
  createCore,
  DisposedError,
  type Floats,
  KeyError,
  MessageError,
  type OwnCore,
  PackageError,
  ReparamError,
  ShapeError,
  ShardError,
  WasmError,
} from "./core/index.ts";
export {
  bits,
  exponential,
  foldIn,
  gumbel,
  type Key,
  key,
  logistic,
  type NoiseOptions,
  named,
  normal,
  split,
  uniform,
} from "./random/index.ts";
export {
  categorical,
  conditionalGumbel,
  type GumbelSoftmaxOptions,
  gumbelSoftmax,
  gumbelSoftmaxGrad,
  importanceWeights,
  type LogSumExpState,
  logSoftmax,
  logSumExp,
  type ReservoirState,
  type RowOptions,
  type SoftmaxOptions,
  type Stream,
  type StreamedTopK,
  type StreamOptions,
  softmax,
  streamCategorical,
  streamLogSumExp,
  streamReservoir,
  streamTopK,
  type TopK,
  type TopKState,
  topDownGumbel,
  topK,
  truncatedGumbel,
  type WeightedTopK,
} from "./relax/index.ts";
