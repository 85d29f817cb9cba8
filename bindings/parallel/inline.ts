import { DisposedError } from "../core/index.ts";
import { type Cancellation, type Executor, type Outcome, performer, type Task } from "../inference/extend.ts";

/**
 * Computes shards one after another in this thread, on a copy of the work of its own, as a worker would: everywhere, without workers.
 * What it shows is what any other executor comes to.
 */
export function inline(): Executor {
  const worker = performer();
  let isOpen = true;
  return {
    size: 1,
    async *map({ common, shards }: Task, signal: Cancellation): AsyncGenerator<Outcome> {
      for (const [shard, message] of shards.entries()) {
        signal.throwIfAborted();
        if (!isOpen) throw new DisposedError("executor", "one that is open", "a disposed one");
        yield { shard, partial: await worker.perform(common, message, signal) };
      }
    },
    async dispose() {
      isOpen = false;
    },
  };
}
