import { sumAndSample } from "../../bindings/inference/index.ts";
import * as reference from "../reference/without-replacement.ts";
import { type Case, product, randomCost } from "./given.ts";
import { bernoulli, costOf, draws, EIGHTS, type Listed } from "./states.ts";
import { type Check, checkMeans } from "./unbiased.ts";

const f = randomCost(5);

interface Tailed extends Case {
  readonly tails: readonly number[];
}

/** A draw and, where it is in the head, each of the others as the first of a race. */
const oneSample = ({ states }: Listed, k: number): { state: number; tail: number; weight: number }[] => {
  const head = reference.headOf(states, k);
  const others = [...states.keys()].filter((i) => !head.includes(i));
  const rest = others.reduce((sum, i) => sum + states[i].p, 0);
  return [
    ...others.map((tail) => ({ state: tail, tail, weight: states[tail].p })),
    ...head.flatMap((state) =>
      others.map((tail) => ({ state, tail, weight: (states[state].p * states[tail].p) / rest })),
    ),
  ];
};

const casesOf = (listed: Listed, k: number, samples: number): Tailed[] =>
  product(Array.from({ length: samples }, () => oneSample(listed, k))).map((each) => ({
    tails: each.map(({ tail }) => tail),
    weight: each.reduce((product, { weight }) => product * weight, 1),
    ...draws(
      listed,
      each.map(({ state }) => listed.states[state]),
    ),
    noise: {
      "exponential sum and sample": each.map(({ tail }) =>
        Float32Array.from(listed.states, ({ p }, i) => (i === tail ? p / 2 : p)),
      ),
    },
  }));

const check = (listed: Listed, k: number, samples: number, cases: readonly Tailed[]): Check => {
  const head = reference.headOf(listed.states, k);
  const known = new Map<number, readonly number[]>();
  const one = (tail: number): readonly number[] => {
    const gradient = known.get(tail) ?? reference.sumAndSample(listed.states, f, head, tail);
    known.set(tail, gradient);
    return gradient;
  };
  return {
    name: `${listed.name}, the ${k} likeliest and ${samples} of the others`,
    estimator: sumAndSample({ k }),
    samples,
    parameters: listed.parameters,
    law: listed.law,
    cost: costOf(listed, f),
    expected: reference.exactGradient(listed.states, f),
    cases,
    naive: (each) => {
      const all = (each as Tailed).tails.map(one);
      return listed.parameters.map((_, v) => all.reduce((sum, g) => sum + g[v], 0) / samples);
    },
  };
};

const twelve = bernoulli([0.3, -1.2, 2, 0.7, -0.4, 0.1, -2.2, 1.1, 0.05, -0.6, 0.9, -1.6]);

/** Given that the draw is one of the others: the mean is the same, as they are one law whatever the draw. */
const outside = (listed: Listed, k: number): Tailed[] => {
  const others = oneSample(listed, k).filter(({ state, tail }) => state === tail);
  const rest = others.reduce((sum, { weight }) => sum + weight, 0);
  return others.map(({ tail, weight }) => ({
    tails: [tail],
    weight: weight / rest,
    ...draws(listed, [listed.states[tail]]),
  }));
};

checkMeans([
  ...EIGHTS.flatMap((listed) => [1, 2, 3, 4].map((k) => check(listed, k, 1, casesOf(listed, k, 1)))),
  check(EIGHTS[0], 2, 2, casesOf(EIGHTS[0], 2, 2)),
  check(twelve, 3, 1, outside(twelve, 3)),
]);
