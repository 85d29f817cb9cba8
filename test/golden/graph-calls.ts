import type { Tensor } from "../../bindings/graph/index.ts";
import type { Api, Arguments, Call, Result } from "./format.ts";
import { floats, integers, key, number, pick, sizeOf } from "./inputs.ts";

export type Operation = (api: Api["graph"], inputs: readonly Tensor[], a: Arguments) => Tensor;

type Plain =
  | ("relu" | "tanh" | "sigmoid" | "softplus" | "exp" | "log")
  | ("add" | "sub" | "mul" | "div" | "matmul" | "linear" | "bernoulliLogLikelihood" | "categoricalKl");
const plain =
  (name: Plain): Operation =>
  (graph, inputs) =>
    (graph[name] as (...inputs: readonly Tensor[]) => Tensor)(...inputs);

type WithOptions = "sum" | "mean" | "slice" | "softmax" | "logSoftmax" | "logSumExp";
const withOptions =
  (name: WithOptions, options: readonly string[]): Operation =>
  (graph, [x], a) =>
    graph[name](x as Tensor, pick(a, options));

/** By name; on anything that has the graph's functions. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  relu: plain("relu"),
  tanh: plain("tanh"),
  sigmoid: plain("sigmoid"),
  softplus: plain("softplus"),
  exp: plain("exp"),
  log: plain("log"),
  add: plain("add"),
  sub: plain("sub"),
  mul: plain("mul"),
  div: plain("div"),
  matmul: plain("matmul"),
  linear: plain("linear"),
  bernoulliLogLikelihood: plain("bernoulliLogLikelihood"),
  categoricalKl: plain("categoricalKl"),
  sum: withOptions("sum", ["axis"]),
  mean: withOptions("mean", ["axis"]),
  take: (graph, [x], a) => graph.take(x as Tensor, integers(a.indices)),
  slice: withOptions("slice", ["axis", "start", "end"]),
  softmax: withOptions("softmax", ["tau"]),
  logSoftmax: withOptions("logSoftmax", ["tau"]),
  logSumExp: withOptions("logSumExp", ["tau"]),
  reshape: (graph, [x], a) => graph.reshape(x as Tensor, integers(a.shape)),
  concatenate: (graph, inputs, a) => graph.concatenate(inputs, pick(a, ["axis"])),
  /** Alone it would have no gradient to show. */
  stopGradient: (graph, [x]) => graph.mul(x as Tensor, graph.stopGradient(x as Tensor)),
  normal: (graph, [loc, scale], a) =>
    graph.normal(key(a.key), { loc: loc as Tensor, scale: scale as Tensor, ...pick(a, ["shape", "offset"]) }),
  gumbelSoftmax: (graph, [logits], a) =>
    graph.gumbelSoftmax(key(a.key), logits as Tensor, pick(a, ["tau", "hard", "offset"])),
};

export interface Input {
  readonly shape: readonly number[];
  readonly values: unknown;
}

/** y of the inputs, the loss sum(upstream y), and the gradients of the loss. */
function evaluate({ graph }: Api, operation: Operation, a: Arguments): Record<string, Result> {
  const inputs = (a.inputs as readonly Input[]).map(({ shape, values }) =>
    graph.parameter(shape, floats(values, sizeOf(shape))),
  );
  try {
    const results = graph.step(() => {
      const y = operation(graph, inputs, a);
      const loss = graph.sum(graph.mul(y, graph.tensor(floats(a.upstream, y.size), y.shape)));
      graph.backward(loss);
      return {
        value: { shape: y.shape, data: y.toArray() },
        loss: { shape: [], data: loss.toArray() },
      };
    });
    const gradients = inputs.map((input, i): [string, Result] => [
      `gradient ${i}`,
      { shape: input.shape, data: input.grad() },
    ]);
    return { ...results, ...Object.fromEntries(gradients) };
  } finally {
    for (const input of inputs) input.dispose();
  }
}

const initial =
  (name: "glorot" | "he"): Call =>
  ({ graph }, a) => {
    const layer = integers(a.layer) as readonly [number, number];
    return { value: { shape: layer, data: graph[name](key(a.key), layer) } };
  };

export const GRAPH_CALLS: Readonly<Record<string, Call>> = {
  ...Object.fromEntries(
    Object.entries(OPERATIONS).map(([name, operation]): [string, Call] => [
      `graph.${name}`,
      (api, a) => evaluate(api, operation, a),
    ]),
  ),
  "graph.glorot": initial("glorot"),
  "graph.he": initial("he"),
  "graph.at": ({ graph }, a) => {
    const schedule = a.schedule as Parameters<typeof graph.at>[0];
    const data = Float64Array.from(integers(a.steps), (step) => graph.at(schedule, number(step)));
    return { value: { shape: [data.length], data } };
  },
};
