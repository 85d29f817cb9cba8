import type { Constants, Name } from "./constants.ts";
import type { Means, Round } from "./simulate.ts";

/** Workers of the tables and curves. */
export const WORKERS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000] as const;

export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** What a round is on so many workers. */
  readonly round: (workers: number) => Round;
}

export interface Setting {
  readonly id: string;
  readonly title: string;
  readonly means: Means;
}

const DRAWS = 1e8;

/** What a user can choose. */
export interface Choices {
  /** 16 is what `expectation` does by itself. */
  readonly shardsEach?: number;
  /** Samples of each row, or steps, for which a message is sent once: all other numbers stay. */
  readonly times?: number;
}
const BLOCKS = 4096;

const evenly = (units: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(((i + 1) * units) / count) - Math.floor((i * units) / count));

const values =
  ({ numbers }: Constants) =>
  (name: Name): number =>
    numbers[name].value;

/** Samples that are drawn together: no shard is smaller. */
const CHUNK = 2 ** 14;

export function workloads(constants: Constants, { shardsEach = 16, times = 1 }: Choices = {}): Workload[] {
  const of = values(constants);
  const small = (bytes: number): number => of("reduceFixed") + bytes * of("reduceByte");
  const training = (batch: number): Workload => ({
    id: `vae${batch}`,
    title: `VAE step, batch ${batch.toLocaleString("en")}`,
    unit: "a step",
    round: (workers) => ({
      // A piece for each worker: fewer, larger ones take less time in all.
      shards: evenly(batch, Math.min(batch, workers)).map((rows) => times * (of("pieceFixed") + rows * of("pieceRow"))),
      common: of("parameters"),
      partial: of("parameters"),
      reduce: of("reduceFixed") + of("parameters") * of("reduceByte"),
      serial: of("serialStep"),
    }),
  });
  return [
    {
      id: "expectation",
      title: "Expectation of 10⁸ draws",
      unit: "a run",
      round: (workers) => ({
        shards: evenly(DRAWS, Math.min(shardsEach * workers, Math.ceil(DRAWS / CHUNK))).map((n) => n * of("draw")),
        common: 1000,
        partial: of("partialExpectation"),
        reduce: small(of("partialExpectation")),
        serial: 1e-6,
      }),
    },
    training(400),
    training(4096),
    {
      id: "diagnosis",
      title: "Diagnosis, 4096 blocks of 256 gradients",
      unit: "a run",
      round: (workers) => ({
        shards: evenly(BLOCKS, Math.min(BLOCKS, shardsEach * workers)).map((n) => n * of("gradientBlock")),
        common: 1000,
        partial: of("partialDiagnosis"),
        reduce: small(of("partialDiagnosis")),
        serial: 1e-6,
      }),
    },
  ];
}

export function settings(constants: Constants): Setting[] {
  const of = values(constants);
  const queue = { latency: of("latencyQueue"), rate: of("rateQueue"), fan: Number.POSITIVE_INFINITY };
  return [
    { id: "1GbE", title: "queue, 1 GbE", means: { ...queue, bandwidth: of("bandwidth1GbE") } },
    { id: "10GbE", title: "queue, 10 GbE", means: { ...queue, bandwidth: of("bandwidth10GbE") } },
    { id: "tree", title: "queue, 10 GbE, tree of 8", means: { ...queue, bandwidth: of("bandwidth10GbE"), fan: 8 } },
  ];
}

/** On one machine, which has no 1000 cores. */
export function machine(constants: Constants): Setting[] {
  const of = values(constants);
  const fan = Number.POSITIVE_INFINITY;
  const threads = { latency: of("latencyThreads"), rate: of("rateThreads"), bandwidth: of("bandwidthThreads"), fan };
  const queue = { latency: of("latencyQueue"), rate: of("rateQueue"), bandwidth: of("bandwidthLoopback"), fan };
  return [
    { id: "threads", title: "threads", means: threads },
    { id: "loopback", title: "queue, loopback", means: queue },
  ];
}
