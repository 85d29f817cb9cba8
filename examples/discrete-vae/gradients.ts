import { foldIn, type Key } from "reparam";
import { backward, mean, step } from "reparam/graph";
import type { Estimator } from "reparam/inference";
import type { Images } from "../mnist-vae/mnist.ts";
import { turn } from "../mnist-vae/turn.ts";
import { type Model, parametersOf } from "./model.ts";
import { negativeElbo } from "./objective.ts";

/** Estimates before the first that counts, in which an estimator that remembers gets to know the costs. */
const WARM_UP = 30;

export interface Moments {
  readonly repetitions: number;
  readonly mean: Float64Array;
  /** Sum over the encoder's parameters of the variances of their gradients. */
  readonly variance: number;
  /** Mean cosine of a gradient with `towards`. */
  readonly cosine: number;
}

export interface Repeated {
  readonly make: () => Estimator;
  readonly samples: number;
  readonly repetitions: number;
  readonly key: Key;
  readonly towards?: Float64Array | undefined;
}

/**
 * Moments of the gradient of the mean −ELBO of the images with respect to the encoder, at the model's parameters: the keys of the
 * codes vary, nothing else does.
 */
export async function gradientMoments(
  model: Model,
  images: Images,
  { make, samples, repetitions, key, towards }: Repeated,
  signal?: AbortSignal,
): Promise<Moments> {
  const estimator = make();
  let sum: Float64Array | undefined;
  let squares = 0;
  let cosines = 0;
  for (let i = -WARM_UP; i < repetitions; i++) {
    if (i % 10 === 0) await turn(signal);
    const gradient = encoderGradient(model, images, { estimator, samples, key: foldIn(key, i + WARM_UP) });
    if (i < 0) continue;
    sum ??= new Float64Array(gradient.length);
    for (let j = 0; j < gradient.length; j++) sum[j] += gradient[j];
    const square = dot(gradient, gradient);
    squares += square;
    if (towards) cosines += dot(gradient, towards) / Math.sqrt(square * dot(towards, towards));
  }
  const mean = (sum as Float64Array).map((each) => each / repetitions);
  const variance = (squares - repetitions * dot(mean, mean)) / (repetitions - 1);
  return { repetitions, mean, variance, cosine: cosines / repetitions };
}

/** All of the encoder's gradient in a row; the model's gradients are 0 again when it returns. */
function encoderGradient(
  model: Model,
  images: Images,
  draw: { readonly estimator: Estimator; readonly samples: number; readonly key: Key },
): Float32Array {
  step(() => backward(mean(negativeElbo(model, images, draw).bounds)));
  const parts = Object.values(model.encoder).map((each) => each.grad());
  for (const each of Object.values(parametersOf(model))) each.clear();
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** ‖E g − g*‖² / ‖g*‖² of an estimator's gradient g, g* being what an unbiased one tells: each less what its noise adds to it. */
export function relativeBias(estimated: Moments, truth: Moments): { readonly square: number; readonly noise: number } {
  const difference = estimated.mean.map((each, i) => each - truth.mean[i]);
  const truthNoise = truth.variance / truth.repetitions;
  const noise = estimated.variance / estimated.repetitions + truthNoise;
  const size = dot(truth.mean, truth.mean) - truthNoise;
  return { square: (dot(difference, difference) - noise) / size, noise: noise / size };
}

/** Variance over squared norm of the mean, less the noise in that: what is left the same when all gradients are scaled. */
export const noiseToSignal = ({ mean, variance, repetitions }: Moments): number =>
  variance / (dot(mean, mean) - variance / repetitions);

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
