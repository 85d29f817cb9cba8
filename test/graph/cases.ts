// What the graph can do, as a table: each case is one expression, run on the graph and on the float64 reference.

import * as graph from "../../bindings/graph/index.ts";
import { type Key, gumbel as kernelGumbel, normal as kernelNormal, key } from "../../bindings/index.ts";
import { mulberry32 } from "../reference/statistics.ts";
import { type Operations, reference, type Value } from "./reference.ts";

type Expression = <T, N>(g: Operations<T, N>, inputs: readonly T[], noise: N) => T;
type Noise = "gumbel" | "normal";

export interface Case {
  readonly title: string;
  readonly inputs: readonly Value[];
  readonly call: Expression;
  readonly noise: Noise | undefined;
}

export const KEY: Key = key(20260719n);
const NOISE = 64;

const between = (low: number, high: number) => (u: number) => low + (high - low) * u;
const DOMAINS = {
  any: between(-2.5, 2.5),
  positive: between(0.2, 3),
  "away from 0": (u: number) => (u < 0.5 ? u - 2 : u + 1), // [-2, -1.5] and [1.5, 2]
  unit: between(0, 1),
  wide: between(-40, 40),
};
type Domain = keyof typeof DOMAINS;

/** Test data that float32 holds exactly, so that both sides start from the same numbers. */
export function random(shape: readonly number[], seed: number, domain: Domain = "any"): Value {
  const next = mulberry32(seed);
  const length = shape.reduce((product, n) => product * n, 1);
  return { shape, data: Float32Array.from({ length }, () => DOMAINS[domain](next() / 2 ** 32)) };
}

/** The expression on the graph's tensors. */
export const onGraph = ({ call }: Case, inputs: readonly graph.Tensor[]): graph.Tensor => call(graph, inputs, KEY);

/** The expression in float64. Only the noise is the library's: it has tests of its own. */
export function onReference({ call, noise }: Case): (inputs: readonly Value[]) => Value {
  const values = noise === "normal" ? kernelNormal(KEY, NOISE) : kernelGumbel(KEY, NOISE);
  return (inputs) => call(reference, inputs, values);
}

interface Details {
  readonly note?: string;
  /** Where the elements of the last input lie. */
  readonly domain?: Domain;
  readonly noise?: Noise;
}

/** @param shapes of the inputs: "3x5 5" is [3, 5] and [5], "()" is [] */
function make(shapes: string, call: Expression, { note = "", domain = "any", noise }: Details = {}): Case {
  const texts = shapes.split(" ");
  const inputs = texts.map((text, i) => {
    const shape = text === "()" ? [] : text.split("x").map(Number);
    return random(shape, 31 + i, i === texts.length - 1 ? domain : "any");
  });
  return { title: texts.join(" and ") + note, inputs, call, noise };
}

type Unary = "relu" | "tanh" | "sigmoid" | "softplus" | "exp" | "log";
const elementwise = (name: Unary, domain: Domain = "any"): Case[] =>
  ["17", "3x5", "10x1", "4x3", "2x3x5"].map((shape) => make(shape, (g, [x]) => g[name](x), { domain }));
const alsoWide = (name: Unary): Case[] => [
  ...elementwise(name),
  make("29", (g, [x]) => g[name](x), { domain: "wide", note: " from -40 to 40" }),
];

const MEETINGS =
  "3x5 3x5|17 17|3x5 5|10 3x10|4x17 1x17|4x1 4x17|3x10 3x1|3x1 5|1x5 3x1|3x5 ()|() 3|1 3x5|1x1 3x3|1x1 1x1|" +
  "2x3x5 5|2x3x5 3x5|2x3x1 2x3x5|() ()|2x1x5 2x3x5|2x1x1 3x5|1x3x1 2x1x5|3x1x2x1 4x1x5|2x1x3x1x2 1x4x1x2x1";
const pairs = (name: "add" | "sub" | "mul" | "div", domain: Domain = "any"): Case[] => [
  ...MEETINGS.split("|").map((shapes) => make(shapes, (g, [a, b]) => g[name](a, b), { domain })),
  make("3x5", (g, [b]) => g[name](1.75, b), { domain, note: " after a number" }),
  make("3x5", (g, [a]) => g[name](a, -0.625), { note: " before a number" }),
  make("3x5", (g, [x]) => g[name](x, x), { domain, note: " twice" }),
];

const reductions = (name: "sum" | "mean"): Case[] =>
  ["17", "1x1", "3x5", "10x17", "2x3x5"].flatMap((shape) => [
    make(shape, (g, [x]) => g[name](x), { note: " over everything" }),
    make(shape, (g, [x]) => g[name](x, { axis: 0 }), { note: " down the rows" }),
    make(shape, (g, [x]) => g[name](x, { axis: -1 }), { note: " along the last dimension" }),
  ]);

const ROWS = ["5", "2x1", "3x3", "3x10", "2x17", "2x2x5"];
function rowwise(call: (options: { tau?: number | number[] }) => Expression, noise: Noise = "gumbel"): Case[] {
  const rates = [0.25, 0.5, 1, 2.5];
  return [
    ...ROWS.map((shape) => make(shape, call({}), { noise })),
    make("3x5", call({ tau: 0.5 }), { noise, note: " at tau 0.5" }),
    make("4x10", call({ tau: rates }), { noise, note: " at a tau for each row" }),
    make("2x2x3", call({ tau: rates }), { noise, note: " at a tau for each row" }),
    make("3x17", call({}), { noise, domain: "wide", note: " from -40 to 40" }),
  ];
}

