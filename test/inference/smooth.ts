import { add, mul, sub, sum, type Tensor, tanh, tensor } from "../../bindings/graph/index.ts";
import { gumbel, key } from "../../bindings/random/index.ts";
import type { Smooth } from "../reference/control-variates.ts";
import { sigmoid } from "../reference/estimators.ts";
import type { Case } from "./given.ts";

/** A function in the graph, of [n, ...rows, width] to [n, ...rows], and the same in float64. */
export interface Both extends Smooth {
  readonly graph: (z: Tensor) => Tensor;
}

/** sum (z - t)^2 */
export const parabola = (t: number): Both => ({
  graph: (z) => {
    const away = sub(z, t);
    return sum(mul(away, away), { axis: -1 });
  },
  value: (z) => z.reduce((so, x) => so + (x - t) ** 2, 0),
  slope: (z) => z.map((x) => 2 * (x - t)),
});

/** s / 2 + s^2 + tanh(2 s) for s = sum w z: curved, and not a sum over elements. */
export function curved(weights: readonly number[]): Both {
  const w = weights.map(Math.fround);
  const at = (z: readonly number[]): number => z.reduce((so, x, i) => so + x * w[i], 0);
  return {
    graph: (z) => {
      const s = sum(mul(z, tensor(w)), { axis: -1 });
      return add(add(mul(s, 0.5), mul(s, s)), tanh(mul(s, 2)));
    },
    value: (z) => at(z) / 2 + at(z) ** 2 + Math.tanh(2 * at(z)),
    slope: (z) => w.map((each) => each * (0.5 + 2 * at(z) + 2 * (1 - Math.tanh(2 * at(z)) ** 2))),
  };
}

/** a tanh(b z + c) of one number. */
export const ramp = (a: number, b: number, c: number): Smooth => ({
  value: ([z]) => a * Math.tanh(b * z + c),
  slope: ([z]) => [a * b * (1 - Math.tanh(b * z + c) ** 2)],
});

/** Nodes and weights of an integral over the line: the trapezoid rule, exact but for exp(-2 pi d / h) with poles d away. */
const line = (h: number, end: number): { x: number; weight: number }[] =>
  Array.from({ length: Math.floor((2 * end) / h) + 1 }, (_, i) => ({ x: -end + i * h, weight: h }));

/** And over (0, infinity), of what falls off exponentially: x = exp(t - exp(-t)) (Takahasi, Mori 1974). */
const halfLine = line(0.12, 3.6).map(({ x: t, weight }) => {
  const x = Math.exp(t - Math.exp(-t));
  return { x, weight: weight * x * (1 + Math.exp(-t)) };
});

const density = (x: number): number => sigmoid(x) * sigmoid(-x);

/**
 * The noise of one binary variable and, independent, that of its conditional copy: quadrature over both, in the two cells of the
 * first that give 0 and 1.
 */
export function noisePairs(logit: number): Case[] {
  const first = [-1, 1].flatMap((side) => halfLine.map(({ x, weight }) => ({ e: -logit + side * x, weight, side })));
  return first.flatMap(({ e, weight, side }) =>
    line(0.36, 27).map(({ x, weight: other }) => ({
      weight: weight * density(e) * other * density(x),
      draws: [[side > 0 ? 1 : 0]],
      noise: { "logistic ": [[e]], "logistic conditional": [[x]] },
    })),
  );
}

/** Gumbel noise of one variable of several categories and of its conditional copy, at random, and the draw it makes. */
export function gumbelCases(logits: readonly number[], count: number): Case[] {
  const noise = gumbel(key(11), 2 * count * logits.length);
  return Array.from({ length: count }, (_, i) => {
    const [g, other] = [2 * i, 2 * i + 1].map((at) => noise.subarray(at * logits.length, (at + 1) * logits.length));
    const z = logits.map((l, k) => l + g[k]);
    return {
      weight: 1 / count,
      draws: [z.map((x) => (x === Math.max(...z) ? 1 : 0))],
      noise: { "gumbel ": [[...g]], "gumbel conditional": [[...other]] },
    };
  });
}
