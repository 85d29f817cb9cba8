import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../examples/mnist-vae/main.ts", import.meta.url));
/** The program on the data of the folder that comes first among its arguments. */
export const TINY_MAIN = fileURLToPath(new URL("tiny-main.ts", import.meta.url));

/** A process that has ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the program to its end; `watch` sees its standard output so far. */
export function start(
  args: string[],
  watch?: (stdout: string, child: ChildProcessByStdio<null, Readable, Readable>) => void,
  main = MAIN,
): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const ended: Ended = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    ended.stdout += chunk;
    watch?.(ended.stdout, child);
  });
  child.stderr.on("data", (chunk) => {
    ended.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...ended, code }));
  });
}
