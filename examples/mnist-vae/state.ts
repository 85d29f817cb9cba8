import { type Key, key, split } from "reparam";
import { adam, type Optimizer } from "reparam/graph";
import { createParameters, type Parameters } from "./model.ts";
import type { Settings } from "./options.ts";

/** The independent sources of randomness of a run, each a branch of key(seed): adding a draw to one moves no other. */
export interface Keys {
  data: Key;
  weights: Key;
  order: Key;
  codes: Key;
  evaluation: Key;
  figures: Key;
}

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
  parameters: Parameters;
  optimizer: Optimizer;
  progress: Progress;
}

/** The state before the first step. */
export function createState(settings: Settings, images = 0): State {
  const keys = keysOf(settings.seed);
  const parameters = createParameters(keys.weights);
  const optimizer = adam(parameters, { rate: settings.rate });
  return { settings, keys, parameters, optimizer, progress: noProgress(images) };
}

/** Frees what the state holds in WebAssembly memory. */
export function disposeState({ optimizer, parameters }: State): void {
  optimizer.dispose();
  for (const parameter of Object.values(parameters)) parameter.dispose();
}

export function keysOf(seed: number): Keys {
  const [data, weights, order, codes, evaluation, figures] = split(key(seed), 6);
  return { data, weights, order, codes, evaluation, figures };
}

function noProgress(images: number): Progress {
  return { images, step: 0, epochSum: 0, epochImages: 0, windowSum: 0, windowImages: 0, curve: [], history: [] };
}
