import { foldIn, split } from "reparam";
import { type Tensor, tensor } from "reparam/graph";
import type { RowsPiece } from "reparam/inference";
import { shared } from "reparam/parallel";
import { discreteBounds, importanceWeightedBounds } from "./bounds.ts";
import { keysOf } from "./keys.ts";
import { type Images, loadMnist, type Mnist, PIXELS, packagedData } from "./mnist.ts";
import { CODE, createParameters } from "./model.ts";
import { negativeElbo } from "./objective.ts";
import { permutation } from "./shuffle.ts";

/** What decides the losses of a run: whoever makes the work of it makes the same. */
export type WorkInput = {
  seed: number;
  /** Images per gradient step. */
  batch: number;
  hard: boolean;
  /** Folder of the IDX files; null for the packaged ones, which lie elsewhere on another machine. */
  folder: string | null;
};

/** A gradient step: its number over all epochs, from 0, and its temperature. */
export type StepInput = { step: number; tau: number };

/** The evaluation after an epoch, by its number, from 0. */
export type EpochInput = { epoch: number };

/**
 * What a run computes, as the main program and the workers that import this module make it: each has images and noise of its own, by
 * their numbers, so that parameters and gradients are all that travels.
 */
export const mnistVae = shared("mnist-vae", ({ seed, batch, hard, folder }: WorkInput) => {
  const keys = keysOf(seed);
  const parameters = createParameters(keys.weights);
  /** Read and binarized when first asked for. */
  const images = () => imagesOf(folder, seed);

  /** Of the images of a step, for one piece after another. */
  const pixels = new Float32Array(batch * PIXELS);

  let shuffled: { epoch: number; order: Uint32Array } | undefined;
  const orderOf = (epoch: number): Uint32Array => {
    if (shuffled?.epoch !== epoch)
      shuffled = { epoch, order: permutation(foldIn(keys.order, epoch), images().train.count) };
    return shuffled.order;
  };

  return {
    parameters,
    images,

    /** The training objective; rows are the images of the step's batch. Noise is that of the row, whatever piece it is in. */
    objective({ from, to, input: { step, tau } }: RowsPiece<StepInput>): Tensor {
      const { train } = images();
      const steps = Math.ceil(train.count / batch);
      const first = (step % steps) * batch;
      const indices = orderOf(Math.floor(step / steps)).subarray(first + from, first + to);
      const drawn = tensor(gather(train, indices, pixels), [to - from, PIXELS]);
      return negativeElbo(parameters, drawn, foldIn(keys.codes, step), { tau, hard, offset: from * CODE });
    },

    /** −ELBO of the discrete model; rows are the test images. */
    discrete({ from, to, input: { epoch } }: RowsPiece<EpochInput>): Tensor {
      const [key] = split(foldIn(keys.evaluation, epoch));
      return discreteBounds(parameters, images().test, { from, to }, key);
    },

    /** Importance-weighted bounds, but for a constant; rows are some of the test images. */
    importanceWeighted({ from, to, input: { epoch } }: RowsPiece<EpochInput>): Tensor {
      const [, key] = split(foldIn(keys.evaluation, epoch));
      return importanceWeightedBounds(parameters, images().test, { from, to }, key);
    },
  };
});

export type Work = ReturnType<typeof mnistVae>;

/** The last ones asked for: a worker makes a work for training and others for evaluations, and 55 MB of images are enough once. */
let loaded: { folder: string | null; seed: number; images: Mnist } | undefined;

function imagesOf(folder: string | null, seed: number): Mnist {
  if (loaded?.folder !== folder || loaded.seed !== seed)
    loaded = { folder, seed, images: loadMnist(folder ?? packagedData(), keysOf(seed).data) };
  return loaded.images;
}

function gather(images: Images, indices: Uint32Array, into: Float32Array): Float32Array {
  indices.forEach((index, row) => {
    into.set(images.pixels.subarray(index * PIXELS, (index + 1) * PIXELS), row * PIXELS);
  });
  return into.subarray(0, indices.length * PIXELS);
}
