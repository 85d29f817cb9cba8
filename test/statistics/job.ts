import { foldIn, type Key, key } from "reparam";
import type { Outcome } from "./outcome.ts";

/** Draws and the tests of them, in parts that may be computed in different threads: what they give is cloned between them. */
export interface Job<Part = unknown> {
  readonly name: string;
  readonly parts: number;
  run(part: number): Part;
  /** In the order of the parts. */
  conclude(parts: readonly Part[]): Outcome[];
}

/** A job of one part. */
export const job = (name: string, run: () => Outcome[]): Job<Outcome[]> => ({
  name,
  parts: 1,
  run,
  conclude: (parts) => parts.flat(),
});

/** A job whose parts count things, all the same ones: their counts add up. */
export const countingJob = (
  name: string,
  parts: number,
  run: (part: number) => Float64Array,
  conclude: (counts: Float64Array) => Outcome[],
): Job<Float64Array> => ({
  name,
  parts,
  run,
  conclude: (each) => conclude(each.reduce((sum, counts) => sum.map((count, i) => count + counts[i]))),
});

const root = key(0x57a7);

/** The key of what is named: not of its place in a list, so that a new test changes no other's draws. FNV-1a. */
export function keyFor(name: string): Key {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) state = Math.imul(state ^ byte, 0x01000193);
  return foldIn(root, state >>> 0);
}
