import { Bernoulli, Binomial, Categorical, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { reshape, slice, type Tensor } from "../../bindings/graph/index.ts";
import { blackBox, type Cost, type Factors } from "../../bindings/inference/index.ts";
import * as counts from "../reference/counts.ts";
import * as reference from "../reference/estimators.ts";
import type { State } from "../reference/without-replacement.ts";
import { table } from "./given.ts";

/** A law whose joint values can be listed, in the library and naively. */
export interface Listed {
  readonly name: string;
  readonly parameters: readonly number[];
  readonly law: (parameters: Tensor) => Factors;
  readonly states: readonly State[];
  /** Of each variable, which elements of a state are its value, and which parameters its own. */
  readonly variables: readonly { readonly elements: readonly number[]; readonly parameters: readonly number[] }[];
  /** Sample of a state, by name of factor. */
  readonly parts?: Readonly<Record<string, readonly [number, number]>>;
}

const softmax = (logits: readonly number[]): number[] => {
  const e = logits.map(Math.exp);
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((each) => each / sum);
};

const categories = (logits: readonly number[], z: (k: number) => readonly number[]): State[] => {
  const p = softmax(logits);
  return p.map((each, k) => ({ z: z(k), p: each, score: p.map((q, j) => (j === k ? 1 : 0) - q) }));
};

const units = (logits: readonly number[]): State[] =>
  reference.bits(logits.length).map((z) => ({
    z,
    p: reference.bernoulliProbability(logits, z),
    score: reference.bernoulliScore(logits, z),
  }));

/** Independent ones side by side. */
const beside = (a: readonly State[], b: readonly State[]): State[] =>
  a.flatMap((x) => b.map((y) => ({ z: [...x.z, ...y.z], p: x.p * y.p, score: [...x.score, ...y.score] })));

export const bernoulli = (logits: readonly number[]): Listed => ({
  name: `2^${logits.length} states of Bernoulli variables`,
  parameters: logits,
  law: (logits) => new Bernoulli({ logits }),
  states: units(logits),
  variables: logits.map((_, v) => ({ elements: [v], parameters: [v] })),
});

/** Independent counts of successes in n trials. */
export const binomials = (n: number, logits: readonly number[]): Listed => ({
  name: `${logits.length} Binomial variables of ${n} trials`,
  parameters: logits,
  law: (logits) => new Binomial({ totalCount: n, logits }),
  states: logits
    .map((logit) => {
      const p = reference.sigmoid(logit);
      const law = counts.binomial(n, p);
      return counts.probabilities(law).map((each, k) => ({ z: [k], p: each, score: [k - n * p] }));
    })
    .reduce<State[]>((so, each) => (so.length === 0 ? each : beside(so, each)), []),
  variables: logits.map((_, v) => ({ elements: [v], parameters: [v] })),
});

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const EIGHT = [0.3, -1.2, 1, 0.7, -0.4, 0.1, -2.2, 1.1];
const oneHot =
  (n: number) =>
  (k: number): number[] =>
    Array.from({ length: n }, (_, j) => (j === k ? 1 : 0));

export const EIGHTS: readonly Listed[] = [
  bernoulli([0.3, -1.2, 0.7]),
  {
    name: "8 states of a Categorical variable",
    parameters: EIGHT,
    law: (logits) => new Categorical({ logits }),
    states: categories(EIGHT, (k) => [k]),
    variables: [{ elements: [0], parameters: upTo(8) }],
  },
  {
    name: "8 states of a Bernoulli and a OneHotCategorical variable, two factors",
    parameters: EIGHT.slice(0, 5),
    law: (logits) => ({
      unit: new Bernoulli({ logits: reshape(slice(logits, { start: 0, end: 1 }), [logits.shape[0]]) }),
      choice: new OneHotCategorical({ logits: slice(logits, { start: 1, end: 5 }) }),
    }),
    states: beside(units(EIGHT.slice(0, 1)), categories(EIGHT.slice(1, 5), oneHot(4))),
    variables: [
      { elements: [0], parameters: [0] },
      { elements: [1, 2, 3, 4], parameters: [1, 2, 3, 4] },
    ],
    parts: { unit: [0, 1], choice: [1, 5] },
  },
];

/** The sample of a case that is a state of the law. */
export const draws = (
  { parts }: Listed,
  samples: readonly State[],
): { draws: readonly (readonly number[])[]; others?: Record<string, readonly (readonly number[])[]> } => ({
  draws: samples.map(({ z }) => z),
  ...(parts && {
    others: Object.fromEntries(
      Object.entries(parts).map(([name, [from, to]]) => [name, samples.map(({ z }) => z.slice(from, to))]),
    ),
  }),
});

/** A black box that is f of a row's numbers. */
export function costOf({ parts, states }: Listed, f: (z: readonly number[]) => number): Cost<never> {
  if (!parts) return table(states[0].z.length, f);
  return blackBox((z: Readonly<Record<string, Float32Array>>) => {
    const widths = Object.entries(parts).map(([name, [from, to]]) => ({ all: z[name], width: to - from }));
    const rows = widths[0].all.length / widths[0].width;
    return Array.from({ length: rows }, (_, row) =>
      f(widths.flatMap(({ all, width }) => [...all.subarray(row * width, (row + 1) * width)])),
    );
  }) as Cost<never>;
}
