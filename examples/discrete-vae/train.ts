import { foldIn, type Key, key, split } from "reparam";
import { adam, backward, mean, type Optimizer, step } from "reparam/graph";
import type { Estimator } from "reparam/inference";
import type { Images } from "../mnist-vae/mnist.ts";
import { permutation } from "../mnist-vae/shuffle.ts";
import { turn } from "../mnist-vae/turn.ts";
import { discreteBound, importanceWeightedBound } from "./bounds.ts";
import { type Data, gather } from "./data.ts";
import { estimators } from "./estimators.ts";
import { gradientMoments, noiseToSignal } from "./gradients.ts";
import { createModel, disposeModel, type Latent, type Model, parametersOf } from "./model.ts";
import { negativeElbo } from "./objective.ts";

export interface Settings {
  readonly steps: number;
  readonly batch: number;
  /** Learning rate of Adam. */
  readonly rate: number;
  readonly seed: number;
  /** Gradients of which variances are told. */
  readonly repetitions: number;
}

/** What a run differs from others in. */
export interface Job {
  readonly latent: Latent;
  readonly estimator: string;
  readonly samples: number;
}

/** Bounds are −ELBO and the like of the discrete model, nats an image, lower is better. */
export interface Checkpoint {
  readonly step: number;
  readonly train: number;
  readonly test: number;
  readonly testIwae100: number;
  /** Of the encoder's gradient on one batch, its parameters' variances added up. */
  readonly variance: number;
  /** The same over the squared norm of the mean gradient. */
  readonly noise: number;
}

export interface Run extends Job {
  readonly unbiased: boolean;
  /** Of the decoder for each image, in a step. */
  readonly evaluations: number;
  /** In training steps alone. */
  readonly seconds: number;
  /** [steps taken, mean −ELBO of the steps' hard codes since the point before]. */
  readonly curve: readonly (readonly [number, number])[];
  readonly checkpoints: readonly Checkpoint[];
}

export type TrainEvent =
  | { readonly type: "step"; readonly step: number; readonly bound: number }
  | { readonly type: "checkpoint"; readonly checkpoint: Checkpoint; readonly model: Model };

const FRACTIONS = [0, 0.02, 0.1, 0.25, 0.5, 1];
const CURVE_POINTS = 50;

/** Each a branch of key(seed), the same whatever the estimator. */
export interface Keys {
  readonly data: Key;
  readonly weights: Key;
  readonly order: Key;
  readonly codes: Key;
  readonly evaluation: Key;
  readonly gradients: Key;
}

export function keysOf(seed: number): Keys {
  const [data, weights, order, codes, evaluation, gradients] = split(key(seed), 6);
  return { data, weights, order, codes, evaluation, gradients };
}

/** The batch whose gradients are compared: the first images. */
export const fixedBatch = ({ train }: Data, { batch }: Settings): Images =>
  gather(
    train,
    Array.from({ length: Math.min(batch, train.count) }, (_, i) => i),
  );

/**
 * Trains a fresh model. All randomness depends on the seed and the step alone: runs differ in their estimators only.
 * @throws the signal's reason between two steps
 */
export async function* train(
  data: Data,
  settings: Settings,
  job: Job,
  signal?: AbortSignal,
): AsyncGenerator<TrainEvent, Run> {
  const keys = keysOf(settings.seed);
  const model = createModel(job.latent, data.train, keys.weights);
  const optimizer = adam(parametersOf(model), { rate: settings.rate });
  const estimator = estimators[job.estimator].make();
  const due = new Set(FRACTIONS.map((fraction) => Math.round(fraction * settings.steps)));
  const window = Math.ceil(settings.steps / CURVE_POINTS);
  const curve: [number, number][] = [];
  const checkpoints: Checkpoint[] = [];
  const batches = batchesOf(data.train, keys.order, settings.batch);
  let [evaluations, seconds, since, sum] = [0, 0, 0, 0];
  try {
    for (let steps = 0; ; steps++) {
      if (due.has(steps)) {
        const checkpoint = await measure(model, data, settings, job, steps, signal);
        checkpoints.push(checkpoint);
        yield { type: "checkpoint", checkpoint, model };
      }
      if (steps === settings.steps) break;
      await turn(signal);
      const begun = performance.now();
      const images = batches.next().value;
      const taken = trainStep(model, optimizer, images, estimator, job.samples, foldIn(keys.codes, steps));
      seconds += (performance.now() - begun) / 1000;
      evaluations = taken.evaluations;
      sum += taken.bound;
      if ((steps + 1) % window === 0 || steps + 1 === settings.steps) {
        curve.push([steps + 1, sum / (steps + 1 - since)]);
        [since, sum] = [steps + 1, 0];
      }
      yield { type: "step", step: steps + 1, bound: taken.bound };
    }
    return { ...job, unbiased: estimator.unbiased, evaluations, seconds, curve, checkpoints };
  } finally {
    optimizer.dispose();
    disposeModel(model);
  }
}

function trainStep(
  model: Model,
  optimizer: Optimizer,
  images: Images,
  estimator: Estimator,
  samples: number,
  codes: Key,
): { readonly bound: number; readonly evaluations: number } {
  const taken = step(() => {
    const { bounds, evaluations } = negativeElbo(model, images, { key: codes, estimator, samples });
    const bound = mean(bounds);
    backward(bound);
    return { bound: bound.item(), evaluations };
  });
  optimizer.step();
  return taken;
}

/** Every epoch in a new order, without end; the last batch of an epoch may be smaller. */
function* batchesOf(images: Images, order: Key, batch: number): Generator<Images, never> {
  for (let epoch = 0; ; epoch++) {
    const indices = permutation(foldIn(order, epoch), images.count);
    for (let start = 0; start < images.count; start += batch)
      yield gather(images, indices.subarray(start, start + batch));
  }
}

async function measure(
  model: Model,
  data: Data,
  settings: Settings,
  { estimator, samples }: Job,
  steps: number,
  signal: AbortSignal | undefined,
): Promise<Checkpoint> {
  const { evaluation, gradients } = keysOf(settings.seed);
  const [train, test, iwae] = split(foldIn(evaluation, steps), 3);
  const { make } = estimators[estimator];
  const { repetitions } = settings;
  const repeated = { make, samples, repetitions, key: foldIn(gradients, steps) };
  const moments = await gradientMoments(model, fixedBatch(data, settings), repeated, signal);
  return {
    step: steps,
    train: await discreteBound(model, data.train, train, signal),
    test: await discreteBound(model, data.test, test, signal),
    testIwae100: await importanceWeightedBound(model, data.test, iwae, signal),
    variance: moments.variance,
    noise: noiseToSignal(moments),
  };
}
