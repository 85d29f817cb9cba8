/** The categorical autoencoder of examples/mnist-vae (Jang, Gu, Poole 2017): 20 variables of 10 categories. */
export const PIXELS = 784;
export const VARIABLES = 20;
export const CATEGORIES = 10;
export const CODE = VARIABLES * CATEGORIES;

/** Of encoder and decoder in a row. */
export const widths = [PIXELS, 512, 256, CODE, 256, 512, PIXELS] as const;

/** The layer whose results are the logits of the code; after it comes the decoder. */
export const CODE_LAYER = 2;
export const LAST_LAYER = widths.length - 2;

/** Of Adam. */
export const RATE = 1e-3;

/** After so many steps, check.ts looks whether the networks have learned the same. */
export const CHECKED_STEPS = 20;

/** Weights [inputs, outputs] of every layer, from the contents of one file. */
export function layersOf(weights: Float32Array): Float32Array[] {
  let end = 0;
  return widths.slice(1).map((outputs, i) => {
    const start = end;
    end += widths[i] * outputs;
    return weights.subarray(start, end);
  });
}
