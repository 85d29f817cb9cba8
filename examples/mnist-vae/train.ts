import { at, type Schedule } from "reparam/graph";
import { type MeanOfRowsOptions, meanOfRows } from "reparam/inference";
import type { Executor } from "reparam/parallel";
import { CHUNK, IWAE_CHUNK, IWAE_DRAWS, iwaeImages, LOG_DRAWS } from "./bounds.ts";
import type { Mnist } from "./mnist.ts";
import type { Settings } from "./options.ts";
import type { EpochBounds, State } from "./state.ts";
import { turn } from "./turn.ts";
import type { EpochInput } from "./work.ts";

/** Points of the training curve in an epoch. */
const CURVE_POINTS = 12;

export type TrainEvent =
  | { type: "step"; epoch: number; step: number; images: number; bound: number; tau: number }
  | { type: "epoch"; bounds: EpochBounds };

/** Who computes and who listens. */
export interface Company {
  /** What computes losses and gradients, this thread by default. It decides no number. */
  executor?: Executor | undefined;
  signal?: AbortSignal | undefined;
  /** Called as the evaluation goes on, with its share that is done, from 0 to 1. */
  onEvaluating?: (share: number) => void;
}

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
 * Every random draw depends on the seed and the step alone, so it does not matter how often the run was interrupted, nor who computes.
 * @throws the signal's reason, with the state of the last whole step, fit to be saved; ArgumentError when training has diverged to NaN;
 *   what the executor comes to.
 */
export async function* train(state: State, { train, test }: Mnist, company: Company = {}): AsyncGenerator<TrainEvent> {
  const { progress, settings } = state;
  const steps = stepsPerEpoch(train.count, settings);
  while (!isFinished(state)) {
    const epoch = progress.history.length;
    while (progress.step < (epoch + 1) * steps) {
      await turn(company.signal);
      yield await trainStep(state, train.count, epoch, company);
    }
    const bounds = await evaluate(state, test.count, epoch, company);
    progress.history.push(bounds);
    progress.epochSum = 0;
    progress.epochImages = 0;
    yield { type: "epoch", bounds };
  }
}

async function trainStep(state: State, count: number, epoch: number, company: Company): Promise<TrainEvent> {
  const { optimizer, progress, settings, work } = state;
  const { piece, batch, rate } = settings;
  const steps = stepsPerEpoch(count, settings);
  const rows = Math.min(batch, count - (progress.step - epoch * steps) * batch);
  const tau = at(temperature(settings), progress.step);
  const input = { step: progress.step, tau };

  const { value } = await meanOfRows(work.objective, { rows, piece, input, ...where(company) });
  optimizer.step({ rate });

  record(state, value * rows, rows, steps);
  return { type: "step", epoch, step: progress.step, images: rows, bound: value, tau };
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

async function evaluate(state: State, count: number, epoch: number, company: Company): Promise<EpochBounds> {
  const { progress, settings, work } = state;
  const few = iwaeImages(count);
  // Most of the time goes to decoding, a code at a time.
  const codes = count + few * IWAE_DRAWS;
  const options = (codesBefore: number, codesEach: number): Omit<MeanOfRowsOptions<EpochInput>, "rows"> => ({
    input: { epoch },
    gradients: false,
    onProgress: ({ done }) => company.onEvaluating?.((codesBefore + done * codesEach) / codes),
    ...where(company),
  });
  company.onEvaluating?.(0);
  const discrete = await meanOfRows(work.discrete, { rows: count, piece: CHUNK, ...options(0, 1) });
  const iwae = await meanOfRows(work.importanceWeighted, {
    rows: few,
    piece: IWAE_CHUNK,
    ...options(count, IWAE_DRAWS),
  });
  return {
    epoch: epoch + 1,
    tau: at(temperature(settings), progress.step - 1),
    train: progress.epochSum / progress.epochImages,
    testDiscrete: discrete.value,
    testIwae100: iwae.value + LOG_DRAWS,
  };
}

const where = ({ executor, signal }: Company) => ({ ...(executor && { executor }), ...(signal && { signal }) });
