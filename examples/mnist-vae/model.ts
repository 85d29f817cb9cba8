import { foldIn, type Key, logSumExp } from "reparam";
import { he, linear, type Parameter, parameter, relu, reshape, type Tensor } from "reparam/graph";
import { PIXELS } from "./mnist.ts";

/** A code is VARIABLES categorical variables of CATEGORIES values each. */
export const VARIABLES = 20;
export const CATEGORIES = 10;
export const CODE = VARIABLES * CATEGORIES;

/** log 10, nats: by the library, because the host's logarithm may differ between engines. */
export const LOG_CATEGORIES = logSumExp(new Float32Array(CATEGORIES), { cols: CATEGORIES })[0];

/** Layer widths of the multilayer perceptrons in the authors' published code (Jang, Gu, Poole 2017). */
const encoderWidths = [PIXELS, 512, 256, CODE];
const decoderWidths = [CODE, 256, 512, PIXELS];

export type Parameters = Record<string, Parameter>;

/** Fresh parameters: weights [in, out] from He et al. 2015 (eq. 10), biases 0. They live until disposed of. */
export function createParameters(key: Key): Parameters {
  return {
    ...createLayers("encoder", encoderWidths, foldIn(key, 0)),
    ...createLayers("decoder", decoderWidths, foldIn(key, 1)),
  };
}

/** Logits of q(code | image). images [n, 784] → [n, 20, 10]. */
export function encode(parameters: Parameters, images: Tensor): Tensor {
  return reshape(applyLayers(parameters, "encoder", encoderWidths, images), [images.shape[0], VARIABLES, CATEGORIES]);
}

/** Logits of p(pixel = 1 | code). codes [n, 20, 10], one-hot or relaxed → [n, 784]. */
export function decode(parameters: Parameters, codes: Tensor): Tensor {
  return applyLayers(parameters, "decoder", decoderWidths, reshape(codes, [codes.size / CODE, CODE]));
}

function createLayers(name: string, widths: number[], key: Key): Parameters {
  const layers: Parameters = {};
  for (let i = 0; i + 1 < widths.length; i++) {
    const shape: [number, number] = [widths[i], widths[i + 1]];
    layers[`${name}.${i}.weight`] = parameter(shape, he(foldIn(key, i), shape));
    layers[`${name}.${i}.bias`] = parameter([widths[i + 1]]);
  }
  return layers;
}

function applyLayers(parameters: Parameters, name: string, widths: number[], input: Tensor): Tensor {
  const last = widths.length - 2;
  let x = input;
  for (let i = 0; i <= last; i++) {
    x = linear(x, parameters[`${name}.${i}.weight`], parameters[`${name}.${i}.bias`]);
    if (i < last) x = relu(x);
  }
  return x;
}
