import type { Job, Message } from "../run.ts";
import { openBrowser } from "./browser.ts";
import { type Engine, fullName } from "./engine.ts";
import { openProcess } from "./process.ts";
import type { Open, Session } from "./session.ts";

/** What an engine tells between its start and its end. */
export type Progress = Exclude<Message, { type: "done" | "failed" }>;

/** For how long an engine may be silent, in milliseconds: a case takes seconds, a browser's start too. */
const PATIENCE = 120_000;

const openers: Readonly<Record<Engine["runtime"], Open>> = {
  node: openProcess,
  bun: openProcess,
  firefox: openBrowser,
  chromium: openBrowser,
};

export interface Work {
  readonly script: string;
  readonly job: Job;
  readonly hear: (message: Progress) => void;
  readonly signal: AbortSignal;
  readonly patience?: number;
}

/**
 * Has an engine do a job, and ends it.
 *
 * @throws the signal's reason; Error that names the engine when it fails, dies or falls silent
 */
export async function work(engine: Engine, { script, job, hear, signal, patience = PATIENCE }: Work): Promise<void> {
  signal.throwIfAborted();
  let opening: Promise<Session> | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${fullName(engine)} (${engine.path}): ${why}`));
      const listen = (text: string) => {
        timer?.refresh();
        const message = read(text);
        if (message === undefined) fail(`expected a message, got ${text}`);
        else if (message.type === "done") resolve();
        else if (message.type === "failed") fail(message.message);
        else hear(message);
      };
      timer = setTimeout(() => fail(`nothing heard for ${patience / 1000} s`), patience);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      opening = openers[engine.runtime](engine, script, job, listen);
      opening.then(({ ended }) => ended.then((how) => fail(`${how} before its work was done`)), reject);
    });
  } finally {
    clearTimeout(timer);
    const session = await opening?.catch(() => undefined);
    await session?.close();
  }
}

function read(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return undefined;
  }
}
