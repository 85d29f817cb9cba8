import { by } from "../cases/case.ts";

/** What is computed. A contestant has one implementation of each kind that it can do, for any size. */
export type Kind =
  | "gumbelSoftmax"
  | "gumbelSoftmaxWithGradient"
  | "gumbel"
  | "normal"
  | "softmax"
  | "categorical"
  | "matmul"
  | "training"
  | "overhead";

export interface Work {
  readonly id: string;
  readonly group: string;
  readonly kind: Kind;
  readonly name: string;
  readonly size: string;
  readonly rows: number;
  readonly cols: number;
  /** Of Gumbel-Softmax. */
  readonly tau: number;
  /** What the time is divided by; 1 where a call is the usual measure. */
  readonly elements: number;
  readonly flops?: number;
}

const TAU = 0.5;
/** The temperature at which the training of examples/mnist-vae begins. */
const FIRST_TAU = 1;

const LENGTH = 1 << 20;
/** The vocabulary of a large language model (Qwen 2.5). */
const VOCABULARY = 151_936;
const SIDE = 512;
export const BATCH = 100;

type Shape = readonly [rows: number, cols: number];

function matrix(group: string, kind: Kind, name: string, [rows, cols]: Shape): Work {
  const size = by(rows, cols);
  return { id: `${name} ${size}`, group, kind, name, size, rows, cols, tau: TAU, elements: rows * cols };
}

const relaxed = (shape: Shape): Work => matrix("Gumbel-Softmax", "gumbelSoftmax", "gumbelSoftmax", shape);

const softmax = (shape: Shape): Work => matrix("Softmax", "softmax", "softmax", shape);

const noise = (kind: "gumbel" | "normal"): Work => ({
  ...matrix("Noise", kind, kind, [1, LENGTH]),
  id: `${kind} 1M`,
  size: "1M",
});

const shortRow = (cols: number): Work => ({
  ...matrix("One short row", "overhead", "gumbelSoftmax, a call", [1, cols]),
  elements: 1,
});

/** In the order of the table; one group stands together. */
export const works: readonly Work[] = [
  relaxed([1024, 1024]),
  relaxed([8, 131_072]),
  relaxed([16_384, 10]),
  matrix("Gumbel-Softmax", "gumbelSoftmaxWithGradient", "gumbelSoftmax and gradient", [16_384, 10]),
  noise("gumbel"),
  noise("normal"),
  softmax([1024, 1024]),
  softmax([16_384, 10]),
  matrix("Exact draws", "categorical", "categorical, one draw", [1, VOCABULARY]),
  {
    ...matrix("Networks", "matmul", "matrix product", [SIDE, SIDE]),
    id: `matrix product ${SIDE}³`,
    size: `${SIDE}³`,
    elements: 1,
    flops: 2 * SIDE ** 3,
  },
  {
    ...matrix("Networks", "training", "training step, MNIST VAE", [BATCH, 784]),
    id: `training step, MNIST VAE, batch ${BATCH}`,
    size: `batch ${BATCH}`,
    tau: FIRST_TAU,
    elements: 1,
  },
  shortRow(8),
  shortRow(16),
];

/** What the clock runs for, printed under every table: it is not the same for all. */
export const COUNTED =
  "Float32, one thread each, medians. The times of reparam and of plain JavaScript are from typed array to a given typed " +
  "array, reparam's with the copies into and out of wasm memory; the others start from tensors that are already theirs and " +
  "leave the result in one, so their copies are not counted. Exceptions: one short row is an array in and a new array out " +
  "for every JavaScript library; matrices, and the weights of the network, stay in reparam's wasm memory as in everybody " +
  "else's; a training step copies its images in for all of them. Where a library offers several ways, the fastest is " +
  "taken; the JSON file names it.";
