// Every operation of bindings/graph in float64 on plain arrays: forward only, written from its formula. Gradients are
// taken by finite differences, so no derivative is written down twice.

import * as relax from "../reference/relax.ts";

export interface Value {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

type Options = { readonly tau?: number | readonly number[] };
type Axis = { readonly axis?: number };

/** The operations over tensors `T` with randomness from `N`: a key in the graph, the noise itself in the reference. */
export interface Operations<T, N> {
  relu(x: T): T;
  tanh(x: T): T;
  sigmoid(x: T): T;
  softplus(x: T): T;
  exp(x: T): T;
  log(x: T): T;
  add(a: T | number, b: T | number): T;
  sub(a: T | number, b: T | number): T;
  mul(a: T | number, b: T | number): T;
  div(a: T | number, b: T | number): T;
  matmul(a: T, b: T): T;
  linear(x: T, weights: T, bias?: T): T;
  sum(x: T, options?: Axis): T;
  mean(x: T, options?: Axis): T;
  reshape(x: T, shape: readonly number[]): T;
  concatenate(tensors: readonly T[], options?: Axis): T;
  slice(x: T, options: Axis & { readonly start?: number; readonly end?: number }): T;
  take(x: T, indices: readonly number[]): T;
  softmax(x: T, options?: Options): T;
  logSoftmax(x: T, options?: Options): T;
  logSumExp(x: T, options?: Options): T;
  bernoulliLogLikelihood(logits: T, targets: T): T;
  categoricalKl(logits: T, prior?: T): T;
  normal(noise: N, options: { readonly loc?: T | number; readonly scale?: T | number; readonly shape?: number[] }): T;
  gumbelSoftmax(noise: N, logits: T, options?: Options & { readonly offset?: number }): T;
}

const total = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0);
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The tensor whose element at each position is f(position). */
function build(shape: readonly number[], f: (position: number[]) => number): Value {
  const strides = shape.map((_, d) => sizeOf(shape.slice(d + 1)));
  const position = (i: number): number[] => shape.map((n, d) => Math.floor(i / (strides[d] as number)) % n);
  return { shape, data: count(sizeOf(shape)).map((i) => f(position(i))) };
}

/** The element at a position of a larger shape: missing leading dimensions, and those of length 1, repeat. */
function read({ shape, data }: Value, position: readonly number[]): number {
  const own = position.slice(position.length - shape.length);
  return data[shape.reduce((index, n, d) => index * n + (n === 1 ? 0 : (own[d] as number)), 0)] as number;
}

const lift = (x: Value | number): Value => (typeof x === "number" ? { shape: [], data: [x] } : x);

function meet(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const padded = (shape: readonly number[]) => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  return padded(a).map((n, d) => Math.max(n, padded(b)[d] as number));
}

const pairwise =
  (f: (a: number, b: number) => number) =>
  (a: Value | number, b: Value | number): Value => {
    const [x, y] = [lift(a), lift(b)];
    return build(meet(x.shape, y.shape), (position) => f(read(x, position), read(y, position)));
  };

const each =
  (f: (x: number) => number) =>
  (x: Value): Value => ({ shape: x.shape, data: Array.from(x.data, f) });

/** f over each run of the last dimension; `oneARow` makes a number of each, and the dimension disappears. */
function perRow(x: Value, tau: Options["tau"], f: (row: number[], tau: number, r: number) => number[]): Value {
  return { shape: x.shape, data: relax.rows(x.data, x.shape.at(-1) as number, tau ?? 1, f) };
}

function oneARow(x: Value, tau: Options["tau"], f: (row: number[], tau: number, r: number) => number): Value {
  return { shape: x.shape.slice(0, -1), data: relax.rows(x.data, x.shape.at(-1) as number, tau ?? 1, f) };
}

const dot = (x: Value, w: Value, position: readonly number[]): number => {
  const [leading, j] = [position.slice(0, -1), position.at(-1) as number];
  return total(count(w.shape[0] as number).map((p) => read(x, [...leading, p]) * read(w, [p, j])));
};

