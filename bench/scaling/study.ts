import { foldIn, key, uniform } from "reparam";
import type { Constants } from "./constants.ts";
import { factorAt, type Means, meanOf, type Quantiles, type Round, timeOf } from "./simulate.ts";
import { machine, settings, WORKERS, type Workload, workloads } from "./workloads.ts";

/** Shards that are simulated at least, in rounds with noise of their own: the mean is told. The slowest of few needs many rounds. */
const SHARDS = 20_000;
export const roundsOf = (shards: number): number => Math.min(1000, Math.max(12, Math.ceil(SHARDS / shards)));

export interface Point {
  readonly workers: number;
  /** Seconds of a round. */
  readonly time: number;
  readonly speedup: number;
  readonly efficiency: number;
  /** Processor time paid for, idle or not, over that of one worker alone. */
  readonly cost: number;
  /** What takes most away, and how much of the time would be gone without it. */
  readonly loss: { readonly cause: Cause; readonly share: number };
}

export interface Curve {
  readonly workload: string;
  readonly setting: string;
  readonly points: readonly Point[];
}

interface Change {
  readonly round?: Round;
  readonly means?: Partial<Means>;
  readonly quiet?: boolean;
}

/** Without one thing at a time. */
const CAUSES = {
  barrier: (round: Round): Change => ({ round: level(round), quiet: true }),
  link: (): Change => ({ means: { bandwidth: Number.POSITIVE_INFINITY } }),
  reducer: (round: Round): Change => ({ round: { ...round, reduce: 0 } }),
  queue: (): Change => ({ means: { rate: Number.POSITIVE_INFINITY, latency: 0 } }),
  optimizer: (round: Round): Change => ({ round: { ...round, serial: 0 } }),
  pieces: (round: Round, ideal: number): Change => ({
    round: { ...round, shards: round.shards.map(() => ideal / round.shards.length) },
  }),
};
export type Cause = keyof typeof CAUSES | "none";

/** All shards of one length. */
const level = (round: Round): Round => {
  const mean = total(round) / round.shards.length;
  return { ...round, shards: round.shards.map(() => mean) };
};

const total = ({ shards }: Round): number => shards.reduce((sum, time) => sum + time, 0);

/** Mean time of a round; the noise of shard i of round r is the same whatever else is changed. `quiet`: all are as late as the mean. */
export function meanTime(round: Round, workers: number, means: Means, quantiles: Quantiles, quiet = false): number {
  const mean = meanOf(quantiles);
  if (quiet) return timeOf(round, workers, means, () => mean);
  const rounds = roundsOf(round.shards.length);
  let sum = 0;
  for (let r = 0; r < rounds; r++) {
    const noise = uniform(foldIn(key(8), r), round.shards.length);
    sum += timeOf(round, workers, means, (shard) => factorAt(quantiles, noise[shard]));
  }
  return sum / rounds;
}

/** One worker computes it alone, with nobody to talk to. */
export function aloneTime({ round }: Workload, quantiles: Quantiles): number {
  const only = round(1);
  return total(only) * meanOf(quantiles) + only.serial;
}

export function pointOf(workload: Workload, workers: number, means: Means, quantiles: Quantiles): Point {
  const round = workload.round(workers);
  const ideal = total(workload.round(1));
  const time = meanTime(round, workers, means, quantiles);
  const without = Object.entries(CAUSES).map(([cause, change]) => {
    const { round: other = round, means: instead, quiet } = change(round, ideal);
    const left = meanTime(other, workers, { ...means, ...instead }, quantiles, quiet);
    return { cause: cause as Cause, share: 1 - left / time };
  });
  const worst = without.reduce((a, b) => (b.share > a.share ? b : a));
  const speedup = aloneTime(workload, quantiles) / time;
  return {
    workers,
    time,
    speedup,
    efficiency: speedup / workers,
    cost: workers / speedup,
    loss: worst.share < 0.02 ? { cause: "none", share: worst.share } : worst,
  };
}

export const curveOf = (workload: Workload, means: Means, quantiles: Quantiles): readonly Point[] =>
  WORKERS.map((workers) => pointOf(workload, workers, means, quantiles));

export function study(constants: Constants): Curve[] {
  const { quantiles } = constants.jitter;
  return workloads(constants).flatMap((workload) =>
    [...machine(constants), ...settings(constants)].map(({ id, means }) => ({
      workload: workload.id,
      setting: id,
      points: curveOf(workload, means, quantiles),
    })),
  );
}

export interface Choice {
  readonly title: string;
  readonly workers: number;
  readonly choice: string;
  readonly point: Point;
  /** Of how many rounds' samples this is one. */
  readonly times: number;
}

/** What can be chosen where something is in the way. */
export function choices(constants: Constants): Choice[] {
  const { quantiles } = constants.jitter;
  const all = settings(constants);
  const of = (id: string, workers: number, choice: string, { setting = "10GbE", shardsEach = 16, times = 1 } = {}) => {
    const workload = workloads(constants, { shardsEach, times }).find((each) => each.id === id) as Workload;
    const { means } = all.find((each) => each.id === setting) as (typeof all)[number];
    return { title: workload.title, workers, choice, times, point: pointOf(workload, workers, means, quantiles) };
  };
  return [
    of("expectation", 256, "16 shards a worker, as by default"),
    of("expectation", 256, "4 shards a worker", { shardsEach: 4 }),
    of("expectation", 256, "one shard a worker", { shardsEach: 1 }),
    of("vae400", 8, "as it is"),
    of("vae400", 8, "4 times the samples a message", { times: 4 }),
    of("vae400", 8, "16 times the samples a message", { times: 16 }),
    of("vae4096", 64, "as it is"),
    of("vae4096", 64, "a tree of 8", { setting: "tree" }),
    of("vae4096", 64, "4 times the samples a message", { times: 4 }),
    of("vae4096", 64, "both", { setting: "tree", times: 4 }),
    of("vae4096", 8, "8 workers, as it is"),
  ];
}
