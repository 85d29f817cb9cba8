import { adam, type Optimizer } from "reparam/graph";
import { type Keys, keysOf } from "./keys.ts";
import type { Parameters } from "./model.ts";
import type { Settings } from "./options.ts";
import { mnistVae, type Work } from "./work.ts";

/** Mean −ELBO-like bounds after an epoch, nats per image; lower is better. */
export interface EpochBounds {
  epoch: number;
  /** Temperature of the epoch's last step. */
  tau: number;
  /** Training objective (relaxed, unless --hard), each training image once, at the parameters and temperature of its step. */
  train: number;
  /** Discrete model, one-hot codes, all the test images. */
  testDiscrete: number;
  /** Importance-weighted with 100 codes, discrete model, 500 test images. */
  testIwae100: number;
}

/** How far a run has come: with the parameters and Adam's moments all that a resumed run needs. Plain data for JSON. */
export interface Progress {
  /** Training images in an epoch. */
  images: number;
  /** Gradient steps taken, over all epochs. */
  step: number;
  /** Sum over the images of the running epoch of the training objective, and how many there were. */
  epochSum: number;
  epochImages: number;
  /** The same since the last point of the curve. */
  windowSum: number;
  windowImages: number;
  /** Training objective along the way: [steps taken, mean of the images since the last point]. */
  curve: [number, number][];
  history: EpochBounds[];
}

export interface State {
  settings: Settings;
  keys: Keys;
  /** What workers make, too: losses and images. */
  work: Work;
  /** Those of the work. */
  parameters: Parameters;
  optimizer: Optimizer;
  progress: Progress;
}

/** The state before the first step. The folder of the IDX files is that of the package by default. */
export function createState(settings: Settings, folder?: string): State {
  const { seed, batch, hard, rate } = settings;
  const work = mnistVae({ seed, batch, hard, folder: folder ?? null });
  const { parameters } = work;
  const optimizer = adam(parameters, { rate });
  return { settings, keys: keysOf(seed), work, parameters, optimizer, progress: noProgress() };
}

/** Frees what the state holds in WebAssembly memory. */
export function disposeState({ optimizer, parameters }: State): void {
  optimizer.dispose();
  for (const parameter of Object.values(parameters)) parameter.dispose();
}

function noProgress(): Progress {
  return { images: 0, step: 0, epochSum: 0, epochImages: 0, windowSum: 0, windowImages: 0, curve: [], history: [] };
}
