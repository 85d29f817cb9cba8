/** What executors are made with; index.ts has what a user of estimators sees. */
export type { Cancellation, Executor, MessageMemory, Outcome, Task } from "./shards/executor.ts";
export { performer } from "./shards/kinds.ts";
export type { Performer } from "./shards/performer.ts";
export { type Shared, shared } from "./shards/shared.ts";
export type { Data as PlainData, Typed } from "./shards/wire.ts";
