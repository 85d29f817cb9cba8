import { setImmediate } from "node:timers/promises";
import { Bench } from "tinybench";

/** How long to measure: rounds, and in each for every contestant the time in milliseconds. */
export interface Effort {
  readonly rounds: number;
  readonly time: number;
  readonly warmup: number;
}

export const FULL: Effort = { rounds: 7, time: 100, warmup: 250 };
export const QUICK: Effort = { rounds: 2, time: 15, warmup: 30 };

/** Times of one call in nanoseconds. */
export interface Measurement {
  readonly median: number;
  /** Interquartile range, in percent of the median. */
  readonly spread: number;
  readonly samples: number;
}

/**
 * Times functions that do the same work. They take turns, round after round, so that a machine that slows down or a
 * noisy neighbour meets all of them, and their ratios hold.
 *
 * @throws the signal's reason, between two turns
 */
export async function measure<Name extends string>(
  contestants: Readonly<Partial<Record<Name, () => unknown>>>,
  { rounds, time, warmup }: Effort,
  signal: AbortSignal,
): Promise<Partial<Record<Name, Measurement>>> {
  const entries = Object.entries(contestants) as [Name, () => unknown][];
  const samples = new Map<Name, number[]>(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of entries) {
      await setImmediate(); // Ctrl-C is heard here
      signal.throwIfAborted();
      samples.get(name)?.push(...turn(name, work, time, round === 0 ? warmup : 0));
    }
  }
  return Object.fromEntries([...samples].map(([name, times]) => [name, summarize(times)])) as Partial<
    Record<Name, Measurement>
  >;
}

/** Samples of one turn, in nanoseconds. */
function turn(name: string, work: () => unknown, time: number, warmupTime: number): number[] {
  const bench = new Bench({
    time,
    iterations: 1,
    warmup: warmupTime > 0,
    warmupTime,
    warmupIterations: 2,
    retainSamples: true,
    throws: true,
  });
  bench.add(name, work, { async: false });
  const [{ result }] = bench.runSync();
  if (result.state !== "completed") throw new Error(`${name}: ${result.state}`);
  return (result.latency.samples ?? []).map((milliseconds) => milliseconds * 1e6);
}

function summarize(times: readonly number[]): Measurement {
  const sorted = [...times].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  return { median, spread: (100 * range) / median, samples: sorted.length };
}

/** By linear interpolation. */
function quantile(sorted: readonly number[], q: number): number {
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below], sorted[Math.ceil(place)]];
  return low + (place - below) * (high - low);
}
