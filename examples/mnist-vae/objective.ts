import type { Key } from "reparam";
import { bernoulliLogLikelihood, categoricalKl, gumbelSoftmax, sub, sum, type Tensor } from "reparam/graph";
import { decode, encode, type Parameters } from "./model.ts";

/** How codes are drawn: `tau` is the temperature, `hard` makes them exactly one-hot (straight-through in the gradient). */
export interface Draw {
  tau: number;
  hard: boolean;
  /** First number of the key's noise that is used, 0 by default; an image takes as many as a code has. */
  offset?: number;
}

/**
 * −ELBO of each image with one drawn code z, in nats: −log p(x | z) + Σ over the variables of KL(q(z | x) || uniform).
 *
 * With one-hot codes this is the bound of the discrete model (Kingma & Welling 2014, eq. 3). With relaxed codes it is the
 * training objective of Jang, Gu & Poole 2017, §3: the KL stays that of the categorical distributions, so it bounds no
 * likelihood exactly (Maddison, Mnih & Teh 2017, App. C.2), and only the discrete bound is comparable between methods.
 *
 * images [n, 784] → [n].
 */
export function negativeElbo(parameters: Parameters, images: Tensor, key: Key, draw: Draw): Tensor {
  const logits = encode(parameters, images);
  const codes = gumbelSoftmax(key, logits, draw);
  const logLikelihood = bernoulliLogLikelihood(decode(parameters, codes), images);
  return sub(sum(categoricalKl(logits), { axis: -1 }), logLikelihood);
}
