import { key } from "reparam";
import { describe, expect, test } from "vitest";
import { restingPoint } from "../../examples/estimators/exact/fixed-points.ts";
import * as means from "../../examples/estimators/exact/means.ts";
import { type Entry, menu } from "../../examples/estimators/menu.ts";
import { optimize } from "../../examples/estimators/optimize.ts";
import { categorical } from "../../examples/estimators/problems/categorical.ts";
import { problems } from "../../examples/estimators/problems/index.ts";
import { shared } from "../../examples/estimators/problems/shared.ts";
import { simplex } from "../../examples/estimators/problems/simplex.ts";
import { logit, probability, toy } from "../../examples/estimators/problems/toy.ts";

const RUNS = 16;
const entry = (name: string): Entry => {
  const found = menu.find((each) => each.name === name);
  if (!found) throw new Error(`${name} is not in the menu`);
  return found;
};
const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

describe("the toy at t = 0.499, Adam of rate 0.01", () => {
  test.each(["RLOO, 2 samples", "DisARM", "ARM"])("%s gets below θ = 0.01 within 2500 steps, in every run", (name) => {
    const { last } = optimize(toy(0.499), entry(name), key(0), RUNS, 2500);
    expect(Math.max(...last)).toBeLessThan(0.01);
  });
});

// A resting point is of infinitely small steps; Adam's wander about it by some 0.05, and their mean over runs by less than 4 of its
// standard errors, which a right program misses once in 3000 keys (of 16 runs, with t for a normal law).
describe.each([0.45, 0.499])("the toy at t = %d: biased estimators stay where theory says", (t) => {
  test.each(["straight-through", "Gumbel-Softmax, τ = 0.5", "Gumbel-Softmax, τ = 1", "ST-Gumbel-Softmax, τ = 0.5"])(
    "%s",
    (name) => {
      const problem = toy(t);
      const { ends } = optimize(problem, entry(name), key(0), RUNS, 2500);
      const end = mean(ends);
      const error = Math.sqrt(mean(ends.map((each) => (each - end) ** 2)) / (RUNS - 1));
      const [phi] = restingPoint(problem.model, entry(name).mean as means.Mean, [0, 0]) as [number, number];
      expect(Math.abs(end - probability(phi))).toBeLessThan(4 * error + 0.002);
      expect(error).toBeLessThan(0.02);
      expect(end).toBeGreaterThan(0.3);
    },
  );
});

describe("means in float64", () => {
  const { model } = toy(0.45);
  test.each([
    [0.1, 0.0247989],
    [0.5, 0.0214602],
    [1, 0.1 / 6],
  ])("Concrete at θ = 1/2, τ = %d: %d, and ST-Gumbel-Softmax too", (tau, expected) => {
    expect(means.gumbelSoftmax(tau)(model, [0, 0])[0]).toBeCloseTo(expected, 7);
    expect(means.straightThroughGumbelSoftmax(tau)(model, [0, 0])[0]).toBeCloseTo(expected, 7);
  });

  test("exact: (1 - 2t) θ (1 - θ)", () => {
    expect(means.exact(model, [logit(0.2), 0])[0]).toBeCloseTo(0.1 * 0.16, 12);
  });

  test("straight-through rests at θ = t, of three variables at the mean of p; ReinMax does not rest", () => {
    const resting = (each: typeof model, mean: means.Mean): number =>
      probability(restingPoint(each, mean, [0, 0])[0] as number);
    expect(resting(model, means.straightThrough)).toBeCloseTo(0.45, 9);
    expect(resting(shared.model, means.straightThrough)).toBeCloseTo(0.53, 9);
    expect(resting(model, means.reinMax)).toBeLessThan(1e-4);
  });

  test("two temperatures that are equal are one; as the forward one falls the mean becomes that of ST-Gumbel-Softmax", () => {
    const logits = [0.4, 0];
    const [same, single] = [means.decoupledGumbelSoftmax(0.5, 0.5), means.gumbelSoftmax(0.5)];
    expect(same(model, logits)[0]).toBeCloseTo(single(model, logits)[0] as number, 12);
    const [hard, low] = [means.straightThroughGumbelSoftmax(0.5), means.decoupledGumbelSoftmax(0.02, 0.5)];
    expect(Math.abs((low(model, logits)[0] as number) - (hard(model, logits)[0] as number))).toBeLessThan(2e-4);
  });

  test("a gap pushes the other category down, and one that is 0 leaves two equal logits", () => {
    // At φ = 0 and gap 1: y = sigmoid(± 1 / τ), f' = 2 (b - t), both draws equally likely.
    const s = 1 / (1 + Math.exp(-2));
    expect(means.gappedStraightThrough(0.5, 1)(model, [0, 0])[0]).toBeCloseTo(
      ((s * (1 - s)) / 0.5) * (0.55 - 0.45),
      12,
    );
    expect(means.gappedStraightThrough(1, 0)(model, [0, 0])[0]).toBeCloseTo(0.25 * 0.1, 12);
  });

  test("slopes are those of the costs", () => {
    for (const { model } of problems) {
      const x = Array.from({ length: model.categories }, (_, i) => (i + 1) / 60);
      const p = x.map((each) => 0.3 + each);
      const [byX, byP] = [model.slope(x, p), model.slopeOfProbs?.(x, p) ?? x.map(() => 0)];
      for (const i of x.keys()) {
        const moved = (values: readonly number[], by: number): number[] => values.map((v, j) => (j === i ? v + by : v));
        const h = 1e-5;
        expect((model.cost(moved(x, h), p) - model.cost(moved(x, -h), p)) / (2 * h)).toBeCloseTo(byX[i] as number, 7);
        expect((model.cost(x, moved(p, h)) - model.cost(x, moved(p, -h))) / (2 * h)).toBeCloseTo(byP[i] as number, 7);
      }
    }
  });

  test("ReinMax is exact where f is quadratic; the expectation of relaxed noise over three categories is that of 1", () => {
    const logits = [0.3, -0.5, 0.1];
    const [mean, exact] = [means.reinMax(simplex.model, logits), means.exact(simplex.model, logits)];
    for (const [i, each] of exact.entries()) expect(mean[i]).toBeCloseTo(each, 12);
    // At a low temperature y is nearly D, and the gradient of the relaxed model nearly the exact one.
    const relaxed = means.gumbelSoftmax(0.1)(simplex.model, logits);
    for (const [i, each] of exact.entries()) expect(Math.abs((relaxed[i] as number) - each)).toBeLessThan(0.02);
  });
});

test("a trace is the same again for the same key", () => {
  const trace = () => optimize(categorical, entry("RLOO, 2 samples"), key(3), 2, 20);
  expect(trace()).toEqual(trace());
});
