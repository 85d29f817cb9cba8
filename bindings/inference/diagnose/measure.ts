import { ArgumentError } from "../../core/index.ts";
import { named } from "../../random/index.ts";
import type { Signal } from "../async-step.ts";
import { Frame, now } from "../frame.ts";
import type { Range, Tree } from "../shards/tree.ts";
import { blockOf, blocksOf, Part, partTree } from "./blocks.ts";
import { Moments, type Running } from "./moments.ts";
import type { DiagnoseOptions, Entry } from "./options.ts";
import type { Chunk, Repeatable } from "./problem.ts";
import { exactly } from "./truth.ts";

/** Repetitions in a first step, which shows how many evaluations each takes. */
const FIRST = 16;
const MOST = 1024;
/** Numbers in a step: those of the parameters for each evaluation. */
const NUMBERS = 2 ** 18;

/** Gradients that are to be taken: plain data. */
export type Run = {
  /** Of which entry, by its number; the last one is that of the truth. */
  readonly entry: number;
  readonly of: number;
  /** For the truth, under a key of its own. */
  readonly isTruth: boolean;
  /** With the exact expectation for the value. */
  readonly isListed: boolean;
};

export interface Seen {
  readonly moments: Moments;
  /** Cosines to the truth. */
  readonly cosines: Running;
  /** Of one gradient. */
  readonly evaluations: number;
  readonly milliseconds: number;
}

/** Takes the gradients of some runs: here, or wherever an executor's workers are. */
export type Measure = (runs: readonly Run[], truth?: Float64Array) => Promise<Seen[]>;

/** Of all blocks, or of some in a row. */
export interface Taken {
  readonly tree: Tree<Part>;
  /** Of all gradients together. */
  readonly evaluations: number;
  readonly milliseconds: number;
}

/** Options that say how gradients are taken. */
export type Sampling = Pick<DiagnoseOptions, "key" | "chunk" | "asynchronous">;

interface Watch {
  readonly truth: Float64Array | undefined;
  readonly signal: Signal | undefined;
  readonly onStep?: (done: number) => void;
}

/** Takes gradients by their numbers, whatever was taken before. */
export class Measurer {
  readonly problem: Repeatable;
  readonly entries: readonly Entry[];
  readonly #options: Sampling;

  constructor(problem: Repeatable, entries: readonly Entry[], options: Sampling) {
    this.problem = problem;
    this.entries = entries;
    this.#options = options;
  }

  entryOf({ entry, isListed }: Run): Entry {
    // Runs are made where entries are.
    const found = this.entries[entry] as Entry;
    return isListed ? { ...found, estimator: exactly(found.estimator) } : found;
  }

  /** What the run is called in messages to the user. */
  nameOf(run: Run): string {
    return run.isTruth ? "truth" : (this.entries[run.entry] as Entry).name;
  }

  /**
   * Takes the gradients of blocks in a row, some in each step, and adds up each block in order: steps of other sizes give the same to the
   * bit. What the estimator remembers is afterwards what it was: it may be that of a run that goes on, and of another measurement.
   */
  async take(run: Run, blocks: Range, watch: Watch): Promise<Taken> {
    const entry = this.entryOf(run);
    const { memory } = entry.estimator;
    const before = memory?.state;
    try {
      return await this.#take(run, entry, blocks, watch);
    } finally {
      if (before) memory?.restore(before);
    }
  }

  async #take(run: Run, entry: Entry, { from, to }: Range, { truth, signal, onStep }: Watch): Promise<Taken> {
    const { problem } = this;
    const { of, isTruth } = run;
    const { chunk, asynchronous = false } = this.#options;
    const key = isTruth ? named(this.#options.key, "truth") : this.#options.key;
    const tree = partTree(of);
    const block = blockOf(of);
    const [begin, end] = [from * block, Math.min(to * block, of)];
    const frame = new Frame();
    let part = new Part(new Moments(problem.size));
    let [evaluations, milliseconds, most] = [0, 0, problem.sideBySide ? (chunk ?? FIRST) : 1];
    for (let first = begin; first < end; ) {
      signal?.throwIfAborted();
      const count = Math.min(most, end - first);
      const start = now();
      const taken = await tried(entry, () => problem.run(entry, { key, first, count, signal }, asynchronous));
      milliseconds += now() - start;
      evaluations += taken.evaluations;
      for (let i = 0; i < count; i++) {
        part.add(problem.gradientOf(taken, i), truth);
        const done = first + i + 1;
        if (done % block !== 0 && done !== of) continue;
        tree.add({ level: 0, index: Math.floor((first + i) / block), value: part });
        part = new Part(new Moments(problem.size));
      }
      first += count;
      onStep?.(first);
      await frame.breathe();
      if (problem.sideBySide && chunk === undefined) {
        const numbers = problem.size * Math.max(1, evaluations / (first - begin));
        most = Math.max(1, Math.min(MOST, Math.floor(NUMBERS / numbers)));
      }
    }
    return { tree, evaluations, milliseconds };
  }
}

/** In this thread, one run after another. */
export const measuringHere =
  (measurer: Measurer, { signal, onProgress }: DiagnoseOptions): Measure =>
  async (runs, truth) => {
    const all: Seen[] = [];
    for (const run of runs) {
      const { of } = run;
      const onStep = (done: number): void => onProgress?.({ estimator: measurer.nameOf(run), done, of });
      all.push(seenOf(await measurer.take(run, { from: 0, to: blocksOf(of) }, { truth, signal, onStep }), of));
    }
    return all;
  };

/** What all blocks come to. */
export function seenOf({ tree, evaluations, milliseconds }: Taken, of: number): Seen {
  // All blocks were added.
  const { moments, cosines } = tree.root as Part;
  return { moments, cosines, evaluations: evaluations / of, milliseconds: milliseconds / of };
}

/** An estimator that cannot be used here is named. */
async function tried(entry: Entry, run: () => Promise<Chunk>): Promise<Chunk> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const { argument, expected, received } = error;
    throw Object.assign(new ArgumentError(`${entry.title}: ${argument}`, expected, received), { cause: error });
  }
}
