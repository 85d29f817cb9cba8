import { setImmediate } from "node:timers/promises";

/**
 * Gives Node a turn, so that a Ctrl-C is noticed and the progress bar drawn, between two pieces of work.
 * @throws the signal's reason once it is aborted; whatever was computed before stays whole.
 */
export async function turn(signal?: AbortSignal): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}
