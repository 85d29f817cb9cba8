import { relu } from "./activations.ts";
import { adam } from "./adam.ts";
import { bernoulliGrad, categoricalKlGrad } from "./likelihood.ts";
import { matmul, transpose } from "./matmul.ts";
import { gumbelSoftmax, gumbelSoftmaxGrad } from "./softmax.ts";

/** A parameter with its gradient and the state of Adam. */
interface Tracked {
  readonly x: Float32Array;
  readonly dx: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

/** x W + b and its activation, with all arrays of the forward and backward pass. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Tracked;
  readonly bias: Tracked;
  readonly sum: Float32Array;
  readonly value: Float32Array;
  /** With respect to `sum`. */
  readonly gradient: Float32Array;
  /** With respect to the input. */
  readonly upstream: Float32Array;
  readonly transposed: Float32Array;
}

/** The variational autoencoder of bench/cases/training.ts by hand: forward pass, gradients, Adam. */
export class Vae {
  readonly #batch: number;
  readonly #categories: number;
  readonly #layers: readonly Layer[];
  /** The layer whose sums are the logits of the code. */
  readonly #code: number;
  #steps = 0;

  /** @param weights initial weights, [widths[i], widths[i + 1]] each */
  constructor(weights: readonly Float32Array[], widths: readonly number[], batch: number, categories: number) {
    this.#batch = batch;
    this.#categories = categories;
    this.#layers = weights.map((initial, i) => createLayer(initial, widths[i], widths[i + 1], batch));
    this.#code = weights.length / 2 - 1;
  }

  /** Logits of the pixels, after a step. */
  get output(): Float32Array {
    return this.#layers[this.#layers.length - 1].sum;
  }

  /** One step of Adam on the mean over `images`, [batch, pixels], of KL - log-likelihood. */
  train(images: Float32Array, tau: number, rate: number): void {
    this.#forward(images, tau);
    this.#backward(images, tau);
    this.#steps++;
    for (const { weights, bias } of this.#layers) {
      for (const { x, dx, mean, square } of [weights, bias]) {
        adam(x, dx, mean, square, rate, this.#steps);
        dx.fill(0);
      }
    }
  }

  #forward(images: Float32Array, tau: number): void {
    let input = images;
    for (const layer of this.#layers) {
      const { inputs, outputs, weights, bias, sum, value } = layer;
      for (let row = 0; row < this.#batch; row++) sum.set(bias.x, row * outputs);
      matmul(sum, input, weights.x, this.#batch, outputs, inputs);
      if (layer === this.#layers[this.#code])
        gumbelSoftmax(value, sum, sum.length / this.#categories, this.#categories, tau);
      else relu(value, sum);
      input = value;
    }
  }

  #backward(images: Float32Array, tau: number): void {
    const scale = 1 / this.#batch;
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      const layer = this.#layers[i];
      const { gradient, sum, value } = layer;
      if (i === this.#layers.length - 1) {
        gradient.fill(0);
        bernoulliGrad(gradient, sum, images, -scale);
      } else if (i === this.#code) {
        const rows = sum.length / this.#categories;
        gradient.fill(0);
        gumbelSoftmaxGrad(gradient, value, this.#layers[i + 1].upstream, rows, this.#categories, tau);
        categoricalKlGrad(gradient, sum, rows, this.#categories, scale);
      } else reluGrad(gradient, value, this.#layers[i + 1].upstream);
      this.#layerGrad(layer, i === 0 ? images : this.#layers[i - 1].value, i > 0);
    }
  }

  /** With d the gradient of x W + b: dW += x' d, db += the sum of the rows of d, and dx = d W' if it is needed. */
  #layerGrad({ inputs, outputs, weights, bias, gradient, upstream, transposed }: Layer, x: Float32Array, dx: boolean) {
    matmul(weights.dx, x, gradient, inputs, outputs, this.#batch, 1, inputs);
    for (let row = 0, at = 0; row < this.#batch; row++)
      for (let j = 0; j < outputs; j++, at++) bias.dx[j] += gradient[at];
    if (!dx) return;
    transpose(transposed, weights.x, inputs, outputs);
    upstream.fill(0);
    matmul(upstream, gradient, transposed, this.#batch, inputs, outputs);
  }
}

function createLayer(initial: Float32Array, inputs: number, outputs: number, batch: number): Layer {
  return {
    inputs,
    outputs,
    weights: track(initial.slice()),
    bias: track(new Float32Array(outputs)),
    sum: new Float32Array(batch * outputs),
    value: new Float32Array(batch * outputs),
    gradient: new Float32Array(batch * outputs),
    upstream: new Float32Array(batch * inputs),
    transposed: new Float32Array(inputs * outputs),
  };
}

function track(x: Float32Array): Tracked {
  const zeros = () => new Float32Array(x.length);
  return { x, dx: zeros(), mean: zeros(), square: zeros() };
}

function reluGrad(out: Float32Array, y: Float32Array, dy: Float32Array): void {
  for (let i = 0; i < y.length; i++) out[i] = y[i] > 0 ? dy[i] : 0;
}
