import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Job } from "./job.ts";
import type { Outcome, Reported } from "./outcome.ts";

/** Told what goes on. */
export interface Watcher {
  begin(name: string): void;
  /** One part more of it is done. */
  end(name: string): void;
  conclude(name: string, outcomes: readonly Outcome[]): void;
}

/**
 * Runs the jobs of these numbers, part by part, in several processes.
 *
 * @throws Error when a process ends of itself, as it does when a job throws; AbortError when `signal` stops them
 */
export async function runJobs(
  jobs: readonly Job[],
  numbers: readonly number[],
  processes: number,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<Reported[]> {
  const waiting = numbers.flatMap((number) =>
    Array.from({ length: jobs[number].parts }, (_, part) => ({ number, part })),
  );
  const done = new Map(numbers.map((number) => [number, [] as unknown[]]));
  const left = new Map(numbers.map((number) => [number, jobs[number].parts]));
  const outcomes = new Map<number, Outcome[]>();

  async function work(): Promise<void> {
    const worker = createWorker(signal);
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { number, part } = next;
        const { name, conclude } = jobs[number];
        watcher.begin(name);
        const parts = done.get(number) as unknown[];
        parts[part] = await worker.ask([number, part], name);
        left.set(number, (left.get(number) as number) - 1);
        watcher.end(name);
        if (left.get(number) !== 0) continue;
        outcomes.set(number, conclude(parts));
        watcher.conclude(name, outcomes.get(number) as Outcome[]);
        done.delete(number);
      }
    } finally {
      waiting.length = 0; // the others need not begin another either
      worker.stop();
    }
  }

  await Promise.all(Array.from({ length: Math.min(processes, waiting.length) }, work));
  return numbers.flatMap((number) =>
    (outcomes.get(number) as Outcome[]).map((outcome) => ({ ...outcome, job: jobs[number].name })),
  );
}

/** Processes and not worker threads, in which Node 20 does not load TypeScript through --import. */
function createWorker(signal: AbortSignal) {
  const child = fork(fileURLToPath(new URL("worker.ts", import.meta.url)), { serialization: "advanced" });
  return {
    async ask(question: readonly [number, number], name: string): Promise<unknown> {
      const over = new AbortController();
      const either = AbortSignal.any([signal, over.signal]);
      child.send(question);
      try {
        return await Promise.race([
          once(child, "message", { signal: either }).then(([answer]) => answer),
          once(child, "exit", { signal: either }).then(() => {
            throw new Error(`${name}: its process ended before it answered`);
          }),
        ]);
      } finally {
        over.abort();
      }
    },
    stop: () => child.kill(),
  };
}
