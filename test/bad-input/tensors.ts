// Bad calls of `reparam/graph`: what is no tensor, or no longer one.

import * as graph from "../../bindings/graph/index.ts";
import { ArgumentError, DisposedError } from "../../bindings/index.ts";
import { type BadCall, bad, each, type Fixtures, inStep, K, show, wrong } from "./bad-call.ts";

const { add, concatenate, linear, matmul, normal, relu, reshape, slice, step, sum, tensor } = graph;
const { exp, log, logSoftmax, logSumExp, mean, sigmoid, softmax, softplus, stopGradient, tanh } = graph;

/** By name. */
const SOFTMAXES = { softmax, logSoftmax, logSumExp };
const UNARY = { relu, tanh, sigmoid, softplus, exp, log, sum, mean, stopGradient, ...SOFTMAXES };

const NO_TENSORS = [5, "x", null, undefined, {}, [1, 2]];
const came = (value: unknown) =>
  Array.isArray(value)
    ? "an array of length 2"
    : typeof value === "object" && value
      ? "an object (Object)"
      : show(value);
const A_TENSOR = /^a tensor.*, got (NaN|"1")$/;
const noTensor = (name: string, argument: string, call: (value: graph.Tensor, f: Fixtures) => unknown) =>
  NO_TENSORS.map((value) =>
    bad(
      `${name} of ${show(value)}`,
      (f) => step(() => void call(wrong(value), f)),
      ArgumentError,
      argument,
      `a tensor, got ${came(value)}`,
    ),
  );
const types = [
  ...Object.entries(UNARY).flatMap(([name, operation]) => noTensor(name, "x", (x) => operation(x))),
  ...noTensor("reshape", "x", (x) => reshape(x, [2])),
  ...noTensor("slice", "x", (x) => slice(x, {})),
  ...noTensor("linear", "x", (x, { w }) => linear(x, w)),
  ...noTensor("linear with the weights", "weights", (weights) => linear(tensor([1, 2, 3]), weights)),
  ...noTensor("matmul", "a", (a, { w }) => matmul(a, w)),
  ...noTensor("matmul and", "b", (b, { w }) => matmul(w, b)),
  ...noTensor("concatenate of a tensor and", "tensors[1]", (x, { w }) => concatenate([w, x])),
  ...noTensor("bernoulliLogLikelihood", "logits", (l, { w }) => graph.bernoulliLogLikelihood(l, w)),
  ...noTensor("bernoulliLogLikelihood and", "targets", (targets, { w }) => graph.bernoulliLogLikelihood(w, targets)),
  ...noTensor("categoricalKl", "logits", (l) => graph.categoricalKl(l)),
  ...noTensor("gumbelSoftmax", "logits", (l) => graph.gumbelSoftmax(K, l)),
  ...noTensor("backward", "loss", (loss) => graph.backward(loss)),
  ...each<number>("add", "a", [Number.NaN, Infinity], "a tensor or a finite number", (a, { w }) =>
    step(() => void add(a, w)),
  ),
  ...each<number>("add", "b", [Number.NaN, -Infinity], "a tensor or a finite number", (b, { w }) =>
    step(() => void add(w, b)),
  ),
  ...each<number>("add", "b", ["1", null], "a tensor or a finite number", (b, { w }) => step(() => void add(w, b))),
  ...[Number.NaN, "1"].flatMap((value) => [
    bad(
      `normal, loc ${show(value)},`,
      inStep(() => normal(K, { loc: wrong(value) })),
      ArgumentError,
      "loc",
      A_TENSOR,
    ),
    bad(
      `normal, scale ${show(value)},`,
      inStep(() => normal(K, { scale: wrong(value) })),
      ArgumentError,
      "scale",
      A_TENSOR,
    ),
  ]),
  bad(
    "concatenate of nothing",
    inStep(() => concatenate([])),
    ArgumentError,
    "tensors",
    "an array of at least one tensor, got none",
  ),
  ...each<boolean>("graph.gumbelSoftmax", "hard", [1, "true", null], "true or false", (hard, { w }) =>
    step(() => void graph.gumbelSoftmax(K, w, { hard })),
  ),
  ...each<number>("graph.gumbelSoftmax", "offset", [-1, 0.5, 2 ** 53], "an integer of 0 or more", (offset, { w }) =>
    step(() => void graph.gumbelSoftmax(K, w, { offset })),
  ),
  ...Object.entries(SOFTMAXES).flatMap(([name, operation]) => [
    ...each<number>(`graph.${name}`, "tau", [0, -1, Number.NaN, Infinity], "a finite number above 0", (tau, { w }) =>
      step(() => void operation(w, { tau })),
    ),
  ]),
  ...each<number[]>(
    "tensor",
    "values",
    ["text", null, 5],
    "a Float32Array, a Float64Array or an array of numbers",
    (values) => step(() => void tensor(values, [1])),
  ),
  bad(
    "tensor of strings",
    inStep(() => tensor(wrong([1, "2"]))),
    ArgumentError,
    "values[1]",
    'a number, got "2"',
  ),
];

