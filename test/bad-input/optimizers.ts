// Bad calls of `reparam/graph`: optimizers and schedules.

import * as graph from "../../bindings/graph/index.ts";
import { ArgumentError, DisposedError } from "../../bindings/index.ts";
import { type BadCall, bad, each, wrong } from "./bad-call.ts";

const { adam, at, clipGradients, saveCheckpoint, sgd } = graph;

const RATE = "a finite number of 0 or more";
const rates = [-1, Number.NaN, Infinity];
const DECAY = "a number from 0 up to, not including, 1";
const optimizers = [
  ...each<number>("adam", "rate", rates, RATE, (rate, { w }) => adam({ w }, { rate })),
  ...each<number>("sgd", "rate", rates, RATE, (rate, { w }) => sgd({ w }, { rate })),
  ...["0.1", null].map((rate) =>
    bad(
      `adam, rate ${rate},`,
      ({ w }) => adam({ w }, { rate: wrong(rate) }),
      ArgumentError,
      "rate",
      /number.*got ("0.1"|null)$/,
    ),
  ),
  bad("sgd without a rate", ({ w }) => sgd({ w }, wrong({})), ArgumentError, "rate", /number.*got undefined$/),
  ...(["beta1", "beta2"] as const).flatMap((name) => [
    ...each<number>("adam", name, [1, 2], DECAY, (value, { w }) => adam({ w }, { [name]: value })),
    ...each<number>("adam", name, [-0.1, Number.NaN, "0.9", null], RATE, (value, { w }) =>
      adam({ w }, { [name]: value }),
    ),
  ]),
  ...each<number>(
    "adam",
    "epsilon",
    [0, -1, Number.NaN, Infinity, "x", null],
    "a finite number above 0",
    (epsilon, { w }) => adam({ w }, { epsilon }),
  ),
  ...each<number>("sgd", "momentum", [1, 1.5], DECAY, (momentum, { w }) => sgd({ w }, { rate: 1, momentum })),
  ...each<number>("sgd", "momentum", [-0.5, Number.NaN, "x"], RATE, (momentum, { w }) =>
    sgd({ w }, { rate: 1, momentum }),
  ),
  ...each<number>("a step", "rate", [...rates, "1", null], RATE, (rate, { optimizer }) => optimizer.step({ rate })),
  bad("a step whose schedule falls below 0", ({ falling }) => falling.step(), ArgumentError, "rate", `${RATE}, got -1`),
  bad(
    "a step of a disposed optimizer",
    ({ goneOptimizer }) => goneOptimizer.step(),
    DisposedError,
    "optimizer",
    "an optimizer in use, got one that was disposed",
  ),
  bad(
    "clear of a disposed optimizer",
    ({ goneOptimizer }) => goneOptimizer.clear(),
    DisposedError,
    "optimizer",
    "an optimizer in use, got one that was disposed",
  ),
  bad(
    "a step with a disposed parameter",
    ({ orphaned }) => orphaned.step(),
    DisposedError,
    "parameters.orphan",
    /got a parameter of shape \[1\] that is gone$/,
  ),
  ...each<number>(
    "clipGradients",
    "maxNorm",
    [0, -1, Number.NaN, Infinity, "1", null, undefined],
    "a finite number above 0",
    (maxNorm, { w }) => clipGradients({ w }, maxNorm),
  ),
];

const TAKE_PARAMETERS: Record<string, (parameters: graph.Parameters) => unknown> = {
  adam: (parameters) => adam(parameters),
  sgd: (parameters) => sgd(parameters, { rate: 1 }),
  clipGradients: (parameters) => clipGradients(parameters, 1),
  saveCheckpoint: (parameters) => saveCheckpoint({ parameters }),
};
const parameters = Object.entries(TAKE_PARAMETERS).flatMap(([name, call]) => [
  ...[{}, [], null, undefined, 5].map((value) =>
    bad(
      `${name} of ${JSON.stringify(value)}`,
      () => call(wrong(value)),
      ArgumentError,
      "parameters",
      "an object of parameters, { name: parameter }, got none",
    ),
  ),
  bad(
    `${name} of an array as a parameter`,
    ({ w, x }) => call(wrong({ w, x })),
    ArgumentError,
    "parameters.x",
    /^a parameter, got (an )?object|a Float32Array/,
  ),
  bad(
    `${name} of a disposed parameter`,
    ({ w, gone }) => call({ w, gone }),
    DisposedError,
    "parameters.gone",
    /got a parameter of shape \[3\] that is gone$/,
  ),
]);

const schedule = (
  what: string,
  argument: string,
  values: readonly unknown[],
  expected: string,
  make: (value: number) => graph.Schedule,
) => each<number>(what, argument, values, expected, (value) => at(make(value), 3));
const numbers = [Number.NaN, Infinity, "1", undefined, null];
const FINITE = "a finite number";
const schedules = [
  ...[null, undefined, {}, { type: "cosine" }, 5].map((value) =>
    bad(
      `the schedule ${JSON.stringify(value)}`,
      () => at(wrong(value), 0),
      ArgumentError,
      "schedule",
      /^type: constant, exponential, linear or steps, got ("cosine"|undefined)$/,
    ),
  ),
  ...each<number>("a schedule", "step", [-1, 1.5, Number.NaN, "3", undefined], "an integer of 0 or more", (step) =>
    at({ type: "constant", value: 1 }, step),
  ),
  ...schedule("constant", "value", numbers, FINITE, (value) => ({ type: "constant", value })),
  ...schedule("exponential", "initial", numbers, FINITE, (initial) => ({ type: "exponential", initial, rate: 1 })),
  ...schedule("exponential", "rate", [-1, ...numbers], `${FINITE} of 0 or more`, (rate) => ({
    type: "exponential",
    initial: 1,
    rate,
  })),
  ...schedule("exponential", "min", [Number.NaN, "1"], FINITE, (min) => ({
    type: "exponential",
    initial: 1,
    rate: 1,
    min,
  })),
  ...schedule("linear", "initial", numbers, FINITE, (initial) => ({ type: "linear", initial, final: 1, steps: 10 })),
  ...schedule("linear", "final", numbers, FINITE, (final) => ({ type: "linear", initial: 1, final, steps: 10 })),
  ...schedule("linear", "steps", [0, -1, 1.5, ...numbers], "an integer of 1 or more", (steps) => ({
    type: "linear",
    initial: 1,
    final: 0,
    steps,
  })),
  ...schedule("steps", "initial", numbers, FINITE, (initial) => ({ type: "steps", initial, factor: 0.5, every: 2 })),
  ...schedule("steps", "factor", [0, -1, ...numbers], "a finite number above 0", (factor) => ({
    type: "steps",
    initial: 1,
    factor,
    every: 2,
  })),
  ...schedule("steps", "every", [0, -1, 1.5, ...numbers], "an integer of 1 or more", (every) => ({
    type: "steps",
    initial: 1,
    factor: 0.5,
    every,
  })),
  ...schedule("steps", "min", [Number.NaN, "1"], FINITE, (min) => ({
    type: "steps",
    initial: 1,
    factor: 0.5,
    every: 2,
    min,
  })),
];

export const BAD_OPTIMIZERS: readonly BadCall[] = [optimizers, parameters, schedules].flat();
