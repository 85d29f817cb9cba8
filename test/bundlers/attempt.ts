import { Absent } from "../everywhere/absent.ts";
import { oneLine } from "../everywhere/run.ts";
import type { Bundler, Context } from "./bundlers/bundler.ts";
import { type Expected, judge, type Result } from "./outcome.ts";

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
