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

/** A sample lasts this many ticks of the clock at least, so that a tick is 1 % of it. */
const TICKS = 100;

/**
 * Times functions that do the same work. They take turns, round after round, so that a machine that slows down or a
 * noisy neighbour meets all of them, and their ratios hold. Runs in every engine.
 *
 * @throws the signal's reason, between two turns
 */
export async function measure<Name extends string>(
  contestants: Readonly<Partial<Record<Name, () => unknown>>>,
  { rounds, time, warmup }: Effort,
  signal?: AbortSignal,
): Promise<Partial<Record<Name, Measurement>>> {
  const entries = Object.entries(contestants) as [Name, () => unknown][];
  const samples = new Map<Name, number[]>(entries.map(([name]) => [name, []]));
  const least = TICKS * clockTick();
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of entries) {
      await macrotask();
      signal?.throwIfAborted();
      if (round === 0) warmUp(work, warmup);
      for (const sample of turn(name, work, time, callsPerSample(work, least))) samples.get(name)?.push(sample);
    }
  }
  return Object.fromEntries([...samples].map(([name, times]) => [name, summarize(times)])) as Partial<
    Record<Name, Measurement>
  >;
}

/** Lets signals, messages and the browser's own work have their turn. */
const macrotask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** The least step of the clock, in milliseconds: some 50 ns in Node, 1 ms in a browser that guards its clock. */
export function clockTick(now: () => number = () => performance.now()): number {
  let least = Infinity;
  for (let trial = 0; trial < 10; trial++) {
    const start = now();
    let end = start;
    while (end === start) end = now();
    least = Math.min(least, end - start);
  }
  return least;
}

function warmUp(work: () => unknown, time: number): void {
  const end = performance.now() + time;
  do work();
  while (performance.now() < end);
}

function callsPerSample(work: () => unknown, least: number): number {
  for (let calls = 1; ; calls *= 2) {
    const start = performance.now();
    repeat(work, calls);
    if (performance.now() - start >= least) return calls;
  }
}

function repeat(work: () => unknown, calls: number): void {
  for (let i = 0; i < calls; i++) work();
}

/** Samples of one turn, in nanoseconds a call. */
function turn(name: string, work: () => unknown, time: number, calls: number): number[] {
  const bench = new Bench({ time, iterations: 1, warmup: false, retainSamples: true, throws: true });
  bench.add(name, calls === 1 ? work : () => repeat(work, calls), { async: false });
  const [{ result }] = bench.runSync();
  if (result.state !== "completed") throw new Error(`${name}: ${result.state}`);
  return (result.latency.samples ?? []).map((milliseconds) => (milliseconds * 1e6) / calls);
}

/** Median and spread of times, in their unit. */
export function summarize(times: readonly number[]): Measurement {
  const sorted = [...times].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  return { median, spread: (100 * range) / median, samples: sorted.length };
}

/** By linear interpolation. */
export function quantile(sorted: readonly number[], q: number): number {
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below], sorted[Math.ceil(place)]];
  return low + (place - below) * (high - low);
}
