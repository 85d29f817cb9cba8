import type { Executor } from "reparam/parallel";
import type { Options } from "./options.ts";

/** What workers import. */
const MODULE = new URL("./work.ts", import.meta.url);

/**
 * Who computes: threads, machines at a Redis server, or, where there is none, this thread.
 * @throws PackageError for a package that is not installed; what a server that is not there comes to
 */
export async function createExecutor({
  workers,
  redis,
  queue,
}: Pick<Options, "workers" | "redis" | "queue">): Promise<Executor | undefined> {
  // Packages of theirs are asked for only when they are used.
  if (workers !== undefined) {
    const { threads } = await import("reparam/parallel/threads");
    return threads({ module: MODULE, workers });
  }
  if (redis !== undefined) {
    const { bullmq } = await import("reparam/parallel/bullmq");
    return bullmq({ redis, ...(queue !== undefined && { queue }) });
  }
  return undefined;
}

/** The same, said to a person. */
export function describeExecutor({ workers, redis }: Options): string | undefined {
  if (workers !== undefined) return `computed by ${workers} worker thread${workers === 1 ? "" : "s"}`;
  // Not the address itself: it may hold a password.
  if (redis !== undefined) return `computed by the workers at ${new URL(redis).host}`;
  return undefined;
}
