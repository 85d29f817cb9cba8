import { describe, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { expand } from "../../bindings/graph/extend.ts";
import { backward, parameter, step, sum } from "../../bindings/graph/index.ts";
import { estimate, unorderedSet } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { sigmoid } from "../reference/estimators.ts";
import * as reference from "../reference/without-replacement.ts";
import { type Case, momentsOf, product, randomCost, table } from "./given.ts";
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
