import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Words } from "./chunks.ts";

export interface Fed {
  readonly output: string;
  /** Bytes that went into the pipe: what the program read, and up to some pieces more. */
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Starts a program and writes words to its standard input until it ends.
 *
 * @throws Error when it cannot be started or fails; AbortError when `signal` stops it
 */
export async function feed([file, ...args]: readonly string[], words: Words, signal: AbortSignal): Promise<Fed> {
  const begun = performance.now();
  const child = spawn(file, args, { signal });
  const ended = once(child, "close");
  let bytes = 0;
  function* counted(): Iterable<Uint8Array> {
    for (const { buffer, byteOffset, byteLength } of words) {
      bytes += byteLength;
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  }
  // A program that has what it needs closes its input, which is no error of ours; whether it was one of its own, its code says.
  const fed = pipeline(Readable.from(counted(), { highWaterMark: 1 }), child.stdin).catch(() => {});
  const [[code], output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr), fed]);
  if (code !== 0) throw new Error(`${[file, ...args].join(" ")} ended with ${code}: ${errors.trim()}`);
  return { output, bytes, seconds: (performance.now() - begun) / 1000 };
}
