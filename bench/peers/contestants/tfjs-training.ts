import * as tf from "@tensorflow/tfjs";
import {
  CATEGORIES,
  CHECKED_STEPS,
  CODE,
  CODE_LAYER,
  LAST_LAYER,
  layersOf,
  RATE,
  VARIABLES,
  widths,
} from "../model.ts";
import type { Work } from "../work.ts";
import type { Data, Method, Prepared } from "./serve.ts";
import { gumbelSoftmax, type Uniform, uniforms } from "./tfjs-noise.ts";

type Product = (x: tf.Tensor, weights: tf.Tensor) => tf.Tensor;

/**
 * The gradients of tf.matMul are products with a transposed argument, for which the wasm backend leaves its fast kernel.
 * Transposed beforehand they stay in it: what somebody would do who looks where the time goes.
 */
const transposing: Product = tf.customGrad((x: tf.Tensor, weights: tf.Tensor, save: tf.Save) => {
  save([x, weights]);
  return {
    value: tf.matMul(x, weights),
    gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => {
      const [left, right] = kept.map((each) => tf.transpose(each));
      return [tf.matMul(dy, right), tf.matMul(left, dy)];
    },
  };
});

/** The same where x is data and needs no gradient. */
const transposingData: Product = (x, weights) =>
  tf.customGrad((w: tf.Tensor) => ({
    value: tf.matMul(x, w),
    gradFunc: (dy) => [tf.matMul(tf.transpose(x), dy)],
  }))(weights);

interface Way {
  readonly label: string;
  readonly first: Product;
  readonly others: Product;
}

const ways: readonly Way[] = [
  { label: "tf.matMul", first: tf.matMul, others: tf.matMul },
  { label: "tf.matMul with own gradients", first: transposingData, others: transposing },
];

/** A variable takes over a copy; `tidy` frees what it is made from. */
const variable = (initial: () => tf.Tensor): tf.Variable => tf.tidy(() => tf.variable(initial()));

/** The network of examples/mnist-vae with tf.train.adam, from the given weights. */
class Training {
  readonly #layers: readonly { readonly weights: tf.Variable; readonly bias: tf.Variable }[];
  readonly #variables: tf.Variable[];
  readonly #optimizer = tf.train.adam(RATE);
  readonly #batches: readonly Float32Array[];
  readonly #work: Work;
  readonly #uniform: Uniform;
  readonly #way: Way;
  #steps = 0;

  constructor(
    work: Work,
    weights: readonly Float32Array[],
    batches: readonly Float32Array[],
    uniform: Uniform,
    way: Way,
  ) {
    [this.#work, this.#batches, this.#uniform, this.#way] = [work, batches, uniform, way];
    this.#layers = weights.map((values, i) => ({
      weights: variable(() => tf.tensor(values, [widths[i], widths[i + 1]])),
      bias: variable(() => tf.zeros([widths[i + 1]])),
    }));
    this.#variables = this.#layers.flatMap(({ weights, bias }) => [weights, bias]);
  }

  step(): void {
    tf.tidy(() => {
      const images = this.#images(this.#steps++);
      const loss = () => {
        const { logits, logLikelihood } = this.#forward(images);
        // KL(q || uniform) of all codes: the sum of q (log q + log categories).
        const logQ = tf.logSoftmax(tf.reshape(logits, [-1, CATEGORIES]));
        const kl = tf.sum(tf.mul(tf.exp(logQ), tf.add(logQ, Math.log(CATEGORIES))));
        return tf.div(tf.sub(kl, logLikelihood), this.#work.rows) as tf.Scalar;
      };
      this.#optimizer.minimize(loss, false, this.#variables);
    });
  }

  /** The mean over the images of the first batch of -log p(image | code). */
  distortion(): number {
    let sum = 0;
    tf.tidy(() => {
      sum = this.#forward(this.#images(0)).logLikelihood.dataSync()[0];
    });
    return -sum / this.#work.rows;
  }

  dispose(): void {
    this.#optimizer.dispose();
    tf.dispose(this.#variables);
  }

  #images(step: number): tf.Tensor {
    return tf.tensor(this.#batches[step % this.#batches.length], [this.#work.rows, this.#work.cols]);
  }

  #forward(images: tf.Tensor) {
    let [x, logits] = [images, images];
    this.#layers.forEach(({ weights, bias }, i) => {
      const product = i === 0 ? this.#way.first : this.#way.others;
      x = tf.add(product(x, weights), bias);
      if (i === CODE_LAYER) {
        logits = x;
        const codes = tf.reshape(x, [this.#work.rows, VARIABLES, CATEGORIES]);
        x = tf.reshape(gumbelSoftmax(codes, this.#work.tau, this.#uniform), [this.#work.rows, CODE]);
      } else if (i < LAST_LAYER) x = tf.relu(x);
    });
    return { logits, logLikelihood: tf.sum(tf.sub(tf.mul(images, x), tf.softplus(x))) };
  }
}

export function training(work: Work, data: Data): Prepared {
  const [weights, batches] = [layersOf(data.weights()), data.batches(work.rows * work.cols)];
  // The library's own noise: of 2000 codes, it is nothing beside the products.
  const [, uniform] = uniforms[0];
  const networks = ways.map((way) => new Training(work, weights, batches, uniform(), way));
  return {
    methods: ways.map(
      (way, i): Method => ({
        label: `tf.train.adam, ${way.label}`,
        run: () => networks[i].step(),
        result: () => {
          const checked = new Training(work, weights, batches, uniform(), way);
          const before = checked.distortion();
          for (let step = 0; step < CHECKED_STEPS; step++) checked.step();
          const after = checked.distortion();
          checked.dispose();
          return Float32Array.of(before, after);
        },
      }),
    ),
    release: () => {
      for (const each of networks) each.dispose();
    },
  };
}
