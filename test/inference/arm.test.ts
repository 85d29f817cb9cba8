import { expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { arm, arms, disarm, estimate } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import * as antithetic from "../reference/antithetic.ts";
import * as reference from "../reference/estimators.ts";
import { type Case, gradientsOfCases, momentsOf, product, randomCost, table } from "./given.ts";
import { type Check, checkMeans, norm } from "./unbiased.ts";

const logits = [0.3, -1.2, 2, -0.05, -2.6, 0.9];
const f = randomCost(7);
const logit = (u: number): number => Math.log(u / (1 - u));

interface Cell {
  readonly weight: number;
  /** Logistic. */
  readonly e: number;
  /** Exponential. */
  readonly shares?: readonly number[];
}

const together = (cells: readonly (readonly Cell[])[]): Case[] =>
  product(cells).map((each) => ({
    weight: each.reduce((p, { weight }) => p * weight, 1),
    draws: [each.map(({ e }, v) => (logits[v] + e > 0 ? 1 : 0))],
    noise: { "logistic ": [each.map(({ e }) => e)], "exponential ARMS": [each.flatMap(({ shares = [] }) => shares)] },
  }));

const noiseOf = ({ noise }: Case): number[] => Array.from(noise?.["logistic "][0] ?? []);

/** Where nothing jumps the gradient is linear in each u, so that the middle of each interval is a quadrature without error. */
const intervals = (l: number): Cell[] => {
  const edges = [0, reference.sigmoid(-Math.abs(l)), reference.sigmoid(Math.abs(l)), 1];
  return edges.slice(1).map((end, i) => ({ weight: end - edges[i], e: logit((end + edges[i]) / 2) }));
};

/**
 * For each subset of n copies that may have the less likely value, i.e. d > t, a point of the simplex in the middle of it; the
 * probabilities by inclusion and exclusion from P(d > t for k copies) = max(0, 1 - k t)^(n - 1).
 */
function patterns(l: number, n: number): Cell[] {
  const t = 1 - reference.sigmoid(-Math.abs(l)) ** (1 / (n - 1));
  const all = (k: number): number => Math.max(0, 1 - k * t) ** (n - 1);
  const choose = (a: number, b: number): number => (b === 0 ? 1 : (choose(a - 1, b - 1) * a) / b);
  return reference.bits(n).flatMap((above) => {
    const k = above.reduce((sum, b) => sum + b, 0);
    const weight = Array.from({ length: n - k + 1 }, (_, j) => (-1) ** j * choose(n - k, j) * all(k + j));
    const probability = weight.reduce((sum, x) => sum + x, 0);
    if (k * t >= 1 || (k === 0 && n * t <= 1)) {
      expect(Math.abs(probability)).toBeLessThan(1e-12);
      return [];
    }
    const low = k === 0 ? 1 / n : 0.5 * Math.min(t, (1 - k * t) / (n - k || 1));
    const d = above.map((b) => (b ? (1 - (n - k) * low) / k : low));
    const e = logit((1 - d[0]) ** (n - 1));
    return [{ weight: probability, e: l > 0 ? e : -e, shares: d.slice(1) }];
  });
}

const copiesOf = (each: Case, n: number, width: number): number[][] => {
  const shares = Array.from(each.noise?.["exponential ARMS"][0] ?? []);
  const byVariable = noiseOf(each).map((e, v) => {
    const u = reference.sigmoid(logits[v] > 0 ? e : -e);
    return antithetic.copiesOf(logits[v], antithetic.simplexPoint(u, shares.slice(v * (n - 1), (v + 1) * (n - 1))));
  });
  return Array.from({ length: n }, (_, i) => Array.from({ length: width }, (_, v) => byVariable[v][i]));
};

const group = (n: number, width: number): Omit<Check, "parameters" | "law" | "cost" | "expected"> => ({
  name: `ARMS, ${n} copies of ${width} bits`,
  estimator: arms({ copies: n }),
  cases: together(logits.slice(0, width).map((l) => patterns(l, n))),
  naive: (each) => antithetic.arms(logits.slice(0, width), f, copiesOf(each, n, width)),
});

const checks = [
  {
    name: "ARM, 3^6 intervals of noise",
    estimator: arm(),
    cases: together(logits.map(intervals)),
    naive: (each: Case) => antithetic.arm(logits, f, noiseOf(each).map(reference.sigmoid)),
  },
  group(2, 6),
  group(3, 4),
  group(5, 2),
].map((check): Check => {
  const parameters = logits.slice(0, check.cases[0].draws[0].length);
  return {
    ...check,
    parameters,
    law: (logits) => new Bernoulli({ logits }),
    cost: table(parameters.length, f),
    expected: reference.bernoulliGradient(parameters, f),
  };
});

checkMeans(checks);

test("DisARM is the mean of ARM given both samples: no more variance", () => {
  const [first] = checks;
  expect(momentsOf({ ...first, estimator: disarm() }, first.cases).variance).toBeLessThan(
    momentsOf(first, first.cases).variance,
  );
});

test("ARM of (b - t)^2 at p = 1/2 has the variance (1 - 2 t)^2 / 48", () => {
  const points = 2000;
  const cases = Array.from({ length: points }, (_, i): Case => {
    const e = logit((i + 0.5) / points);
    return { weight: 1 / points, draws: [[e > 0 ? 1 : 0]], noise: { "logistic ": [[e]] } };
  });
  const setting = { parameters: [0], law: checks[0].law, cost: table(1, ([b]) => (b - 0.45) ** 2), estimator: arm() };
  expect(momentsOf(setting, cases).variance / (0.1 ** 2 / 48)).toBeCloseTo(1, 5);
});

test("ARMS with two copies is DisARM", () => {
  const check = checks[1];
  const [ours, theirs] = [check.estimator, disarm()].map((estimator) =>
    gradientsOfCases({ ...check, estimator }, check.cases),
  );
  for (const [i, each] of ours.entries())
    for (const [v, g] of each.entries()) expect(Math.abs(g - theirs[i][v])).toBeLessThan(3e-7);
});

test("more copies have less variance than as many independent pairs would", () => {
  const [two, five] = [2, 5].map((copies) => {
    const parameters = logits.slice(0, 2);
    const cases = together(parameters.map((l) => patterns(l, copies)));
    return momentsOf({ ...checks[3], estimator: arms({ copies }) }, cases).variance * copies;
  });
  expect(five).toBeLessThan(two);
});

test.each([-0.4, 1.3, -2.5])("three copies have their correlation over the plane of their noise, logit %f", (l) => {
  const points = 400;
  const cases = product([Array.from({ length: points }, (_, i) => i), Array.from({ length: points }, (_, i) => i)]).map(
    ([i, j]): Case => {
      const [e, v] = [logit((i + 0.5) / points), (j + 0.5) / points];
      return {
        weight: points ** -2,
        draws: [[l + e > 0 ? 1 : 0]],
        noise: { "logistic ": [[e]], "exponential ARMS": [[v, 1 - v]] },
      };
    },
  );
  // Of f(b) = b the estimator is the sample variance of the copies / (1 - rho), of mean p (1 - p) for the true rho only.
  const { mean } = momentsOf(
    { parameters: [l], law: checks[0].law, cost: table(1, ([b]) => b), estimator: arms({ copies: 3 }) },
    cases,
  );
  const p = reference.sigmoid(l);
  expect(Math.abs(mean[0] / (p * (1 - p)) - 1)).toBeLessThan(4e-3);
});

test("logits far out give finite gradients, and copies as rare as they should be", () => {
  for (const l of [-30, 30, -90, 90, -200, 200]) {
    const cases = together([[{ weight: 1, e: 0.3, shares: [0.2, 0.5, 0.9] }]]).map((each) => ({
      ...each,
      draws: [[l > 0 ? 1 : 0]],
    }));
    for (const estimator of [arm(), arms()]) {
      const [g] = gradientsOfCases(
        { parameters: [l], law: checks[0].law, cost: table(1, ([b]) => b), estimator },
        cases,
      );
      expect(norm([...g])).toBeLessThan(1e-8);
    }
  }
});

test.each([arm(), disarm(), arms()])(
  "$name leaves sure variables alone, also where their probabilities are given",
  (estimator) => {
    const probs = parameter([2, 3], [0, 1, 0.3, 1, 0, 0.6]);
    const cost = (b: Tensor): Tensor => sum(mul(b, tensor([1, 2, 4])), { axis: -1 });
    step(() => backward(sum(estimate(new Bernoulli({ probs }), cost, { key: key(3), estimator, samples: 5 }))));
    const [a, b, c, d, e, f] = probs.grad();
    expect([a, b, d, e]).toEqual([0, 0, 0, 0]);
    expect(c !== 0 && f !== 0 && Number.isFinite(c + f)).toBe(true);
    probs.dispose();
  },
);
