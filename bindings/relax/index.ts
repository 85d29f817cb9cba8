export { categorical, type TopK, topK } from "./categorical.ts";
export { conditionalGumbel, type RowOptions, topDownGumbel, truncatedGumbel } from "./conditional.ts";
export { type GumbelSoftmaxOptions, gumbelSoftmax, gumbelSoftmaxGrad } from "./gumbel-softmax.ts";
export { checkLogits, placeTau } from "./logits.ts";
export { perturb } from "./perturb.ts";
export { logSoftmax, logSumExp, type SoftmaxOptions, softmax } from "./softmax.ts";
export type { Stream, StreamState } from "./stream.ts";
export { type LogSumExpState, streamLogSumExp } from "./stream-log-sum-exp.ts";
export {
  type ReservoirState,
  type StreamedTopK,
  type StreamOptions,
  streamCategorical,
  streamReservoir,
  streamTopK,
  type TopKState,
} from "./stream-top-k.ts";
export { importanceWeights, type WeightedTopK } from "./weights.ts";
