/**
 * More than one thread, more than one machine, the same bits: executors that compute the shards of expectations, diagnoses, bounds
 * and fits.
 *
 * @module reparam/parallel
 */
export type {
  Cancellation,
  Executor,
  MessageMemory,
  Outcome,
  Performer,
  PlainData,
  Shared,
  Task,
  Typed,
} from "../inference/extend.ts";
export { performer, shared } from "../inference/extend.ts";
export { inline } from "./inline.ts";
export { serve } from "./web/serve.ts";
export { type WebWorkersOptions, webWorkers } from "./web/web-workers.ts";
export type { WebWorker, WorkerScope } from "./web/worker.ts";
