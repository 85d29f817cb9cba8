import { foldIn, type Key } from "reparam";
import { Bernoulli, OneHotCategorical } from "reparam/distributions";
import {
  glorot,
  linear,
  log,
  type Parameter,
  parameter,
  reshape,
  step,
  sub,
  type Tensor,
  tanh,
  tensor,
} from "reparam/graph";
import { type Images, PIXELS } from "../mnist-vae/mnist.ts";

export type Latent = "bernoulli" | "categorical";

/** A code of 24 bits either way: 24 binary variables, or 8 variables of 8 categories, one-hot. */
const SHAPES: Record<Latent, readonly number[]> = { bernoulli: [24], categorical: [8, 8] };

const HIDDEN = 100;

export type Parameters = Record<string, Parameter>;

export interface Model {
  readonly latent: Latent;
  /** 784 - 100 tanh - logits of the code. */
  readonly encoder: Parameters;
  /** Code - 100 tanh - logits of 784 pixels. */
  readonly decoder: Parameters;
}

/**
 * Fresh weights (Glorot, Bengio 2010); the decoder's last biases are the log-odds of the pixels in the training images, so that no
 * run spends its first steps on finding them.
 */
export function createModel(latent: Latent, images: Images, key: Key): Model {
  const code = SHAPES[latent].reduce((a, b) => a * b);
  const layer = (
    name: string,
    shape: readonly [number, number],
    branch: number,
    biases?: Float32Array,
  ): Parameters => ({
    [`${name}.weight`]: parameter(shape, glorot(foldIn(key, branch), shape)),
    [`${name}.bias`]: parameter([shape[1]], biases),
  });
  return {
    latent,
    encoder: { ...layer("hidden", [PIXELS, HIDDEN], 0), ...layer("code", [HIDDEN, code], 1) },
    decoder: { ...layer("hidden", [code, HIDDEN], 2), ...layer("pixels", [HIDDEN, PIXELS], 3, logOdds(images)) },
  };
}

/** Both halves under one set of names, for the optimizer. */
export const parametersOf = ({ encoder, decoder }: Model): Parameters => ({
  ...renamed("encoder", encoder),
  ...renamed("decoder", decoder),
});

export function disposeModel(model: Model): void {
  for (const each of Object.values(parametersOf(model))) each.dispose();
}

/** Logits of q(code | image): images [n, 784] → [n, 24] or [n, 8, 8]. */
export const encode = ({ latent, encoder }: Model, images: Tensor): Tensor =>
  reshape(layers(encoder, "code", images), [images.shape[0] as number, ...SHAPES[latent]]);

/** Logits of p(pixel = 1 | code): codes [..., 24] or [..., 8, 8], hard or relaxed → [rows, 784]. */
export const decode = ({ latent, decoder }: Model, codes: Tensor): Tensor => {
  const width = SHAPES[latent].reduce((a, b) => a * b);
  return layers(decoder, "pixels", reshape(codes, [codes.size / width, width]));
};

/** The law of a code, of independent variables: batch [n, 24] or [n, 8]. */
export const lawOf = (latent: Latent, logits: Tensor): Bernoulli | OneHotCategorical =>
  latent === "bernoulli" ? new Bernoulli({ logits }) : new OneHotCategorical({ logits });

/** The uniform law over codes. */
export const priorOf = (latent: Latent): Bernoulli | OneHotCategorical => {
  const shape = SHAPES[latent];
  return lawOf(latent, tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape));
};

function layers(parameters: Parameters, last: string, input: Tensor): Tensor {
  const hidden = tanh(linear(input, parameters["hidden.weight"], parameters["hidden.bias"]));
  return linear(hidden, parameters[`${last}.weight`], parameters[`${last}.bias`]);
}

/** log (ones + 1) / (zeros + 1) of each pixel. */
function logOdds({ count, pixels }: Images): Float32Array {
  const ones = new Float32Array(PIXELS);
  for (let i = 0; i < pixels.length; i++) ones[i % PIXELS] += pixels[i];
  return step(() => sub(log(tensor(ones.map((n) => n + 1))), log(tensor(ones.map((n) => count - n + 1)))).toArray(), {
    gradients: false,
  });
}

const renamed = (prefix: string, parameters: Parameters): Parameters =>
  Object.fromEntries(Object.entries(parameters).map(([name, each]) => [`${prefix}.${name}`, each]));
