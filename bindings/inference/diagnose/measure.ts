import { ArgumentError } from "../../core/index.ts";
import type { Key } from "../../random/index.ts";
import { Frame, now } from "../frame.ts";
import { cosineOf } from "./interval.ts";
import { Moments, Running } from "./moments.ts";
import type { DiagnoseOptions, Entry } from "./options.ts";
import type { Chunk, Repeatable } from "./problem.ts";

/** Repetitions in a first step, which shows how many evaluations each takes. */
const FIRST = 16;
const MOST = 1024;
/** Numbers in a step: those of the parameters for each evaluation. */
const NUMBERS = 2 ** 18;

export interface Seen {
  readonly moments: Moments;
  /** Cosines to the truth. */
  readonly cosines: Running;
  /** Of one gradient. */
  readonly evaluations: number;
  readonly milliseconds: number;
}

/**
 * Takes `of` gradients, some in each step, and adds them up in order: steps of other sizes give the same to the bit. What the estimator
 * remembers is afterwards what it was: it may be that of a run that goes on, and of another measurement.
 */
export async function measure(...given: Parameters<typeof measured>): Promise<Seen> {
  const { memory } = given[1].estimator;
  const before = memory?.state;
  try {
    return await measured(...given);
  } finally {
    if (before) memory?.restore(before);
  }
}

async function measured(
  problem: Repeatable,
  entry: Entry,
  of: number,
  key: Key,
  { chunk, asynchronous = false, onProgress, signal }: DiagnoseOptions,
  truth?: Float64Array,
): Promise<Seen> {
  const moments = new Moments(problem.size);
  const cosines = new Running();
  const frame = new Frame();
  let [evaluations, milliseconds, most] = [0, 0, problem.sideBySide ? (chunk ?? FIRST) : 1];
  for (let first = 0; first < of; ) {
    signal?.throwIfAborted();
    const count = Math.min(most, of - first);
    const start = now();
    const taken = await run(problem, entry, { key, first, count, signal }, asynchronous);
    milliseconds += now() - start;
    evaluations += taken.evaluations;
    for (let i = 0; i < count; i++) {
      const gradient = problem.gradientOf(taken, i);
      moments.add(gradient);
      if (truth) cosines.add(cosineOf(gradient, truth));
    }
    first += count;
    onProgress?.({ estimator: entry.name, done: first, of });
    await frame.breathe();
    if (problem.sideBySide && chunk === undefined) {
      const numbers = problem.size * Math.max(1, evaluations / first);
      most = Math.max(1, Math.min(MOST, Math.floor(NUMBERS / numbers)));
    }
  }
  return { moments, cosines, evaluations: evaluations / of, milliseconds: milliseconds / of };
}

/** An estimator that cannot be used here is named. */
async function run(
  problem: Repeatable,
  entry: Entry,
  ...rest: Parameters<Repeatable["run"]> extends [unknown, ...infer R] ? R : never
): Promise<Chunk> {
  try {
    return await problem.run(entry, ...rest);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const { argument, expected, received } = error;
    throw Object.assign(new ArgumentError(`${entry.title}: ${argument}`, expected, received), { cause: error });
  }
}
