import { foldIn, type Key, split } from "reparam";
import type { Data } from "./data.ts";
import { estimators, REFERENCE } from "./estimators.ts";
import { gradientMoments, noiseToSignal, relativeBias } from "./gradients.ts";
import { createModel, disposeModel, type Latent, type Model, parametersOf } from "./model.ts";
import { fixedBatch, type Job, keysOf, type Settings } from "./train.ts";

/** The parameters of a run at one of its steps. */
export interface Snapshot {
  readonly step: number;
  readonly values: Readonly<Record<string, Float32Array>>;
}

/** What an estimator's gradient is like at a snapshot. */
export interface Compared extends Job {
  readonly step: number;
  readonly variance: number;
  readonly noise: number;
  /** Mean cosine of one gradient with the true one. */
  readonly cosine: number;
  /** ‖E g − g*‖ / ‖g*‖; 0 where it is below `floor`. */
  readonly bias: number;
  /** What the noise of both means adds up to: no smaller bias is told from none. */
  readonly floor: number;
}

/** Of the run that tells the true gradient, beside the others' repetitions; and its samples, beside its usual ones. */
const LONGER = 5;
const REFERENCE_SAMPLES = 10;

export const snapshot = (model: Model, step: number): Snapshot => ({
  step,
  values: Object.fromEntries(Object.entries(parametersOf(model)).map(([name, each]) => [name, each.toArray()])),
});

/** Early and at the end. */
export const comparable = (snapshots: readonly Snapshot[]): Snapshot[] => [
  snapshots[Math.floor(snapshots.length / 3)],
  snapshots[snapshots.length - 1],
];

/** The gradients of all jobs, of the same codes, at the same parameters; the true ones by a long run of `REFERENCE`. */
export async function* compare(
  data: Data,
  settings: Settings,
  latent: Latent,
  jobs: readonly Job[],
  snapshots: readonly Snapshot[],
  signal?: AbortSignal,
): AsyncGenerator<Compared> {
  const { gradients, weights } = keysOf(settings.seed);
  const model = createModel(latent, data.train, weights);
  const images = fixedBatch(data, settings);
  const moments = (estimator: string, samples: number, repetitions: number, key: Key, towards?: Float64Array) =>
    gradientMoments(model, images, { make: estimators[estimator].make, samples, repetitions, key, towards }, signal);
  try {
    for (const { step, values } of snapshots) {
      for (const [name, each] of Object.entries(parametersOf(model))) each.set(values[name]);
      const [referenceKey, key] = split(foldIn(gradients, step));
      const truth = await moments(REFERENCE, REFERENCE_SAMPLES, LONGER * settings.repetitions, referenceKey);
      for (const job of jobs) {
        const found = await moments(job.estimator, job.samples, settings.repetitions, key, truth.mean);
        const { square, noise } = relativeBias(found, truth);
        const bias = square > noise ? Math.sqrt(square) : 0;
        const { variance, cosine } = found;
        yield { ...job, step, variance, noise: noiseToSignal(found), cosine, bias, floor: Math.sqrt(noise) };
      }
    }
  } finally {
    disposeModel(model);
  }
}
