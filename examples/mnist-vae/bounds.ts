import { categorical, foldIn, type Key, logSoftmax, logSumExp } from "reparam";
import { bernoulliLogLikelihood, mul, type Tensor, tensor } from "reparam/graph";
import { type Images, PIXELS, pixelsOf } from "./mnist.ts";
import { CATEGORIES, CODE, decode, encode, LOG_CATEGORIES, type Parameters, VARIABLES } from "./model.ts";
import { negativeElbo } from "./objective.ts";

/** Images in one pass of the discrete bound, and of the importance-weighted one with its many codes each: 10 MB of wasm memory. */
export const CHUNK = 500;
export const IWAE_CHUNK = 10;

/** Codes for each image of the importance-weighted bound, and how many images it uses. */
export const IWAE_DRAWS = 100;
const IWAE_IMAGES = 500;

/** log K, nats. */
export const LOG_DRAWS = logSumExp(new Float32Array(IWAE_DRAWS), { cols: IWAE_DRAWS })[0];

/** Some images, by their numbers: the noise of their bounds is that of the first one. */
interface Chunk {
  from: number;
  to: number;
}

/** −ELBO of the discrete model for images of a chunk, one one-hot code each, nats; lower is better. Made in a step that is open. */
export function discreteBounds(parameters: Parameters, images: Images, { from, to }: Chunk, key: Key): Tensor {
  const pixels = tensor(pixelsOf(images, from, to - from), [to - from, PIXELS]);
  // With hard codes the temperature changes the gradient only, and there is none here.
  return negativeElbo(parameters, pixels, foldIn(key, from), { tau: 1, hard: true });
}

/** How many of so many test images the importance-weighted bound uses. */
export const iwaeImages = (count: number): number => Math.min(IWAE_IMAGES, count);

/**
 * Importance-weighted bounds −log 1/K Σ_k p(x, z_k) / q(z_k | x), z_1 … z_K ~ q, of the discrete model, nats per image
 * (Burda, Grosse & Salakhutdinov 2016, eq. 8), less log K, which is to be added to their mean: sums of float32 numbers are exact. They
 * lie between the −ELBO and the negative log-likelihood. Images are spread evenly over the set. Made in a step that is open.
 */
export function importanceWeightedBounds(parameters: Parameters, images: Images, chunk: Chunk, key: Key): Tensor {
  const { from, to } = chunk;
  const weights = logWeights(parameters, spread(images, from, to), foldIn(key, from), IWAE_DRAWS);
  return mul(tensor(logSumExp(weights, { cols: IWAE_DRAWS })), -1);
}

/** log p(x, z_k) / q(z_k | x) of the K = `draws` codes drawn from q for each image: [n × K]. */
function logWeights(parameters: Parameters, images: Images, key: Key, draws: number): Float32Array {
  const { count } = images;
  const rows = count * draws;
  const logits = encode(parameters, tensor(pixelsOf(images, 0, count), [count, PIXELS])).toArray();
  const drawn = categorical(key, logits, { cols: CATEGORIES, draws });
  const logQ = logSoftmax(logits, { cols: CATEGORIES });

  const codes = new Float32Array(rows * CODE);
  const logRatio = new Float64Array(rows).fill(-VARIABLES * LOG_CATEGORIES);
  for (let i = 0; i < drawn.length; i++) {
    const variable = Math.floor(i / draws);
    const row = Math.floor(variable / VARIABLES) * draws + (i % draws);
    codes[row * CODE + (variable % VARIABLES) * CATEGORIES + drawn[i]] = 1;
    logRatio[row] -= logQ[variable * CATEGORIES + drawn[i]];
  }

  const targets = new Float32Array(rows * PIXELS);
  for (let row = 0; row < rows; row++) targets.set(pixelsOf(images, Math.floor(row / draws)), row * PIXELS);
  const pixelLogits = decode(parameters, tensor(codes, [rows, CODE]));
  const logLikelihood = bernoulliLogLikelihood(pixelLogits, tensor(targets, [rows, PIXELS])).toArray();
  return logLikelihood.map((value, row) => value + logRatio[row]);
}

/** Images `from` up to `to` of those spread evenly over the set. */
function spread(images: Images, from: number, to: number): Images {
  const pixels = new Uint8Array((to - from) * PIXELS);
  for (let i = from; i < to; i++) {
    const index = Math.floor((i * images.count) / iwaeImages(images.count));
    pixels.set(images.pixels.subarray(index * PIXELS, (index + 1) * PIXELS), (i - from) * PIXELS);
  }
  return { count: to - from, pixels };
}
