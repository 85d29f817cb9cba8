// Spoils answers: `kind` says how, `once` is a file that does not exist, so that one answer of all threads is spoiled. Without it all are.
import { closeSync, openSync } from "node:fs";

const KINDS = {
  truncated: (bytes) => bytes.slice(0, -8),
  version: (bytes) => Uint8Array.from(bytes, (byte, i) => (i === 4 ? 99 : byte)),
  damaged: (bytes) => Uint8Array.from(bytes, (byte, i) => (i === 40 ? byte ^ 1 : byte)),
  oversized: (bytes) => {
    const large = new Uint8Array(10_000_000);
    large.set(bytes);
    return large;
  },
  empty: () => new Uint8Array(),
  // The first answer for good.
  stranger: (bytes) => {
    first ??= bytes.slice();
    return first.slice();
  },
};
let first;

export function tamper(bytes, options) {
  const { kind, once } = Object.fromEntries(new URL(options).searchParams);
  if (once && kind !== "stranger")
    try {
      closeSync(openSync(once, "wx"));
    } catch {
      return bytes;
    }
  return KINDS[kind](bytes);
}
