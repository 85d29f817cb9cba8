import type { Session } from "../../bench/engines/session.ts";
import { Absent } from "./absent.ts";
import type { Launch } from "./launch/launch.ts";
import { judge, type Message, type Result, readMessage } from "./outcome.ts";
import type { Project } from "./project.ts";
import type { Runtime } from "./runtimes.ts";

/** For how long a runtime may be at work, in milliseconds; the slowest, arm64 in an emulator, takes a tenth of it. */
const PATIENCE = 300_000;

export interface Job {
  readonly project: Project;
  readonly signal: AbortSignal;
  readonly patience?: number;
}

/**
 * Has a runtime execute the program, and ends it. One that dies, fails or falls silent has failed; one that is not here has
 * not run.
 *
 * @throws the signal's reason
 */
export async function run(runtime: Runtime, { project, signal, patience = PATIENCE }: Job): Promise<Result> {
  const { id, title } = runtime;
  const begun = performance.now();
  let launch: Launch | undefined;
  try {
    launch = runtime.find();
    const { open } = launch;
    const message = await listen((hear) => open(project, hear), signal, patience);
    if (message.type === "failed") throw new Error(message.message);
    return judge(runtime, message.outcome, (performance.now() - begun) / 1000, launch.version);
  } catch (error) {
    signal.throwIfAborted();
    const reason = oneLine((error as Error).message);
    if (error instanceof Absent) return { id, title, status: "not run", reason };
    const seconds = (performance.now() - begun) / 1000;
    const version = launch?.version;
    return { id, title, status: "failed", ...(version && { version }), reason, seconds };
  }
}

/** The first message of a session that is opened for it and closed after it. */
async function listen(
  open: (hear: (line: string) => void) => Promise<Session>,
  signal: AbortSignal,
  patience: number,
): Promise<Message> {
  signal.throwIfAborted();
  let opening: Promise<Session> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stop = { now: () => {} };
  try {
    return await new Promise<Message>((resolve, reject) => {
      stop.now = () => reject(signal.reason);
      signal.addEventListener("abort", stop.now);
      timer = setTimeout(() => reject(new Error(`no answer in ${patience / 1000} s`)), patience);
      opening = open((line) => {
        const message = readMessage(line);
        if (message) resolve(message);
      });
      opening.then(({ ended }) => ended.then((how) => reject(new Error(`${how}, without an answer`))), reject);
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop.now);
    const session = await opening?.catch(() => undefined);
    await session?.close();
  }
}

/** Reasons stand in a table. */
export const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, " ").slice(0, 300);

/**
 * The results of all of `items`, in their order, with no more than `limit` at work at a time.
 *
 * @throws what one of them throws, when nothing is at work any more
 */
export async function inTurns<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [i, item] of queue) results[i] = await work(item);
  };
  const workers = await Promise.allSettled(Array.from({ length: limit }, worker));
  const failed = workers.find((each) => each.status === "rejected");
  if (failed) throw failed.reason;
  return results;
}