const along = (axis: number, x: Value): number => (axis < 0 ? axis + x.shape.length : axis);
const replace = (list: readonly number[], at: number, by: number): number[] => list.map((n, d) => (d === at ? by : n));
const insert = (list: readonly number[], at: number, n: number): number[] => [
  ...list.slice(0, at),
  n,
  ...list.slice(at),
];
const sum = (x: Value, { axis }: Axis = {}): Value => {
  if (axis === undefined) return { shape: [], data: [total(Array.from(x.data))] };
  const d = along(axis, x);
  return build(
    x.shape.filter((_, i) => i !== d),
    (position) => total(count(x.shape[d] as number).map((k) => read(x, insert(position, d, k)))),
  );
};

const add = pairwise((a, b) => a + b);
const mul = pairwise((a, b) => a * b);

export const reference: Operations<Value, ArrayLike<number>> = {
  relu: each((x) => Math.max(x, 0)),
  tanh: each(Math.tanh),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  softplus: each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  exp: each(Math.exp),
  log: each(Math.log),
  add,
  sub: pairwise((a, b) => a - b),
  mul,
  div: pairwise((a, b) => a / b),
  matmul: (a, b) => build([a.shape[0] as number, b.shape[1] as number], (position) => dot(a, b, position)),
  linear: (x, weights, bias = { shape: [], data: [0] }) =>
    build(
      [...x.shape.slice(0, -1), weights.shape[1] as number],
      (position) => dot(x, weights, position) + read(bias, position),
    ),
  sum,
  mean: (x, options) => {
    const all = sum(x, options);
    return each((v) => (v * all.data.length) / x.data.length)(all);
  },
  reshape: (x, shape) => ({ shape, data: x.data }),
  concatenate(tensors, { axis = -1 } = {}) {
    const first = tensors[0] as Value;
    const d = along(axis, first);
    const pieces = tensors.flatMap((x) => count(x.shape[d] as number).map((k) => ({ x, k })));
    return build(replace(first.shape, d, pieces.length), (position) => {
      const { x, k } = pieces[position[d] as number] as { x: Value; k: number };
      return read(x, replace(position, d, k));
    });
  },
  slice(x, { axis = -1, start = 0, end }) {
    const d = along(axis, x);
    const length = (end ?? (x.shape[d] as number)) - start;
    return build(replace(x.shape, d, length), (position) =>
      read(x, replace(position, d, start + (position[d] as number))),
    );
  },
  take: (x, indices) =>
    build(replace(x.shape, 0, indices.length), ([row, ...rest]) =>
      read(x, [indices[row as number] as number, ...rest]),
    ),
  softmax: (x, { tau } = {}) => perRow(x, tau, relax.softmax),
  logSoftmax: (x, { tau } = {}) => perRow(x, tau, relax.logSoftmax),
  logSumExp: (x, { tau } = {}) => oneARow(x, tau, relax.logSumExp),
  bernoulliLogLikelihood(logits, targets) {
    const cols = logits.shape.at(-1) as number;
    const t = Array.from(targets.data);
    return oneARow(logits, 1, (row, _, r) => relax.bernoulliLogLikelihood(row, t.slice(r * cols, (r + 1) * cols)));
  },
  categoricalKl(logits, prior) {
    const cols = logits.shape.at(-1) as number;
    const p = prior && Array.from(build(logits.shape, (position) => read(prior, position)).data);
    return oneARow(logits, 1, (row, _, r) => relax.categoricalKl(row, p?.slice(r * cols, (r + 1) * cols)));
  },
  normal(noise, { loc = 0, scale = 1, shape }) {
    const z = { shape: shape ?? meet(lift(loc).shape, lift(scale).shape), data: noise };
    return add(loc, mul(scale, z));
  },
  gumbelSoftmax(noise, logits, { tau, offset = 0 } = {}) {
    const data = Array.from(logits.data, (x, i) => x + (noise[offset + i] as number));
    return perRow({ shape: logits.shape, data }, tau, relax.softmax);
  },
};
