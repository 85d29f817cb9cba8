import fc from "fast-check";
import * as graph from "../../bindings/graph/index.ts";
import * as reparam from "../../bindings/index.ts";
import { anyCall } from "./calls.ts";

const k = reparam.key(77);

/** Runs a call that has to fail. */
function failing(call: () => unknown): void {
  try {
    call();
  } catch {
    return;
  }
  throw new Error(`expected ${call} to throw`);
}

const FAILURES: readonly (() => unknown)[] = [
  () => reparam.softmax([1, Number.NaN]),
  () => reparam.gumbelSoftmax(k, [1, 2, 3, Number.POSITIVE_INFINITY], { cols: 2, hard: true }),
  () => reparam.gumbelSoftmax(k, new Float32Array(300).fill(Number.NaN), { tau: 0.5 }),
  () => reparam.categorical(k, new Float32Array(600).fill(-Infinity)),
  () => reparam.topK(k, [0, -Infinity, -Infinity], { k: 2 }),
  () => reparam.gumbel(k, 2 ** 52),
  () => reparam.normal(k, 5, { offset: -1 }),
  () => reparam.logSumExp([1, 2, 3], { cols: 2 }),
  () => graph.matmul(graph.parameter([1, 1]), graph.parameter([1, 1])), // outside of a step
  () =>
    graph.step(() => {
      graph.backward(graph.sum(graph.exp(graph.tensor(new Float32Array(5000)))));
      throw new Error("in the middle of a step");
    }),
  () => graph.step(() => graph.add(graph.tensor([1, 2, 3]), graph.tensor([1, 2]))),
];

/** Memory that grows, and memory that is taken and given back, or kept. */
const GROWTH: readonly (() => unknown)[] = [
  () => reparam.gumbel(k, 700_000),
  () => reparam.softmax(reparam.normal(k, 300_000), { cols: 3 }),
  () => graph.parameter([100, 1000]),
  () => {
    const parameters = Array.from({ length: 5 }, (_, i) => graph.parameter([1 + 37 * i, 11]));
    for (const parameter of parameters) parameter.dispose();
  },
  () =>
    graph.step(() => {
      const x = graph.tensor(reparam.normal(k, 40_000), [200, 200]);
      return graph.mean(graph.matmul(x, graph.gumbelSoftmax(k, x, { hard: true }))).item();
    }),
];

/** Something else that a program does between two calls. */
export const anyDisturbance: fc.Arbitrary<() => void> = fc.oneof(
  { weight: 4, arbitrary: anyCall().map((call) => () => void call.run(0, call.rows)) },
  { weight: 3, arbitrary: fc.constantFrom(...FAILURES).map((call) => () => failing(call)) },
  { weight: 1, arbitrary: fc.constantFrom(...GROWTH).map((call) => () => void call()) },
);
