import { expect, test } from "vitest";
import { Bernoulli, Categorical, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { backward, parameter, step, sum } from "../../bindings/graph/index.ts";
import { estimateFrom } from "../../bindings/inference/estimate.ts";
import { blackBox, type Cost, categoricalDisarm, disarm, rloo } from "../../bindings/inference/index.ts";
import * as reference from "../reference/antithetic.ts";
import { type Case, Given, gradientsOfCases, momentsOf, PerFactor, product, randomCost, table } from "./given.ts";
import { checkMeans } from "./unbiased.ts";

const f = randomCost(11);

/** One variable: where the draw and its partner stop, and noise that makes them. */
interface Pair {
  readonly weight: number;
  readonly place: number;
  readonly other: number;
  readonly category: number;
  readonly partner: number;
  readonly u: readonly number[];
}

/** Noise lies near the borders of its case, that it may tell where these are. */
const NEAR = 1e-3;

function pairs(row: readonly number[]): Pair[] {
  const { order, p } = reference.sticks(row);
  const probs = reference.softmax(row);
  return order.flatMap((category, place) => {
    let reached = probs[category];
    const passed: number[] = [];
    return order.flatMap((partner, other): Pair[] => {
      const one = other === p.length ? 1 : place < other ? p[other] : reference.opposed(p[other], +(place === other));
      const u = [...passed, one * (1 - NEAR), ...order.slice(other + 1).map(() => 0.5)];
      const weight = reached * one;
      passed.push(one + (1 - one) * NEAR);
      reached *= 1 - one;
      return weight > 0 ? [{ weight, place, other, category, partner, u }] : [];
    });
  });
}

const oneHot = (k: number, of: number): number[] => Array.from({ length: of }, (_, j) => (j === k ? 1 : 0));

interface Together {
  readonly each: Case;
  readonly pairs: readonly Pair[];
}

const together = (logits: readonly (readonly number[])[], hot: boolean): Together[] =>
  product(logits.map(pairs)).map((pairs) => ({
    pairs,
    each: {
      weight: pairs.reduce((p, { weight }) => p * weight, 1),
      draws: [pairs.flatMap(({ category }, v) => (hot ? oneHot(category, logits[v].length) : [category]))],
      noise: { "uniform categorical DisARM": [pairs.flatMap(({ u }) => u)] },
    },
  }));

const places = (z: readonly number[], cols: number): number[] =>
  Array.from({ length: z.length / cols }, (_, v) => z.slice(v * cols, (v + 1) * cols).indexOf(1));

const SETTINGS = {
  "two of three categories": [
    [0.4, -0.8, 1.1],
    [0.1, 0, -2],
  ],
  "one of six": [[0.4, -0.8, 1.9, 0.2, -1.5, 0]],
  "three of two": [
    [0.4, -0.8],
    [1, 1],
    [-2, 0.3],
  ],
  "absent ones": [
    [Number.NEGATIVE_INFINITY, 0.3, -1, 0.5],
    [0.2, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.9],
  ],
  "the only one": [
    [Number.NEGATIVE_INFINITY, 0.3],
    [0.2, -0.4],
  ],
};

const checks = Object.entries(SETTINGS).flatMap(([name, logits]) =>
  [true, false].map((hot) => {
    const cols = logits[0].length;
    const cases = together(logits, hot);
    const pairsOf = new Map(cases.map(({ each, pairs }) => [each, pairs]));
    return {
      name: `${name}, ${hot ? "one-hot" : "by number"}`,
      estimator: categoricalDisarm(),
      parameters: logits.flat(),
      shape: [logits.length, cols],
      law: (logits: never) => new (hot ? OneHotCategorical : Categorical)({ logits }),
      cost: hot ? table(logits.flat().length, (z) => f(places(z, cols))) : table(logits.length, f),
      expected: reference.categoricalGradient(logits, f).flat(),
      cases: cases.map(({ each }) => each),
      naive: (each: Case) => {
        const of = pairsOf.get(each) ?? [];
        const difference = f(of.map(({ category }) => category)) - f(of.map(({ partner }) => partner));
        return reference
          .categoricalDisarm(
            logits,
            difference,
            of.map(({ place }) => place),
            of.map(({ other }) => other),
          )
          .flat();
      },
    };
  }),
);

checkMeans(checks as never);

test("absent categories get no gradient, and no NaN", () => {
  const check = checks.find(({ name }) => name.startsWith("absent")) as (typeof checks)[number];
  for (const gradient of gradientsOfCases(check as never, check.cases))
    for (const [i, g] of gradient.entries())
      if (check.parameters[i] === Number.NEGATIVE_INFINITY) expect(Math.abs(g)).toBe(0);
      else expect(Number.isFinite(g)).toBe(true);
});

test("of two categories it is DisARM", () => {
  const l = 0.7;
  const categorical = checks.find(({ name }) => name.startsWith("three of two")) as (typeof checks)[number];
  const two = momentsOf(
    { ...categorical, parameters: [0, l], shape: [1, 2], cost: table(2, ([, one]) => (one - 0.45) ** 2) } as never,
    together([[0, l]], true).map(({ each }) => each),
  );
  const edge = 1 / (1 + Math.exp(l));
  const binary = momentsOf(
    {
      parameters: [l],
      law: (logits) => new Bernoulli({ logits }),
      cost: table(1, ([b]) => (b - 0.45) ** 2),
      estimator: disarm(),
    },
    [-l - 1, 0, l + 1].map((e, i) => ({
      weight: i === 1 ? 1 - 2 * edge : edge,
      draws: [[l + e > 0 ? 1 : 0]],
      noise: { "logistic ": [[e]] },
    })),
  );
  expect(two.mean[1]).toBeCloseTo(binary.mean[0], 7);
  // The trace of both logits, whose gradients are each other's negative.
  expect(two.variance / 2 / binary.variance).toBeCloseTo(1, 5);
});

test("several factors, categories among bits, are credited with one difference", () => {
  const [rowA, rowB] = [
    [0.4, -0.8, 1.1],
    [0.2, 0.6, -0.5],
  ];
  const cases = product([pairs(rowA), pairs(rowB)]);
  const byName = (v: number, hot: boolean): Given =>
    new Given(
      cases.map((each) => ({
        weight: 1,
        draws: [hot ? oneHot(each[v].category, 3) : [each[v].category]],
        noise: { "uniform categorical DisARM": [each[v].u] },
      })),
    );
  const of = [rowA, rowB].map((row) =>
    parameter(
      [cases.length, 3],
      cases.flatMap(() => row),
    ),
  );
  step(() => {
    const cost = blackBox(({ a, b }: { a: Float32Array; b: Float32Array }) =>
      cases.map((_, i) => f([a.subarray(3 * i, 3 * i + 3).indexOf(1), b[i]])),
    );
    const factors = { a: new OneHotCategorical({ logits: of[0] }), b: new Categorical({ logits: of[1] }) };
    const source = new PerFactor({ a: byName(0, true), b: byName(1, false) });
    backward(sum(estimateFrom(source, factors, cost as Cost<never>, { estimator: categoricalDisarm() })));
  });
  const expected = reference.categoricalGradient([rowA, rowB], f);
  for (const [v, each] of of.entries()) {
    const gradients = each.grad();
    for (let k = 0; k < 3; k++) {
      const mean = cases.reduce((so, two, i) => so + two[0].weight * two[1].weight * gradients[3 * i + k], 0);
      expect(mean).toBeCloseTo(expected[v][k], 6);
    }
    each.dispose();
  }
});

test("it has less variance than RLOO of the same two evaluations", () => {
  const row = SETTINGS["one of six"][0];
  const probs = reference.softmax(row);
  const check = checks.find(({ name }) => name === "one of six, by number") as (typeof checks)[number];
  const two = product([[...row.keys()], [...row.keys()]]).map(([a, b]) => ({
    weight: probs[a] * probs[b],
    draws: [[a], [b]],
  }));
  const ours = momentsOf(check as never, check.cases).variance;
  const theirs = momentsOf({ ...check, estimator: rloo(), samples: 2 } as never, two).variance;
  expect(ours).toBeLessThan(theirs);
});
