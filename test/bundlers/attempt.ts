import { Absent } from "./absent.ts";
import type { Bundler, Context } from "./bundlers/bundler.ts";
import { type Expected, judge, oneLine, type Result } from "./outcome.ts";

/**
 * Tries a bundler. One that is not here has not run; anything else that goes wrong is a failure.
 *
 * @throws the signal's reason
 */
export async function attempt(bundler: Bundler, context: Context, expected: Expected): Promise<Result> {
  const { id, title } = bundler;
  const begun = performance.now();
  const seconds = () => Math.round((performance.now() - begun) / 100) / 10;
  let version: string | undefined;
  try {
    version = bundler.version();
    const findings = await bundler.attempt(context);
    return judge({ id, title, version, seconds: seconds() }, findings, expected);
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = oneLine((error as Error).message);
    if (error instanceof Absent) return { id, title, status: "not run", reason };
    return { id, title, status: "failed", ...(version && { version }), reason, seconds: seconds() };
  }
}

/** All of `items`, in their order, with no more than `limit` at a time; after an error none is begun. */
export async function inTurns<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: limit }, worker));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return results;
}
