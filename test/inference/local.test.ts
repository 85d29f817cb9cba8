import { localExpectation, measureValued } from "../../bindings/inference/index.ts";
import * as reference from "../reference/estimators.ts";
import { exactGradient } from "../reference/without-replacement.ts";
import { type Case, product, randomCost } from "./given.ts";
import { bernoulli, binomials, costOf, draws, EIGHTS, type Listed } from "./states.ts";
import { type Check, checkMeans } from "./unbiased.ts";

const f = randomCost(5);

/** sum over the variables of d E f with the others as in z: by enumeration of one variable, naively. */
const localGradient = ({ states, variables }: Listed, z: readonly number[]): number[] => {
  const total = states[0].score.map(() => 0);
  for (const { elements, parameters } of variables) {
    const one = states.filter((state) => z.every((each, i) => elements.includes(i) || state.z[i] === each));
    const sum = one.reduce((sum, { p }) => sum + p, 0);
    for (const { p, score, z: each } of one) for (const v of parameters) total[v] += (p / sum) * score[v] * f(each);
  }
  return total;
};

const casesOf = (listed: Listed, samples: number): (Case & { zs: readonly (readonly number[])[] })[] =>
  product(Array.from({ length: samples }, () => listed.states)).map((states) => ({
    zs: states.map(({ z }) => z),
    weight: states.reduce((weight, { p }) => weight * p, 1),
    ...draws(listed, states),
  }));

const six = bernoulli([0.3, -1.2, 0.7, 2, -0.4, 0.1]);

const settings: readonly (readonly [Listed, number])[] = [
  ...EIGHTS.map((listed) => [listed, 1] as const),
  [EIGHTS[0], 2],
  [six, 1],
  [bernoulli([0.3, -1.2, 2, 0.7, -0.4, 0.1, -2.2, 1.1]), 1],
  [binomials(3, [0.4, -0.8]), 1],
];

const check = ([listed, samples]: (typeof settings)[number]): Omit<Check, "name" | "estimator"> => ({
  samples,
  parameters: listed.parameters,
  law: listed.law,
  cost: costOf(listed, f),
  expected: exactGradient(listed.states, f),
  cases: casesOf(listed, samples),
  naive: (each) => {
    const gradients = (each as ReturnType<typeof casesOf>[number]).zs.map((z) => localGradient(listed, z));
    return listed.parameters.map((_, v) => gradients.reduce((sum, g) => sum + g[v], 0) / samples);
  },
});

checkMeans(
  settings.map((setting) => ({
    ...check(setting),
    name: `local expectation of ${setting[0].name}, ${setting[1]} samples`,
    estimator: localExpectation(),
  })),
);

/** The counts of one trial less, with the others as they were drawn. */
const [counted, trials] = [binomials(3, [0.4, -0.8]), 3];
const fewer = binomials(trials - 1, counted.parameters);

checkMeans([
  // For a variable of two values both are the same.
  ...[[EIGHTS[0], 2] as const, [six, 1] as const].map((setting) => ({
    ...check(setting),
    name: `difference of two laws of ${setting[0].name}, ${setting[1]} samples`,
    estimator: measureValued(),
  })),
  {
    ...check([counted, 1]),
    name: `difference of two laws of ${counted.name}`,
    estimator: measureValued(),
    cases: product([counted.states, fewer.states]).map(([{ p, z }, lower]) => ({
      weight: p * lower.p,
      draws: [z],
      others: { " one more": [lower.z] },
    })),
    naive: ({ draws: [z], others }: Case) =>
      counted.parameters.map((logit, v) => {
        const at = (value: number): number => f(Array.from(z, (each, i) => (i === v ? value : each)));
        const lower = others?.[" one more"][0][v] as number;
        const p = reference.sigmoid(logit);
        return trials * p * (1 - p) * (at(lower + 1) - at(lower));
      }),
  },
]);
