import * as tf from "@tensorflow/tfjs";

type Shape = readonly number[];

/** In (0, 1), ends excluded as float32: the logarithms of both are needed. */
const [LEAST, MOST] = [2 ** -32, 1 - 2 ** -24];

export type Uniform = (shape: Shape) => tf.Tensor;

/** The library's own generator, and the host's with a copy. */
export const uniforms: readonly (readonly [label: string, uniform: () => Uniform])[] = [
  ["tf.randomUniform", () => (shape) => tf.randomUniform(shape, LEAST, MOST)],
  ["Math.random", hostUniform],
];

function hostUniform(): Uniform {
  let values = new Float32Array(0);
  return (shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    if (values.length !== length) values = new Float32Array(length);
    for (let i = 0; i < length; i++) values[i] = LEAST + (MOST - LEAST) * Math.random();
    return tf.tensor(values, shape);
  };
}

export const gumbel = (u: tf.Tensor): tf.Tensor => tf.neg(tf.log(tf.neg(tf.log(u))));

export const gumbelSoftmax = (logits: tf.Tensor, tau: number, uniform: Uniform): tf.Tensor =>
  tf.softmax(tf.div(tf.add(logits, gumbel(uniform(logits.shape))), tau));
