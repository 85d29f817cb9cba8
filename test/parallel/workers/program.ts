import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What run.mjs takes. */
export interface Run {
  readonly on: "none" | "inline" | "threads" | "web";
  readonly file?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly samples?: number;
  readonly shard?: number;
  readonly abortAfter?: number;
  readonly leave?: boolean;
}

/** What it prints. */
export interface Found {
  readonly value?: number;
  readonly standardError?: number;
  readonly gradients?: readonly (readonly number[])[];
  readonly error?: string;
  /** From the start of the executor to the result. */
  readonly milliseconds: number;
  /** What keeps the program from ending, after `dispose()`. */
  readonly left: readonly string[];
  /** Web Workers that were not terminated. */
  readonly workers: number;
}

const FILE = fileURLToPath(new URL("run.mjs", import.meta.url));

/** A program of its own, which has to end by itself: rejects when it has not within `deadline` milliseconds. */
export function runProgram(run: Run, deadline: number, flags: readonly string[] = []): Promise<Found> {
  return new Promise((resolve, reject) => {
    const args = [...flags, FILE, JSON.stringify(run)];
    const options = { timeout: deadline, killSignal: "SIGKILL" } as const;
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (!error) resolve(JSON.parse(stdout) as Found);
      else
        reject(
          new Error(`${error.killed ? `not ended after ${deadline} ms\n` : ""}${stderr}${stdout}`, { cause: error }),
        );
    });
  });
}

/** With a file that does not exist yet: what happens once makes it. */
export async function once<T>(body: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "reparam-once-"));
  try {
    return await body(join(folder, "once"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The parts that have to have the same bits. */
export const bitsOf = ({ value, standardError, gradients, error }: Found) => ({
  value,
  standardError,
  gradients,
  error,
});
