import type { Machine } from "../results.ts";

/** The file format of bench/results/parallel.json. */
export interface Parallel {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly runtime: string;
  readonly rows: readonly Row[];
}

/** An executor with one worker, and messages of one size. Times are milliseconds, medians over maps. */
export interface Row {
  readonly executor: Name;
  /** Parameters of the work. */
  readonly values: number;
  /** Bytes: of what all shards have in common, of a shard, of a partial result. */
  readonly common: number;
  readonly shard: number;
  readonly partial: number;
  /** Of a shard among many, with the computation of one sample. */
  readonly perShard: number;
  /** The same, less what it takes inline: what the executor adds. */
  readonly overhead: number;
  /** Of a map of one shard at new parameters: a training step. */
  readonly perMap: number;
  /** The quartiles of `perShard`. */
  readonly quartiles: readonly [number, number];
}

export type Name = "inline" | "threads" | "bullmq";

/** What an executor may add to a shard, in milliseconds. */
export const MOST: Readonly<Record<Name, number>> = { inline: 0, threads: 0.2, bullmq: 5 };

/** Those that add more, in words. */
export const tooMuch = ({ rows }: Pick<Parallel, "rows">): string[] =>
  rows
    .filter(({ executor, overhead }) => overhead > MOST[executor])
    .map(
      ({ executor, common, overhead }) =>
        `${executor}, ${common} bytes in common: ${overhead.toFixed(3)} ms a shard, more than ${MOST[executor]}`,
    );
