import { foldIn, split } from "reparam";
import { at, backward, mean, type Schedule, step, tensor } from "reparam/graph";
import { discreteBound, importanceWeightedBound } from "./bounds.ts";
import { type Images, type Mnist, PIXELS } from "./mnist.ts";
import { negativeElbo } from "./objective.ts";
import type { Settings } from "./options.ts";
import { permutation } from "./shuffle.ts";
import type { EpochBounds, State } from "./state.ts";
import { turn } from "./turn.ts";

/** Points of the training curve in an epoch. */
const CURVE_POINTS = 12;

export type TrainEvent =
  | { type: "step"; epoch: number; step: number; images: number; bound: number; tau: number }
  | { type: "evaluating"; epoch: number }
  | { type: "epoch"; bounds: EpochBounds };

/** τ = max(tauMin, exp(−3e-4 · step)): Jang, Gu & Poole 2017, §4.2, with a rate for 5 epochs instead of hundreds. */
export function temperature({ tauMin }: Settings): Schedule {
  return { type: "exponential", initial: 1, rate: 3e-4, min: tauMin };
}

/** Gradient steps in an epoch over `count` images. */
export function stepsPerEpoch(count: number, { batch }: Settings): number {
  return Math.ceil(count / batch);
}

/** Whether every epoch is trained and evaluated. */
export function isFinished({ progress, settings }: State): boolean {
  return progress.history.length >= settings.epochs;
}

/**
 * Trains until `settings.epochs` epochs are in `progress.history`, from wherever `state.progress` stands.
 * Every random draw depends on the seed and the step alone, so it does not matter how often the run was interrupted.
 * @throws the signal's reason between two steps, with the state fit to be saved; ArgumentError when training has diverged to NaN.
 */
export async function* train(state: State, data: Mnist, signal?: AbortSignal): AsyncGenerator<TrainEvent> {
  const { keys, progress, settings } = state;
  const steps = stepsPerEpoch(data.train.count, settings);
  while (!isFinished(state)) {
    const epoch = progress.history.length;
    const order = permutation(foldIn(keys.order, epoch), data.train.count);
    while (progress.step < (epoch + 1) * steps) {
      await turn(signal);
      yield trainStep(state, data.train, order, epoch);
    }
    yield { type: "evaluating", epoch };
    const bounds = await evaluate(state, data.test, epoch, signal);
    progress.history.push(bounds);
    progress.epochSum = 0;
    progress.epochImages = 0;
    yield { type: "epoch", bounds };
  }
}

function trainStep(state: State, images: Images, order: Uint32Array, epoch: number): TrainEvent {
  const { keys, optimizer, parameters, progress, settings } = state;
  const steps = stepsPerEpoch(images.count, settings);
  const first = (progress.step - epoch * steps) * settings.batch;
  const indices = order.subarray(first, first + settings.batch);
  const tau = at(temperature(settings), progress.step);

  const bounds = step(() => {
    const batch = tensor(gather(images, indices), [indices.length, PIXELS]);
    const perImage = negativeElbo(parameters, batch, foldIn(keys.codes, progress.step), { tau, hard: settings.hard });
    backward(mean(perImage));
    return perImage.toArray();
  });
  let sum = 0;
  for (const bound of bounds) sum += bound;
  optimizer.step({ rate: settings.rate });

  record(state, sum, indices.length, steps);
  return { type: "step", epoch, step: progress.step, images: indices.length, bound: sum / indices.length, tau };
}

function record({ progress }: State, sum: number, images: number, steps: number): void {
  progress.step++;
  progress.epochSum += sum;
  progress.epochImages += images;
  progress.windowSum += sum;
  progress.windowImages += images;
  if (progress.step % Math.ceil(steps / CURVE_POINTS) === 0) {
    progress.curve.push([progress.step, progress.windowSum / progress.windowImages]);
    progress.windowSum = 0;
    progress.windowImages = 0;
  }
}

async function evaluate(state: State, test: Images, epoch: number, signal?: AbortSignal): Promise<EpochBounds> {
  const { keys, parameters, progress, settings } = state;
  const [discreteKey, iwaeKey] = split(foldIn(keys.evaluation, epoch));
  return {
    epoch: epoch + 1,
    tau: at(temperature(settings), progress.step - 1),
    train: progress.epochSum / progress.epochImages,
    testDiscrete: await discreteBound(parameters, test, discreteKey, signal),
    testIwae100: await importanceWeightedBound(parameters, test, iwaeKey, {}, signal),
  };
}

function gather(images: Images, indices: Uint32Array): Float32Array {
  const batch = new Float32Array(indices.length * PIXELS);
  indices.forEach((index, row) => {
    batch.set(images.pixels.subarray(index * PIXELS, (index + 1) * PIXELS), row * PIXELS);
  });
  return batch;
}
