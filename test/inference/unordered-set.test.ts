import { describe, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { expand } from "../../bindings/graph/extend.ts";
import { mul, sub, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { smallest } from "../../bindings/inference/estimators/terms.ts";
import { unorderedSet } from "../../bindings/inference/index.ts";
import { sigmoid } from "../reference/estimators.ts";
import * as reference from "../reference/without-replacement.ts";
import { type Case, gradientsOfCases, momentsOf, product, randomCost } from "./given.ts";
import { bernoulli, costOf, draws, EIGHTS, type Listed } from "./states.ts";
import { type Check, checkMeans } from "./unbiased.ts";

const f = randomCost(5);

/** Exponential noise by which the values come in an order: e / p is the place in it. */
const noiseOf = ({ states }: Listed, order: readonly number[]): number[] =>
  states.map(({ p }, i) => p * (order.includes(i) ? order.indexOf(i) + 1 : 100));

/** All orders of k, for each of the samples. */
const casesOf = (listed: Listed, k: number, samples: number): (Case & { orders: readonly (readonly number[])[] })[] => {
  const { states } = listed;
  const orders = reference.orders([...states.keys()], k);
  return product(Array.from({ length: samples }, () => orders)).map((orders) => ({
    orders,
    weight: orders.reduce((weight, order) => weight * reference.orderProbability(states, order), 1),
    ...draws(
      listed,
      orders.map(([first]) => states[first]),
    ),
    noise: { "exponential unordered set": orders.map((order) => noiseOf(listed, order)) },
  }));
};

const settings = [
  ...EIGHTS.flatMap((listed) => [1, 2, 3, 4].map((k) => ({ listed, k, samples: 1 }))),
  { listed: bernoulli([0.4, -0.9]), k: 2, samples: 2 },
  { listed: bernoulli([0.4, -0.9]), k: 4, samples: 1 },
  // Probabilities that differ by a factor of 10^12.
  { listed: bernoulli([-9, 10, 12]), k: 3, samples: 1 },
];

checkMeans(
  settings.map(({ listed, k, samples }): Check => {
    const known = new Map<string, readonly number[]>();
    const one = (order: readonly number[]): readonly number[] => {
      const set = [...order].sort();
      const gradient = known.get(`${set}`) ?? reference.unorderedSet(listed.states, f, set);
      known.set(`${set}`, gradient);
      return gradient;
    };
    return {
      name: `${listed.name} by ${samples} unordered sets of ${k}`,
      estimator: unorderedSet({ k }),
      samples,
      parameters: listed.parameters,
      law: listed.law,
      cost: costOf(listed, f),
      expected: reference.exactGradient(listed.states, f),
      cases: casesOf(listed, k, samples),
      naive: (each) => {
        const all = (each as ReturnType<typeof casesOf>[number]).orders.map(one);
        return listed.parameters.map((_, v) => all.reduce((sum, g) => sum + g[v], 0) / samples);
      },
    };
  }),
);

describe("three Bernoulli units with one logit (Liu 2019, Kool 2020)", () => {
  const [logit, p] = [-0.3, [0.6, 0.51, 0.48]];
  const setting = {
    parameters: [logit],
    law: (logits: Tensor) => new Bernoulli({ logits: expand(logits, [logits.shape[0], 3]) }),
    cost: (x: Tensor) => {
      const away = sub(x, tensor(p));
      return sum(mul(away, away), { axis: -1 });
    },
  };
  const eight = bernoulli([logit, logit, logit]);

  test("a set of all 8 values gives the exact gradient, without variance to the bit", () => {
    const cases = casesOf(eight, 8, 1);
    expect(cases).toHaveLength(40_320);
    // One of each first draw, and orders of any kind.
    const some = cases.filter((_, i) => i % 97 === 0).map((each, _, { length }) => ({ ...each, weight: 1 / length }));
    const gradients = gradientsOfCases({ ...setting, estimator: unorderedSet({ k: 8 }) }, some);
    const exact = sigmoid(logit) * sigmoid(-logit) * p.reduce((sum, each) => sum + 1 - 2 * each, 0);
    expect(new Set(gradients.map(([g]) => g)).size).toBe(1);
    expect(Math.abs(gradients[0][0] / exact - 1)).toBeLessThan(1e-6);
  });

  test("the variance falls with the size of the set", () => {
    const variances = [1, 2, 3, 4].map(
      (k) => momentsOf({ ...setting, estimator: unorderedSet({ k }) }, casesOf(eight, k, 1)).variance,
    );
    expect(variances).toEqual([...variances].sort((a, b) => b - a));
    expect(variances[3]).toBeLessThan(variances[0] / 100);
  });
});

test("probabilities whose product float64 has no number for", () => {
  // All but 1e-23 of the probability is in one value; the set has those with two ones at most, the others being below 1e-70.
  const rare = bernoulli([-58, -57, -56, -55, -54]);
  const order = [...rare.states.keys()].filter((i) => rare.states[i].z.filter((each) => each === 1).length <= 2);
  const [gradient] = gradientsOfCases(
    { parameters: rare.parameters, law: rare.law, cost: costOf(rare, f), estimator: unorderedSet({ k: 16 }) },
    [
      {
        weight: 1,
        ...draws(rare, [rare.states[0]]),
        noise: { "exponential unordered set": [rare.states.map((_, i) => (order.includes(i) ? 1e-30 : 1))] },
      },
    ],
  );
  const exact = reference.exactGradient(rare.states, f);
  for (const [v, each] of exact.entries()) expect(Math.abs(gradient[v] / each - 1)).toBeLessThan(2e-6);
});

test("of equal numbers the first are the smallest, and none that is smaller is left out for them", () => {
  const values = Float64Array.of(1, 2, 1, 2, 2, 0, Infinity);
  expect(smallest(values, 4)).toEqual([0, 1, 2, 5]);
  expect(smallest(values, 40)).toEqual([0, 1, 2, 3, 4, 5]);
});
