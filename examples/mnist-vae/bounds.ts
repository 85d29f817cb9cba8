import { categorical, foldIn, type Key, logSoftmax, logSumExp } from "reparam";
import { bernoulliLogLikelihood, step, tensor } from "reparam/graph";
import { type Images, PIXELS, pixelsOf } from "./mnist.ts";
import { CATEGORIES, CODE, decode, encode, LOG_CATEGORIES, type Parameters, VARIABLES } from "./model.ts";
import { negativeElbo } from "./objective.ts";
import { turn } from "./turn.ts";

/** Images in one pass of the discrete bound, and of the importance-weighted one with its many codes each: 10 MB of wasm memory. */
const CHUNK = 500;
const IWAE_CHUNK = 10;

/** Mean −ELBO of the discrete model over all the images, one one-hot code each, nats per image; lower is better. */
export async function discreteBound(
  parameters: Parameters,
  images: Images,
  key: Key,
  signal?: AbortSignal,
): Promise<number> {
  let total = 0;
  for (let start = 0; start < images.count; start += CHUNK) {
    await turn(signal);
    const count = Math.min(CHUNK, images.count - start);
    const pixels = pixelsOf(images, start, count);
    const bounds = step(
      () => {
        // With hard codes the temperature changes the gradient only, and there is none here.
        const draw = { tau: 1, hard: true };
        return negativeElbo(parameters, tensor(pixels, [count, PIXELS]), foldIn(key, start), draw).toArray();
      },
      { gradients: false },
    );
    for (const bound of bounds) total += bound;
  }
  return total / images.count;
}

/**
 * Mean importance-weighted bound −log 1/K Σ_k p(x, z_k) / q(z_k | x), z_1 … z_K ~ q, of the discrete model, nats per image
 * (Burda, Grosse & Salakhutdinov 2016, eq. 8). It lies between the −ELBO and the negative log-likelihood.
 * Uses `count` images spread evenly over the set, K = `draws` codes each.
 */
export async function importanceWeightedBound(
  parameters: Parameters,
  images: Images,
  key: Key,
  { count = 500, draws = 100 }: { count?: number; draws?: number } = {},
  signal?: AbortSignal,
): Promise<number> {
  const used = Math.min(count, images.count);
  const logDraws = logSumExp(new Float32Array(draws), { cols: draws })[0];
  let total = 0;
  for (let start = 0; start < used; start += IWAE_CHUNK) {
    await turn(signal);
    const chunk = spread(images, start, Math.min(start + IWAE_CHUNK, used), used);
    const weights = logWeights(parameters, chunk, foldIn(key, start), draws);
    for (const logSum of logSumExp(weights, { cols: draws })) total += logDraws - logSum;
  }
  return total / used;
}

/** log p(x, z_k) / q(z_k | x) of the K = `draws` codes drawn from q for each image: [n × K]. */
function logWeights(parameters: Parameters, images: Images, key: Key, draws: number): Float32Array {
  const { count } = images;
  const rows = count * draws;
  return step(
    () => {
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
    },
    { gradients: false },
  );
}

/** Images `start` up to `end` of `used` spread evenly over the set. */
function spread(images: Images, start: number, end: number, used: number): Images {
  const pixels = new Uint8Array((end - start) * PIXELS);
  for (let i = start; i < end; i++) {
    const index = Math.floor((i * images.count) / used);
    pixels.set(images.pixels.subarray(index * PIXELS, (index + 1) * PIXELS), (i - start) * PIXELS);
  }
  return { count: end - start, pixels };
}
