import { expect, test } from "vitest";
import { Bernoulli, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor } from "../../bindings/graph/index.ts";
import { blackBox, type Estimator, estimate, muProp, scoreFunction } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import * as reference from "../reference/control-variates.ts";
import { bernoulliGradient, bernoulliProbability, bits } from "../reference/estimators.ts";
import { type Case, momentsOf } from "./given.ts";
import { runOnTwoFactors, SIGMAS } from "./sampled.ts";
import { curved, parabola } from "./smooth.ts";
import { checkMeans } from "./unbiased.ts";

const bernoulli = (logits: Tensor): Bernoulli => new Bernoulli({ logits });
const logits = [0.3, -1.2, 2, 0.7, -0.4, 0.1];
const f = curved([0.4, -0.7, 0.2, 0.9, -0.3, 0.5]);
const categories = [0.3, -1.2, 2, 0.1];
const g = curved([0.7, -0.4, 0.2, -0.9]);

const states = (logits: readonly number[]): Case[] =>
  bits(logits.length).map((z) => ({ weight: bernoulliProbability(logits, z), draws: [z] }));

checkMeans([
  {
    name: "MuProp, 2^6 states",
    estimator: muProp(),
    parameters: logits,
    law: bernoulli,
    cost: f.graph as never,
    expected: bernoulliGradient(logits, f.value),
    cases: states(logits),
    naive: ({ draws: [z] }) => reference.muProp(logits, f, z as number[]),
  },
  {
    name: "MuProp, 4 categories",
    estimator: muProp(),
    parameters: categories,
    law: (logits) => new OneHotCategorical({ logits }),
    cost: g.graph as never,
    expected: reference.oneHotGradient(categories, g.value),
    cases: reference
      .softmax(categories)
      .map((weight, i) => ({ weight, draws: [categories.map((_, k) => +(i === k))] })),
    naive: ({ draws: [z] }) => reference.muPropOneHot(categories, g, z as number[]),
  },
]);

const toy = (t: number) => ({ estimator: muProp(), parameters: [0], law: bernoulli, cost: parabola(t).graph as never });

test.each([0.45, 0.499])("on (b - t)^2 with t = %d and p = 1/2 the variance is 1/64, as in methods.md 2.4", (t) => {
  expect(momentsOf(toy(t), states([0])).variance).toBeCloseTo(0.015625, 8);
});

test("a linear cost has no variance", () => {
  const cost = ((z: Tensor) => sum(mul(z, 3), { axis: -1 })) as never;
  expect(
    momentsOf({ estimator: muProp(), parameters: logits, law: bernoulli, cost }, states(logits)).variance,
  ).toBeLessThan(1e-10);
});

test("several factors, variables, rows and samples: unbiased, and better than the score function", () => {
  const run = runOnTwoFactors(muProp());
  expect(run.worst).toBeLessThan(SIGMAS);
  expect(run.variance).toBeLessThan(runOnTwoFactors(scoreFunction()).variance);
});

test("what the cost depends on gets its gradient from the draws alone; one evaluation more than samples", () => {
  const [logits, weight] = [parameter([400, 1]), parameter([], [1.5])];
  const points: number[] = [];
  const gradientOf = (estimator: Estimator): number => {
    weight.clear();
    step(() => {
      const f = (z: Tensor): Tensor => {
        points.push(z.shape[0]);
        return sum(mul(mul(z, z), weight), { axis: -1 });
      };
      backward(sum(estimate(bernoulli(logits), f, { key: key(4), estimator, samples: 3 })));
    });
    return weight.grad()[0];
  };
  expect(gradientOf(muProp())).toBe(gradientOf(scoreFunction()));
  expect(points).toEqual([3, 1, 3]);
  logits.dispose();
  weight.dispose();
});

test("refuses a black box", () => {
  const logits = parameter([4]);
  const run = (): void =>
    step(
      () =>
        void estimate(
          bernoulli(logits),
          blackBox(() => 1),
          { key: key(1), estimator: muProp() },
        ),
    );
  expect(run).toThrow("black box");
  logits.dispose();
});
