import { foldIn } from "reparam";
import {
  adam,
  backward,
  bernoulliLogLikelihood,
  categoricalKl,
  gumbelSoftmax,
  he,
  linear,
  mean,
  type Parameter,
  parameter,
  relu,
  reshape,
  step,
  sub,
  sum,
  type Tensor,
  tensor,
} from "reparam/graph";
import * as js from "../baseline/index.ts";
import { noise, pixels } from "../data.ts";
import type { Case } from "./case.ts";

/** The categorical autoencoder of examples/mnist-vae (Jang, Gu, Poole 2017): 20 variables of 10 categories. */
const VARIABLES = 20;
const CATEGORIES = 10;
const WIDTHS = [784, 512, 256, VARIABLES * CATEGORIES, 256, 512, 784] as const;
const CODE_LAYER = 2;
const LAST_LAYER = WIDTHS.length - 2;

const BATCH = 100;
/** Batches taken in turn: on a single one the network would soon have nothing left to learn. */
const BATCHES = 8;
const TAU = 0.7;
const RATE = 1e-4;

interface Layer {
  readonly weights: Parameter;
  readonly bias: Parameter;
}

/** The mean over the batch of KL - log-likelihood. */
function loss(layers: readonly Layer[], images: Tensor, draw: number): Tensor {
  let logits = images;
  let x = images;
  layers.forEach(({ weights, bias }, index) => {
    x = linear(x, weights, bias);
    if (index === CODE_LAYER) {
      logits = reshape(x, [BATCH, VARIABLES, CATEGORIES]);
      x = reshape(gumbelSoftmax(foldIn(noise, draw), logits, { tau: TAU }), [BATCH, VARIABLES * CATEGORIES]);
    } else if (index < LAST_LAYER) x = relu(x);
  });
  return mean(sub(sum(categoricalKl(logits), { axis: -1 }), bernoulliLogLikelihood(x, images)));
}

export const trainingCases: readonly Case[] = [
  {
    group: "Training",
    name: "VAE training step, an image",
    size: `batch ${BATCH}`,
    via: "graph",
    baseline: "the same network by hand",
    elements: BATCH,
    prepare: () => {
      const initial = WIDTHS.slice(1).map((outputs, i) => he(foldIn(noise, i), [WIDTHS[i], outputs]));
      const layers = initial.map((values, i) => ({
        weights: parameter([WIDTHS[i], WIDTHS[i + 1]], values),
        bias: parameter([WIDTHS[i + 1]]),
      }));
      const named = Object.fromEntries(
        layers.flatMap(({ weights, bias }, i) => [
          [`${i}.weights`, weights],
          [`${i}.bias`, bias],
        ]),
      );
      const optimizer = adam(named, { rate: RATE });
      const plain = new js.Vae(initial, WIDTHS, BATCH, CATEGORIES);
      const data = pixels(BATCHES * BATCH * WIDTHS[0]);
      const batches = Array.from({ length: BATCHES }, (_, i) =>
        data.subarray(i * BATCH * WIDTHS[0], (i + 1) * BATCH * WIDTHS[0]),
      );
      let [ours, theirs] = [0, 0];
      return {
        ours: () => {
          const images = batches[ours++ % BATCHES];
          step(() => backward(loss(layers, tensor(images, [BATCH, WIDTHS[0]]), ours)));
          optimizer.step();
        },
        baseline: () => plain.train(batches[theirs++ % BATCHES], TAU, RATE),
        dispose: () => {
          optimizer.dispose();
          for (const each of Object.values(named)) each.dispose();
        },
      };
    },
  },
];
