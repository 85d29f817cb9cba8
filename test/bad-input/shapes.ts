// Bad calls of `reparam/graph`: shapes that do not match.

import * as graph from "../../bindings/graph/index.ts";
import { ArgumentError, ShapeError } from "../../bindings/index.ts";
import { type BadCall, bad, each, type Fixtures, inStep, K, show, wrong } from "./bad-call.ts";

const { add, concatenate, linear, matmul, normal, parameter, relu, reshape, slice, step, tensor } = graph;
const { div, logSoftmax, logSumExp, mul, softmax, sub } = graph;

/** By name. */
const ARITHMETIC = { add, sub, mul, div };
const SOFTMAXES = { softmax, logSoftmax, logSumExp };

/** Zeros. */
const t = (...shape: number[]) => tensor(new Float32Array(shape.reduce((product, n) => product * n, 1)), shape);

const refused = (name: string, call: (f: Fixtures) => unknown, argument: string, message: string | RegExp) =>
  bad(name, inStep(call), ShapeError, argument, message);

const shapes = [
  refused(
    "linear of [2, 4] and weights [3, 2]",
    ({ w }) => linear(t(2, 4), w),
    "weights",
    "shape [4, out] for x of shape [2, 4], got [3, 2]",
  ),
  refused(
    "linear with weights of three dimensions",
    () => linear(t(2, 4), t(4, 3, 2)),
    "weights",
    "shape [4, out] for x of shape [2, 4], got [4, 3, 2]",
  ),
  refused(
    "linear with weights of one dimension",
    ({ b }) => linear(t(2, 2), b),
    "weights",
    "shape [2, out] for x of shape [2, 2], got [2]",
  ),
  refused(
    "linear with a bias of another length",
    ({ w }) => linear(t(2, 3), w, t(3)),
    "bias",
    "shape [2] for weights of shape [3, 2], got [3]",
  ),
  refused("linear of a number", ({ w }) => linear(t(), w), "x", "at least one dimension, got a single number, []"),
  refused("matmul of one dimension", ({ b, w }) => matmul(b, w), "a", "two dimensions, got [2]"),
  refused(
    "matmul of [3, 2] and [3, 2]",
    ({ w }) => matmul(w, w),
    "b",
    "shape [2, n] for a of shape [3, 2], got [3, 2]",
  ),
  ...Object.entries(ARITHMETIC).flatMap(([name, combine]) => [
    refused(
      `${name} of [2, 3] and [4]`,
      () => combine(t(2, 3), t(4)),
      "b",
      "a shape that broadcasts with [2, 3], got [4]",
    ),
    refused(
      `${name} of [2, 3] and [3, 2]`,
      ({ w }) => combine(t(2, 3), w),
      "b",
      "a shape that broadcasts with [2, 3], got [3, 2]",
    ),
  ]),
  refused(
    "reshape of 6 elements to [4]",
    ({ w }) => reshape(w, [4]),
    "shape",
    "6 elements, as [3, 2] has, got [4], 4 elements",
  ),
  refused(
    "concatenate of [3, 2] and [2]",
    ({ w, b }) => concatenate([w, b]),
    "tensors[1]",
    "the shape [3, 2] of the first, but for axis -1, got [2]",
  ),
  refused(
    "concatenate of [3, 2] and [3, 4] down the rows",
    ({ w }) => concatenate([w, t(3, 4)], { axis: 0 }),
    "tensors[1]",
    "the shape [3, 2] of the first, but for axis 0, got [3, 4]",
  ),
  bad(
    "concatenate of numbers, which have no axis,",
    inStep(() => concatenate([t(), t()])),
    ArgumentError,
    "axis",
    /\[\]/,
  ),
  bad(
    "slice of a number, which has no axis,",
    inStep(() => slice(t(), {})),
    ArgumentError,
    "axis",
    /\[\]/,
  ),
  refused(
    "bernoulliLogLikelihood with other targets",
    ({ w }) => graph.bernoulliLogLikelihood(w, t(2, 3)),
    "targets",
    "the shape [3, 2] of the logits, got [2, 3]",
  ),
  refused(
    "bernoulliLogLikelihood of numbers",
    () => graph.bernoulliLogLikelihood(t(), t()),
    "logits",
    "at least one dimension, got a single number, []",
  ),
  refused(
    "categoricalKl with a prior of other categories",
    ({ w }) => graph.categoricalKl(w, t(3)),
    "prior",
    "a shape that broadcasts to [3, 2], got [3]",
  ),
  refused(
    "categoricalKl with a prior larger than the logits",
    ({ w, b }) => graph.categoricalKl(b, w),
    "prior",
    "a shape that broadcasts to [2], got [3, 2]",
  ),
  ...Object.entries(SOFTMAXES).flatMap(([name, operation]) => [
    refused(`${name} of a number`, () => operation(t()), "x", "at least one dimension, got a single number, []"),
    refused(
      `${name} with two taus for three rows`,
      ({ w }) => operation(w, { tau: [1, 2] }),
      "tau",
      "one number, or one for each of the 3 rows, got 2 numbers",
    ),
  ]),
  refused(
    "gumbelSoftmax of a number",
    () => graph.gumbelSoftmax(K, t()),
    "logits",
    "at least one dimension, got a single number, []",
  ),
  refused(
    "normal of loc [3, 2] and scale [3]",
    ({ w }) => normal(K, { loc: w, scale: t(3) }),
    "scale",
    /\[3, 2\], got \[3\]$/,
  ),
  refused(
    "normal of shape [2] and loc [3, 2], whose rows would share their noise,",
    ({ w }) => normal(K, { loc: w, shape: [2] }),
    "loc",
    /\[2\], got \[3, 2\]$/,
  ),
  refused(
    "normal of shape [2] and scale [3]",
    () => normal(K, { scale: t(3), shape: [2] }),
    "scale",
    /\[2\], got \[3\]$/,
  ),
  refused("backward of [3, 2]", ({ w }) => graph.backward(relu(w)), "loss", "one element, got 6 elements, [3, 2]"),
  refused("item of [3, 2]", ({ w }) => w.item(), "tensor", "one element, got 6 elements, [3, 2]"),
  refused(
    "tensor of 3 values in shape [2, 2]",
    () => tensor([1, 2, 3], [2, 2]),
    "values",
    "the 4 elements of shape [2, 2], got 3 elements",
  ),
  refused("tensor of no values", () => tensor([]), "values", "at least one element, got an empty array"),
  refused(
    "parameter of 3 values in shape [2, 2]",
    () => parameter([2, 2], [1, 2, 3]),
    "values",
    "the 4 elements of shape [2, 2], got 3 elements",
  ),
  refused("set to 3 values", ({ w }) => w.set([1, 2, 3]), "values", "the 6 elements of shape [3, 2], got 3 elements"),
];

