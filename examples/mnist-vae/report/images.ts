import { gumbelSoftmax, type Key } from "reparam";
import { sigmoid, step, tensor } from "reparam/graph";
import { PIXELS } from "../mnist.ts";
import { CATEGORIES, CODE, decode, encode, type Parameters } from "../model.ts";

/** Logits of q(code | image) of one image: [200]. */
export function codeLogits(parameters: Parameters, image: Float32Array): Float32Array {
  return step(() => encode(parameters, tensor(image, [1, PIXELS])).toArray(), { gradients: false });
}

/** A one-hot code drawn from the logits: [200]. */
export function drawCode(key: Key, logits: Float32Array): Float32Array {
  return gumbelSoftmax(key, logits, { cols: CATEGORIES, hard: true });
}

/** Probability of ink in each pixel given a code [200], one-hot or relaxed: [784]. */
export function imageOf(parameters: Parameters, code: Float32Array): Float32Array {
  return step(() => sigmoid(decode(parameters, tensor(code, [1, CODE]))).toArray(), { gradients: false });
}
