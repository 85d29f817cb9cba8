/** The library itself, through its public functions. */
// By path: bench/peers is a package of its own, from which the name "reparam" does not lead back here.

import { categorical, createCore, foldIn, gumbel, gumbelSoftmax, gumbelSoftmaxGrad, normal, softmax } from "reparam";
import {
  adam,
  backward,
  bernoulliLogLikelihood,
  gumbelSoftmax as draw,
  matmul,
  mean,
  type Parameter,
  parameter,
  step,
  type Tensor,
  tensor,
} from "reparam/graph";
import { decode, encode } from "../../../examples/mnist-vae/model.ts";
import { negativeElbo } from "../../../examples/mnist-vae/objective.ts";
import { forward } from "../../cases/graph.ts";
import { keys, noise } from "../../data.ts";
import { CHECKED_STEPS, CODE_LAYER, layersOf, PIXELS, RATE, widths } from "../model.ts";
import type { Work } from "../work.ts";
import { type Data, type Prepared, serve } from "./serve.ts";

const next = keys();

/** A function that returns its result. */
const returns = (label: string, run: () => Float32Array): Prepared => ({ methods: [{ label, run, result: run }] });

function relaxed({ rows, cols, tau }: Work, data: Data): Prepared {
  const logits = data.logits(rows * cols);
  const out = new Float32Array(logits.length);
  return returns("gumbelSoftmax", () => gumbelSoftmax(next(), logits, { cols, tau, out }) as Float32Array);
}

function withGradient({ rows, cols, tau }: Work, data: Data): Prepared {
  const [logits, g] = [data.logits(rows * cols), data.gradients(rows * cols)];
  const [y, dx] = [new Float32Array(logits.length), new Float32Array(logits.length)];
  return returns("gumbelSoftmax, gumbelSoftmaxGrad", () => {
    gumbelSoftmax(next(), logits, { cols, tau, out: y });
    return gumbelSoftmaxGrad(y, g, { cols, tau, out: dx }) as Float32Array;
  });
}

function shortRow({ cols, tau }: Work, data: Data): Prepared {
  const logits = data.logits(cols);
  let offset = 0;
  return returns("gumbelSoftmax", () => {
    offset += cols;
    return gumbelSoftmax(noise, logits, { tau, offset }) as Float32Array;
  });
}

function gumbelNoise({ cols }: Work): Prepared {
  const out = new Float32Array(cols);
  return returns("gumbel", () => gumbel(next(), cols, { out }) as Float32Array);
}

function normalNoise({ cols }: Work): Prepared {
  const out = new Float32Array(cols);
  return returns("normal", () => normal(next(), cols, { out }) as Float32Array);
}

function rowSoftmax({ rows, cols }: Work, data: Data): Prepared {
  const logits = data.logits(rows * cols);
  const out = new Float32Array(logits.length);
  return returns("softmax", () => softmax(logits, { cols, out }) as Float32Array);
}

function oneDraw({ cols }: Work, data: Data): Prepared {
  const logits = data.logits(cols);
  const run = () => categorical(next(), logits);
  return { methods: [{ label: "categorical", run, result: () => Float32Array.from(run()) }] };
}

function product({ rows, cols }: Work, data: Data): Prepared {
  const a = parameter([rows, cols], data.logits(rows * cols));
  const b = parameter([cols, cols], data.gradients(cols * cols));
  return {
    methods: [
      {
        label: "matmul of reparam/graph",
        run: forward(() => matmul(a, b)),
        result: () => step(() => matmul(a, b).toArray(), { gradients: false }) as Float32Array,
      },
    ],
    release: () => {
      for (const matrix of [a, b]) matrix.dispose();
    },
  };
}

/** The network of examples/mnist-vae, from the given weights. */
class Training {
  readonly #parameters: Record<string, Parameter> = {};
  readonly #optimizer: ReturnType<typeof adam>;
  readonly #batches: readonly Float32Array[];
  readonly #rows: number;
  readonly #tau: number;
  #steps = 0;

  constructor({ rows, tau }: Work, weights: readonly Float32Array[], batches: readonly Float32Array[]) {
    [this.#rows, this.#tau, this.#batches] = [rows, tau, batches];
    weights.forEach((values, i) => {
      const name = i <= CODE_LAYER ? `encoder.${i}` : `decoder.${i - CODE_LAYER - 1}`;
      this.#parameters[`${name}.weight`] = parameter([widths[i], widths[i + 1]], values);
      this.#parameters[`${name}.bias`] = parameter([widths[i + 1]]);
    });
    this.#optimizer = adam(this.#parameters, { rate: RATE });
  }

  step(): void {
    const images = this.#batches[this.#steps % this.#batches.length];
    step(() => backward(mean(negativeElbo(this.#parameters, this.#tensor(images), this.#key(), this.#draw))));
    this.#optimizer.step();
    this.#steps++;
  }

  /** The mean over the images of the first batch of -log p(image | code). */
  distortion(): number {
    return step(
      () => {
        const images = this.#tensor(this.#batches[0]);
        const codes = draw(this.#key(), encode(this.#parameters, images), this.#draw);
        return -mean(bernoulliLogLikelihood(decode(this.#parameters, codes), images)).toArray()[0];
      },
      { gradients: false },
    );
  }

  dispose(): void {
    this.#optimizer.dispose();
    for (const each of Object.values(this.#parameters)) each.dispose();
  }

  get #draw() {
    return { tau: this.#tau, hard: false };
  }

  #key() {
    return foldIn(noise, this.#steps);
  }

  #tensor(images: Float32Array): Tensor {
    return tensor(images, [this.#rows, PIXELS]);
  }
}

function training(work: Work, data: Data): Prepared {
  const [weights, batches] = [layersOf(data.weights()), data.batches(work.rows * work.cols)];
  const timed = new Training(work, weights, batches);
  return {
    methods: [
      {
        label: "reparam/graph",
        run: () => timed.step(),
        result: () => {
          const checked = new Training(work, weights, batches);
          const before = checked.distortion();
          for (let i = 0; i < CHECKED_STEPS; i++) checked.step();
          const after = checked.distortion();
          checked.dispose();
          return Float32Array.of(before, after);
        },
      },
    ],
    release: () => timed.dispose(),
  };
}

serve(
  { versions: {}, build: createCore().build },
  {
    gumbelSoftmax: relaxed,
    gumbelSoftmaxWithGradient: withGradient,
    gumbel: gumbelNoise,
    normal: normalNoise,
    softmax: rowSoftmax,
    categorical: oneDraw,
    matmul: product,
    training,
    overhead: shortRow,
  },
);