const GONE = /^a tensor of this step, or a parameter, got a (tensor|parameter) of shape \[3\] that is gone$/;
const OUTSIDE = "operations to run inside step(() => ...), got an operation outside of any step";
const gone = (name: string, call: (f: Fixtures) => unknown, argument: string) =>
  bad(name, call, DisposedError, argument, GONE);
const lifetimes = [
  gone("a tensor read after its step", ({ expired }) => expired.toArray(), "tensor"),
  gone("the item of a tensor after its step", ({ expired }) => expired.item(), "tensor"),
  gone(
    "a tensor used in the next step",
    inStep(({ expired }) => relu(expired)),
    "x",
  ),
  gone(
    "a tensor added in the next step",
    inStep(({ expired }) => add(1, expired)),
    "b",
  ),
  gone(
    "backward of a tensor of another step",
    inStep(({ expired }) => graph.backward(expired)),
    "loss",
  ),
  gone("a disposed parameter, read,", (f) => f.gone.toArray(), "tensor"),
  gone("the gradient of a disposed parameter", (f) => f.gone.grad(), "parameter"),
  gone("set of a disposed parameter", (f) => f.gone.set([1, 2, 3]), "parameter"),
  gone("clear of a disposed parameter", (f) => f.gone.clear(), "parameter"),
  gone(
    "a disposed parameter in a step",
    inStep((f) => sum(f.gone)),
    "x",
  ),
  ...Object.entries<(f: Fixtures) => unknown>({
    tensor: () => tensor([1]),
    relu: ({ w }) => relu(w),
    add: () => add(1, 2),
    linear: ({ w, square }) => linear(w, square),
    reshape: ({ w }) => reshape(w, [6]),
    gumbelSoftmax: ({ w }) => graph.gumbelSoftmax(K, w),
    normal: () => normal(K, { shape: [2] }),
    categoricalKl: ({ w }) => graph.categoricalKl(w),
    backward: ({ w }) => graph.backward(w),
  }).map(([name, call]) => bad(`${name} outside a step`, call, DisposedError, "step", OUTSIDE)),
  bad(
    "step inside a step",
    inStep(() => step(() => 1)),
    ArgumentError,
    "step",
    "to be called outside of any other step, got a call inside one",
  ),
  bad(
    "step of an async function",
    () => step(async () => 1),
    ArgumentError,
    "body",
    /^a synchronous function, got one that returned a promise/,
  ),
  ...each<() => void>("step", "body", [5, null, undefined, "x"], "a function", (body) => step(body)),
  ...each<boolean>("step", "gradients", [0, "no", null], "true or false", (gradients) => step(() => 1, { gradients })),
  bad(
    "backward in a step without gradients",
    ({ w }) => step(() => graph.backward(sum(w)), { gradients: false }),
    ArgumentError,
    "loss",
    /^a step that records gradients, got step/,
  ),
];

export const BAD_TENSORS: readonly BadCall[] = [types, lifetimes].flat();