const axisOf = (shape: string) => `0 (the first) or -1 (the last) of ${shape}`;
const axes = [
  ...[graph.sum, graph.mean].flatMap((reduce) => [
    ...each<number>(reduce.name, "axis", [2, -2, 0.5, "0", null], axisOf("[3, 2]"), (axis, { w }) =>
      step(() => void reduce(w, { axis })),
    ),
    ...each<number>(`${reduce.name} of three dimensions`, "axis", [1], axisOf("[2, 3, 4]"), (axis) =>
      step(() => void reduce(t(2, 3, 4), { axis })),
    ),
    ...[0, -1].map((axis) =>
      bad(
        `${reduce.name} of a number along axis ${axis}`,
        inStep(() => reduce(t(), { axis })),
        ArgumentError,
        "axis",
        `an axis of a tensor with dimensions, got ${axis} of a single number, []`,
      ),
    ),
  ]),
  ...each<number>("concatenate", "axis", [2, -2, "0"], axisOf("[3, 2]"), (axis, { w }) =>
    step(() => void concatenate([w, w], { axis })),
  ),
  ...each<number>("slice", "axis", [2, -2, "0"], axisOf("[3, 2]"), (axis, { w }) =>
    step(() => void slice(w, { axis })),
  ),
  ...each<number>("slice of 3 rows", "start", [-1, 3, 1.5, "0", null], "an integer from 0 to 2", (start, { w }) =>
    step(() => void slice(w, { axis: 0, start })),
  ),
  ...each<number>("slice of 3 rows from 1", "end", [0, 1, 4, 1.5, "2", null], "an integer from 2 to 3", (end, { w }) =>
    step(() => void slice(w, { axis: 0, start: 1, end })),
  ),
];

const DIMENSIONS: [shape: unknown, argument: string, message: string][] = [
  ["6", "shape", 'an array of dimensions, got "6"'],
  [6, "shape", "an array of dimensions, got 6"],
  [null, "shape", "an array of dimensions, got null"],
  [[0], "shape[0]", "a dimension: an integer of 1 or more, got 0"],
  [[2, -3], "shape[1]", "a dimension: an integer of 1 or more, got -3"],
  [[1.5, 4], "shape[0]", "a dimension: an integer of 1 or more, got 1.5"],
  [["6"], "shape[0]", 'a dimension: an integer of 1 or more, got "6"'],
];
const TAKE_SHAPES: Record<string, (shape: number[], f: Fixtures) => unknown> = {
  parameter: (shape) => parameter(shape),
  tensor: (shape) => tensor([1, 2, 3, 4, 5, 6], shape),
  reshape: (shape, { w }) => reshape(w, shape),
  normal: (shape) => normal(K, { shape }),
};
const dimensions = Object.entries(TAKE_SHAPES).flatMap(([name, call]) =>
  DIMENSIONS.map(([shape, argument, message]) =>
    bad(
      `${name} of shape ${show(shape)}`,
      (f) => step(() => void call(wrong(shape), f)),
      ArgumentError,
      argument,
      message,
    ),
  ),
);

export const BAD_SHAPES: readonly BadCall[] = [shapes, axes, dimensions].flat();
