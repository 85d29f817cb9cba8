import { type Contestant, nameOf, type Start } from "./contestant.ts";
import { Yardstick } from "./yardstick.ts";

/** Rounds that engines compile in, at most: as many as are timed, if these are few and long. */
const WARM = 5;

/** Milliseconds of a round, and how many times as fast as without workers: medians over rounds, the latter of ratios within a round. */
export interface Place {
  readonly workers: number;
  readonly time: number;
  readonly faster: number;
}

export interface Race {
  readonly places: readonly Place[];
  /** What two cores were worth meanwhile: the median over rounds. */
  readonly worth: number;
}

/** A round of each in turn, so that what else the machine does slows all of them alike. */
export async function race(start: Start, counts: readonly number[], rounds: number): Promise<Race> {
  const warm = Math.min(WARM, rounds);
  const yardstick = new Yardstick();
  const worths: number[] = [];
  const all = await startAll(start, [0, ...counts]);
  const times = all.map((): number[] => []);
  for (let round = -warm; round < rounds; round++) {
    worths.push(await yardstick.worth());
    for (const [i, contestant] of all.entries()) {
      const begun = performance.now();
      await contestant.round();
      if (round >= 0) times[i].push(performance.now() - begun);
    }
  }
  await yardstick.end();
  for (const each of all) await each.end();
  const [alone] = times;
  const places = all.map(({ workers }, i) => ({
    workers,
    time: median(times[i]),
    faster: median(times[i].map((time, round) => alone[round] / time)),
  }));
  return { places, worth: median(worths.slice(warm)) };
}

/** What comes of so many rounds, of each: the same for all. */
export async function results(start: Start, counts: readonly number[], rounds: number): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const workers of [0, ...counts]) {
    const contestant = await start(workers);
    for (let i = 0; i < rounds; i++) await contestant.round();
    found.set(nameOf(workers), contestant.result());
    await contestant.end();
  }
  return found;
}

async function startAll(start: Start, counts: readonly number[]): Promise<Contestant[]> {
  const all: Contestant[] = [];
  for (const workers of counts) all.push(await start(workers));
  return all;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