/** Every operation of the graph that has a gradient. */
export const CASES: Readonly<Record<keyof Operations<unknown, unknown>, readonly Case[]>> = {
  relu: alsoWide("relu"),
  tanh: alsoWide("tanh"),
  sigmoid: alsoWide("sigmoid"),
  softplus: alsoWide("softplus"),
  exp: elementwise("exp"),
  log: elementwise("log", "positive"),
  add: pairs("add"),
  sub: pairs("sub"),
  mul: pairs("mul"),
  div: pairs("div", "away from 0"),
  matmul: ["1x1 1x1", "3x5 5x7", "4x8 8x16", "5x17 17x3", "10x1 1x10", "1x33 33x9"].map((shapes) =>
    make(shapes, (g, [a, b]) => g.matmul(a, b)),
  ),
  linear: [
    ...["1x1 1x1 1", "3x5 5x10 10", "5x17 17x3 3", "6x7 7x19 19", "5 5x3 3", "2x3x5 5x3 3"].map((shapes) =>
      make(shapes, (g, [x, w, b]) => g.linear(x, w, b)),
    ),
    make("3x5 5x10", (g, [x, w]) => g.linear(x, w), { note: " without bias" }),
  ],
  sum: reductions("sum"),
  mean: reductions("mean"),
  reshape: [
    make("3x10", (g, [x]) => g.reshape(x, [5, 6]), { note: " to 5x6" }),
    make("17", (g, [x]) => g.reshape(x, [17, 1]), { note: " to 17x1" }),
    make("2x3x5", (g, [x]) => g.reshape(x, [30]), { note: " to 30" }),
    make("1x1", (g, [x]) => g.reshape(x, []), { note: " to ()" }),
  ],
  concatenate: [
    ...["3x5 3x1 3x10", "5 3", "2x3x5 2x3x2", "3x5"].map((shapes) => make(shapes, (g, all) => g.concatenate(all))),
    ...["5x3 1x3", "1x3x5 2x3x5", "3 5"].map((shapes) =>
      make(shapes, (g, all) => g.concatenate(all, { axis: 0 }), { note: " down the rows" }),
    ),
    make("3x5", (g, [x]) => g.concatenate([x, x]), { note: " with itself" }),
  ],
  take: [
    make("5x3", (g, [x]) => g.take(x, [4, 0, 4, 2]), { note: ", a row twice" }),
    make("17", (g, [x]) => g.take(x, [16, 3, 3]), { note: ", elements" }),
    make("3x2x5", (g, [x]) => g.take(x, [1]), { note: ", one of [2, 5]" }),
  ],
  slice: [
    make("3x10", (g, [x]) => g.slice(x, { start: 3, end: 8 }), { note: ", columns 3 to 8" }),
    make("3x17", (g, [x]) => g.slice(x, { start: 16 }), { note: ", the last column" }),
    make("5x3", (g, [x]) => g.slice(x, { axis: 0, start: 1, end: 4 }), { note: ", rows 1 to 4" }),
    make("5x3", (g, [x]) => g.slice(x, { axis: 0, end: 1 }), { note: ", the first row" }),
    make("17", (g, [x]) => g.slice(x, { start: 2, end: 7 }), { note: ", elements 2 to 7" }),
    make("2x3x5", (g, [x]) => g.slice(x, { start: 1, end: 3 }), { note: ", columns 1 to 3" }),
    make("3x2x5", (g, [x]) => g.slice(x, { axis: 0, start: 1 }), { note: ", from the second on" }),
  ],
  softmax: rowwise(
    (options) =>
      (g, [x]) =>
        g.softmax(x, options),
  ),
  logSoftmax: rowwise(
    (options) =>
      (g, [x]) =>
        g.logSoftmax(x, options),
  ),
  logSumExp: rowwise(
    (options) =>
      (g, [x]) =>
        g.logSumExp(x, options),
  ),
  bernoulliLogLikelihood: [...ROWS, "4x29"].map((shape) =>
    make(`${shape} ${shape}`, (g, [l, t]) => g.bernoulliLogLikelihood(l, t), { domain: "unit" }),
  ),
  categoricalKl: [
    ...ROWS.map((shape) => make(shape, (g, [q]) => g.categoricalKl(q), { note: " from uniform" })),
    ...["3x5 5", "3x10 1x10", "3x17 3x17", "5 5", "2x2x3 3", "4x1 1"].map((shapes) =>
      make(shapes, (g, [q, p]) => g.categoricalKl(q, p), { note: " from a prior" }),
    ),
  ],
  normal: [
    ...["3x5 5", "3x1 3x10", "17 17", "1x5 3x1"].map((shapes) =>
      make(shapes, (g, [loc, scale], noise) => g.normal(noise, { loc, scale }), { noise: "normal" }),
    ),
    make("17", (g, [scale], e) => g.normal(e, { loc: 0.5, scale }), { noise: "normal", note: ", the scale alone" }),
    make("17", (g, [loc], e) => g.normal(e, { loc }), { noise: "normal", note: ", the loc alone" }),
    make("5 ()", (g, [loc, scale], e) => g.normal(e, { loc, scale, shape: [3, 5] }), {
      noise: "normal",
      note: " to 3x5",
    }),
  ],
  gumbelSoftmax: [
    ...rowwise(
      (options) =>
        (g, [x], noise) =>
          g.gumbelSoftmax(noise, x, options),
    ),
    ...[1, 2, 3, 4].map((offset) =>
      make("3x5", (g, [x], noise) => g.gumbelSoftmax(noise, x, { offset }), { note: ` from element ${offset}` }),
    ),
  ],
};
