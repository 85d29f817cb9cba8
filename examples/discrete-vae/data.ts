import { join } from "node:path";
import { foldIn, type Key } from "reparam";
import { binarize, type Images, PIXELS, readDigits } from "../mnist-vae/mnist.ts";

const TRAIN = 10_000;
const TEST = 2_000;

export interface Data {
  readonly train: Images;
  readonly test: Images;
}

/** The first 10 000 training images, and 2 000 spread evenly over the test images; binarized once, by the key. */
export function loadData(folder: string, key: Key): Data {
  const train = readDigits(join(folder, "train-images-idx3-ubyte"));
  const test = binarize(readDigits(join(folder, "t10k-images-idx3-ubyte")), foldIn(key, 1));
  const count = Math.min(TRAIN, train.count);
  const first = { ...train, count, pixels: train.pixels.subarray(0, count * PIXELS) };
  return { train: binarize(first, foldIn(key, 0)), test: spread(test, TEST) };
}

/** At most `count` images, evenly spread over all: the two halves of the test file are of different writers. */
export function spread(images: Images, count: number): Images {
  const used = Math.min(count, images.count);
  return gather(
    images,
    Array.from({ length: used }, (_, i) => Math.floor((i * images.count) / used)),
  );
}

export function gather({ pixels }: Images, indices: ArrayLike<number>): Images {
  const gathered = new Uint8Array(indices.length * PIXELS);
  for (let row = 0; row < indices.length; row++) {
    const from = (indices[row] as number) * PIXELS;
    gathered.set(pixels.subarray(from, from + PIXELS), row * PIXELS);
  }
  return { count: indices.length, pixels: gathered };
}
