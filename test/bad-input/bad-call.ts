// What a bad call may not touch, and how a row of the tables is written.

import { core } from "../../bindings/core/index.ts";
import * as graph from "../../bindings/graph/index.ts";
import { ArgumentError, gumbelSoftmax, type Key, key, type ReparamError } from "../../bindings/index.ts";

export const K: Key = key(42);
const LOGITS = [0.5, -1, 2, 0, 1.5, -Infinity];

/** What the calls are given; none of it may change. */
export function makeFixtures() {
  const parameters = { w: graph.parameter([3, 2], [1, 2, 3, 4, 5, 6]), b: graph.parameter([2], [7, 8]) };
  const { w, b } = parameters;
  const optimizer = graph.adam(parameters);
  const train = () => graph.step(() => graph.backward(graph.sum(graph.linear(graph.tensor([1, 2, 3]), w, b))));
  train();
  optimizer.step();
  train();
  const gone = graph.parameter([3]);
  const goneOptimizer = graph.sgd({ w }, { rate: 1 });
  const orphan = graph.parameter([1]);
  const orphaned = graph.sgd({ orphan }, { rate: 1 });
  for (const owned of [gone, goneOptimizer, orphan]) owned.dispose();
  // Its rate is 0.1 at first and below 0 from the second step on.
  const falling = graph.sgd({ b }, { rate: { type: "linear", initial: 0.1, final: -1, steps: 1 } });
  falling.steps = 1;
  const memory = new Float32Array(12).fill(0.25);
  return {
    x: Float32Array.from(LOGITS),
    out: new Float32Array(6).fill(7),
    two: new Float32Array(2).fill(7),
    /** Six logits, and room for six results that begins in the last of them. */
    head: memory.subarray(0, 6),
    tail: memory.subarray(5, 11),
    parameters,
    ...parameters,
    optimizer,
    falling,
    square: graph.parameter([2, 2]),
    gone,
    goneOptimizer,
    orphaned,
    expired: graph.step(() => graph.tensor([1, 2, 3])),
    bytes: graph.saveCheckpoint({ parameters, optimizer }),
  };
}
export type Fixtures = ReturnType<typeof makeFixtures>;

/** All state there is, and the results of valid calls of both layers. */
export const stateOf = (f: Fixtures) => ({
  arrays: [f.x, f.out, f.two, f.head, f.tail].map((array) => array.slice()),
  saved: graph.saveCheckpoint({ parameters: f.parameters, optimizer: f.optimizer }),
  gradients: [f.w.grad(), f.b.grad()],
  steps: [f.optimizer.steps, f.falling.steps],
  arena: core().arena.mark(),
  sample: gumbelSoftmax(K, f.x, { cols: 3, tau: 0.5 }),
  graph: graph.step(() => graph.gumbelSoftmax(K, graph.mul(f.w, f.w), { hard: true }).toArray()),
});

type ErrorClass = new (argument: string, expected: string, received: string) => ReparamError;

export interface BadCall {
  readonly name: string;
  readonly call: (f: Fixtures) => unknown;
  readonly error: ErrorClass;
  readonly argument: string;
  /** What the message says after the argument: what was expected, and what came. */
  readonly message: string | RegExp;
}

export const bad = (
  name: string,
  call: BadCall["call"],
  error: ErrorClass,
  argument: string,
  message: BadCall["message"],
): BadCall => ({ name, call, error, argument, message });

/** A value of any type where the types would not let it pass. */
export const wrong = <T>(value: unknown): T => value as T;

/** One row for each of the values that an argument may not have. */
export const each = <T>(
  what: string,
  argument: string,
  values: readonly unknown[],
  expected: string,
  call: (value: T, f: Fixtures) => unknown,
  error: ErrorClass = ArgumentError,
): BadCall[] =>
  values.map((value) =>
    bad(
      `${what}, ${argument} ${show(value)},`,
      (f) => call(wrong(value), f),
      error,
      argument,
      `${expected}, got ${show(value)}`,
    ),
  );

/** The same inside a step. */
export const inStep =
  (body: BadCall["call"]): BadCall["call"] =>
  (f) =>
    graph.step(() => void body(f));

/** How a value reads in the name of a test and in messages. */
export function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${(value as Float32Array).length})`;
  if (typeof value === "number" || value === undefined) return String(value);
  return JSON.stringify(value, (_, element) => (typeof element === "bigint" ? `${element}n` : element));
}

export const OVERLAP = "an array that shares no memory with an input, got one that overlaps an input";
