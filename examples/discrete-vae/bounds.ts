import { foldIn, type Key, logSumExp } from "reparam";
import { step, sum } from "reparam/graph";
import { scoreFunction } from "reparam/inference";
import type { Images } from "../mnist-vae/mnist.ts";
import { turn } from "../mnist-vae/turn.ts";
import { gather, spread } from "./data.ts";
import { encode, lawOf, type Model, priorOf } from "./model.ts";
import { logLikelihood, negativeElbo, pixels } from "./objective.ts";

const CHUNK = 500;
const IWAE_CHUNK = 10;
const IWAE_IMAGES = 100;
const IWAE_CODES = 100;

/** Mean −ELBO of the discrete model, one hard code an image; nats, lower is better. */
export async function discreteBound(model: Model, images: Images, key: Key, signal?: AbortSignal): Promise<number> {
  // The value of an estimate does not depend on the estimator.
  const estimator = scoreFunction();
  const totals = await chunked(images, CHUNK, signal, (chunk, start) =>
    step(() => negativeElbo(model, chunk, { key: foldIn(key, start), estimator, samples: 1 }).bounds.toArray(), {
      gradients: false,
    }).reduce((total, each) => total + each, 0),
  );
  return totals / images.count;
}

/**
 * Mean importance-weighted bound −log 1/K Σ_k p(x, z_k) / q(z_k | x), K = 100 codes, 100 images (Burda, Grosse & Salakhutdinov 2016,
 * eq. 8); nats, lower is better: between the −ELBO and the negative log-likelihood.
 */
export async function importanceWeightedBound(
  model: Model,
  images: Images,
  key: Key,
  signal?: AbortSignal,
): Promise<number> {
  const used = spread(images, IWAE_IMAGES);
  const logCodes = logSumExp(new Float32Array(IWAE_CODES), { cols: IWAE_CODES })[0];
  const total = await chunked(used, IWAE_CHUNK, signal, (chunk, start) => {
    const logWeights = step(
      () => {
        const q = lawOf(model.latent, encode(model, pixels(chunk)));
        const codes = q.sample(foldIn(key, start), { shape: [IWAE_CODES] });
        const likelihoods = logLikelihood(model, chunk, codes).toArray();
        const logQ = sum(q.logProb(codes), { axis: -1 }).toArray();
        const logP = sum(priorOf(model.latent).logProb(codes), { axis: -1 }).toArray();
        return likelihoods.map((likelihood, i) => likelihood + logP[i] - logQ[i]);
      },
      { gradients: false },
    );
    const byImage = logWeights.map((_, i) => logWeights[(i % IWAE_CODES) * chunk.count + Math.floor(i / IWAE_CODES)]);
    return logSumExp(byImage, { cols: IWAE_CODES }).reduce((sum, each) => sum + logCodes - each, 0);
  });
  return total / used.count;
}

/** The sum of what `measure` says of each chunk of the images, with a turn for Ctrl-C before each. */
async function chunked(
  images: Images,
  size: number,
  signal: AbortSignal | undefined,
  measure: (chunk: Images, start: number) => number,
): Promise<number> {
  let total = 0;
  for (let start = 0; start < images.count; start += size) {
    await turn(signal);
    const count = Math.min(size, images.count - start);
    total += measure(
      gather(
        images,
        Array.from({ length: count }, (_, i) => start + i),
      ),
      start,
    );
  }
  return total;
}
