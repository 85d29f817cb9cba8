import type { Key } from "reparam";
import { klDivergence } from "reparam/distributions";
import { add, bernoulliLogLikelihood, reshape, sub, sum, type Tensor, tensor } from "reparam/graph";
import { type Estimator, estimate } from "reparam/inference";
import { type Images, PIXELS } from "../mnist-vae/mnist.ts";
import { decode, encode, lawOf, type Model, priorOf } from "./model.ts";

export interface Draw {
  readonly key: Key;
  readonly estimator: Estimator;
  readonly samples: number;
}

export interface Objective {
  /** −ELBO of each image, nats: [images]. Its value is that of hard codes, whatever the estimator. */
  readonly bounds: Tensor;
  /** Decoder evaluations an image that the estimator asked for. */
  readonly evaluations: number;
}

/**
 * −ELBO = E_q[−log p(x | z)] + KL(q(z | x) || p(z)), Kingma & Welling 2014, eq. 3: the first term estimated, the second in closed form,
 * a deterministic node of the graph.
 */
export function negativeElbo(model: Model, images: Images, { key, estimator, samples }: Draw): Objective {
  const q = lawOf(model.latent, encode(model, pixels(images)));
  let evaluations = 0;
  const misfit = (codes: Tensor): Tensor => {
    const n = codes.shape[0] as number;
    evaluations += n;
    return reshape(sub(0, logLikelihood(model, images, codes)), [n, images.count]);
  };
  const reconstruction = estimate(q, misfit, { key, estimator, samples });
  const kl = sum(klDivergence(q, priorOf(model.latent)), { axis: -1 });
  return { bounds: add(reconstruction, kl), evaluations };
}

/** log p(x | z): codes [n, images, ...] → [n × images]. */
export function logLikelihood(model: Model, images: Images, codes: Tensor): Tensor {
  const logits = decode(model, codes);
  return bernoulliLogLikelihood(logits, pixels(images, (logits.shape[0] as number) / images.count));
}

/** The images `copies` times, one set after the other: [copies × images, 784]. */
export function pixels({ count, pixels }: Images, copies = 1): Tensor {
  const repeated = new Float32Array(copies * pixels.length);
  for (let i = 0; i < copies; i++) repeated.set(pixels, i * pixels.length);
  return tensor(repeated, [copies * count, PIXELS]);
}
