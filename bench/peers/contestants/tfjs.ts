/** TensorFlow.js on the backend that the second argument names: wasm or cpu. */
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import type { Work } from "../work.ts";
import { type Data, type Method, type Prepared, serve } from "./serve.ts";
import { gumbel, gumbelSoftmax, type Uniform, uniforms } from "./tfjs-noise.ts";
import { training } from "./tfjs-training.ts";

/**
 * Results stay tensors, freed at once: `tidy` looks through what its function returns element by element, and an array of a
 * million of them would take longer than most works.
 */
const inTensors = (label: string, compute: () => tf.Tensor): Method => ({
  label,
  run: () => {
    tf.dispose(tf.tidy(compute));
  },
  result: () => {
    const y = tf.tidy(compute);
    const values = Float32Array.from(y.dataSync());
    y.dispose();
    return values;
  },
});

const withEach = (name: string, compute: (uniform: Uniform) => () => tf.Tensor): Method[] =>
  uniforms.map(([label, uniform]) => inTensors(`${name} of ${label}`, compute(uniform())));

/** Tensors that live as long as the work. */
function keep(...tensors: tf.Tensor[]) {
  return { tensors, release: () => tf.dispose(tensors) };
}

function relaxed({ rows, cols, tau }: Work, data: Data): Prepared {
  const { tensors, release } = keep(tf.tensor(data.logits(rows * cols), [rows, cols]));
  const [logits] = tensors;
  return {
    methods: withEach("softmax and -log -log", (uniform) => () => gumbelSoftmax(logits, tau, uniform)),
    release,
  };
}

function withGradient({ rows, cols, tau }: Work, data: Data): Prepared {
  const { tensors, release } = keep(
    tf.tensor(data.logits(rows * cols), [rows, cols]),
    tf.tensor(data.gradients(rows * cols), [rows, cols]),
  );
  const [logits, g] = tensors;
  const methods = withEach("tf.grad of softmax and -log -log", (uniform) => {
    const gradient = tf.grad((x) => gumbelSoftmax(x, tau, uniform));
    return () => gradient(logits, g);
  });
  return { methods, release };
}

function shortRow({ rows, cols, tau }: Work, data: Data): Prepared {
  const row = data.logits(rows * cols);
  const methods = uniforms.map(([label, make]): Method => {
    const uniform = make();
    const run = () => {
      let y = row;
      tf.tidy(() => {
        y = gumbelSoftmax(tf.tensor(row, [rows, cols]), tau, uniform).dataSync() as Float32Array;
      });
      return y;
    };
    return { label: `softmax and -log -log of ${label}, dataSync`, run, result: () => run().slice() };
  });
  return { methods };
}

const gumbelNoise = ({ cols }: Work): Prepared => ({
  methods: withEach("-log -log", (uniform) => () => gumbel(uniform([cols]))),
});

const normalNoise = ({ cols }: Work): Prepared => ({
  methods: [inTensors("tf.randomNormal", () => tf.randomNormal([cols]))],
});

function softmax({ rows, cols }: Work, data: Data): Prepared {
  const { tensors, release } = keep(tf.tensor(data.logits(rows * cols), [rows, cols]));
  return { methods: [inTensors("tf.softmax", () => tf.softmax(tensors[0]))], release };
}

function categorical({ rows, cols }: Work, data: Data): Prepared {
  const { tensors, release } = keep(tf.tensor(data.logits(rows * cols), [rows, cols]));
  const [logits] = tensors;
  return {
    methods: [
      inTensors("tf.multinomial", () => tf.multinomial(logits, 1)),
      ...withEach(
        "argMax and -log -log",
        (uniform) => () => tf.argMax(tf.add(logits, gumbel(uniform([rows, cols]))), -1),
      ),
    ],
    release,
  };
}

function matmul({ rows, cols }: Work, data: Data): Prepared {
  const { tensors, release } = keep(
    tf.tensor(data.logits(rows * cols), [rows, cols]),
    tf.tensor(data.gradients(cols * cols), [cols, cols]),
  );
  return { methods: [inTensors("tf.matMul", () => tf.matMul(tensors[0], tensors[1]))], release };
}

const backend = process.argv[3];
setThreadsCount(1);
if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend of TensorFlow.js does not start`);

serve(
  { versions: { "@tensorflow/tfjs": tf.version.tfjs } },
  {
    gumbelSoftmax: relaxed,
    gumbelSoftmaxWithGradient: withGradient,
    gumbel: gumbelNoise,
    normal: normalNoise,
    softmax,
    categorical,
    matmul,
    training,
    overhead: shortRow,
  },
);
