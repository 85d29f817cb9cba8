import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** A program that ends with all the processes it started. */
export interface Group {
  readonly child: ChildProcess;
  /** Fulfilled with how it ended. */
  readonly ended: Promise<string>;
  kill(): Promise<void>;
}

/** How long a browser may take to end its helpers, in milliseconds. */
const GRACE = 2000;

/** In a process group of its own: Ctrl-C reaches it through us alone, and a browser is ended with its helpers. */
export function spawnGroup(path: string, args: readonly string[], options: SpawnOptions): Group {
  const child = spawn(path, args, { ...options, detached: true });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
  const end = () => killGroup(child);
  process.once("exit", end);
  return {
    child,
    ended,
    kill: async () => {
      process.off("exit", end);
      child.kill();
      await Promise.race([ended, setTimeout(GRACE, undefined, { ref: false })]);
      end();
      await ended;
    },
  };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
