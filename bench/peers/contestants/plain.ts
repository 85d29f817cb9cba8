/** Good plain JavaScript: bench/baseline. */
import * as js from "../../baseline/index.ts";
import { CATEGORIES, CHECKED_STEPS, layersOf, RATE, widths } from "../model.ts";
import type { Work } from "../work.ts";
import { type Data, type Method, type Prepared, serve } from "./serve.ts";

/** A function that fills `out`. */
const into = (label: string, out: Float32Array, run: () => void): Method => ({
  label,
  run,
  result: () => {
    run();
    return out;
  },
});

function relaxed({ rows, cols, tau }: Work, data: Data): Prepared {
  const logits = data.logits(rows * cols);
  const out = new Float32Array(logits.length);
  return {
    methods: [into("-log -log u, then softmax", out, () => js.gumbelSoftmax(out, logits, rows, cols, tau))],
  };
}

/** Array in, array out: the result's is made. */
function shortRow({ rows, cols, tau }: Work, data: Data): Prepared {
  const logits = data.logits(rows * cols);
  const run = () => {
    const out = new Float32Array(logits.length);
    js.gumbelSoftmax(out, logits, rows, cols, tau);
    return out;
  };
  return { methods: [{ label: "-log -log u, then softmax", run, result: run }] };
}

function withGradient({ rows, cols, tau }: Work, data: Data): Prepared {
  const [logits, g] = [data.logits(rows * cols), data.gradients(rows * cols)];
  const [y, dx] = [new Float32Array(logits.length), new Float32Array(logits.length)];
  const run = () => {
    js.gumbelSoftmax(y, logits, rows, cols, tau);
    js.gumbelSoftmaxGrad(dx, y, g, rows, cols, tau);
  };
  const result = () => {
    dx.fill(0); // It is added to.
    run();
    return dx;
  };
  return { methods: [{ label: "-log -log u, softmax; y (g - <y, g>) / tau", run, result }] };
}

function noise(label: string, fill: (out: Float32Array) => void): (work: Work) => Prepared {
  return ({ cols }) => {
    const out = new Float32Array(cols);
    return { methods: [into(label, out, () => fill(out))] };
  };
}

function softmax({ rows, cols }: Work, data: Data): Prepared {
  const logits = data.logits(rows * cols);
  const out = new Float32Array(logits.length);
  return { methods: [into("max, exp, sum in f64", out, () => js.softmax(out, logits, rows, cols, 1))] };
}

function categorical({ rows, cols }: Work, data: Data): Prepared {
  const logits = data.logits(rows * cols);
  const out = new Int32Array(rows);
  const work = new Float32Array(cols);
  const inverse = () => js.categorical(out, logits, work, rows, cols);
  return {
    methods: [
      {
        label: "softmax, then cumulative sum",
        run: inverse,
        result: () => {
          inverse();
          return Float32Array.from(out);
        },
      },
    ],
  };
}

function matmul({ rows, cols }: Work, data: Data): Prepared {
  const [a, b] = [data.logits(rows * cols), data.gradients(cols * cols)];
  const out = new Float32Array(rows * cols);
  return {
    methods: [into("i-k-j, four k at a time, blocked", out, () => js.matmul(out.fill(0), a, b, rows, cols, cols))],
  };
}

function training({ rows, cols, tau }: Work, data: Data): Prepared {
  const [weights, batches] = [layersOf(data.weights()), data.batches(rows * cols)];
  const timed = new js.Vae(weights, widths, rows, CATEGORIES);
  let steps = 0;
  const result = () => {
    const checked = new js.Vae(weights, widths, rows, CATEGORIES);
    const before = distortion(checked, batches[0], rows, tau);
    // Rates of 0 count as steps to Adam: a network of its own for what comes after.
    const trained = new js.Vae(weights, widths, rows, CATEGORIES);
    for (let i = 0; i < CHECKED_STEPS; i++) trained.train(batches[i % batches.length], tau, RATE);
    return Float32Array.of(before, distortion(trained, batches[0], rows, tau));
  };
  return {
    methods: [{ label: "by hand", run: () => timed.train(batches[steps++ % batches.length], tau, RATE), result }],
  };
}

/** The mean over images of -log p(image | code), from a step that leaves the weights as they are. */
function distortion(network: js.Vae, images: Float32Array, rows: number, tau: number): number {
  network.train(images, tau, 0);
  const logLikelihood = new Float32Array(rows);
  js.bernoulli(logLikelihood, network.output, images, images.length / rows);
  return -js.sum(logLikelihood) / rows;
}

serve(
  { versions: {} },
  {
    gumbelSoftmax: relaxed,
    gumbelSoftmaxWithGradient: withGradient,
    gumbel: noise("-log -log u", js.gumbel),
    normal: noise("Box-Muller, both outputs", js.normal),
    softmax,
    categorical,
    matmul,
    training,
    overhead: shortRow,
  },
);
