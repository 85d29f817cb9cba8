import { describe, expect, test } from "vitest";
import { Bernoulli, OneHotCategorical } from "../../bindings/distributions/index.ts";
import {
  adam,
  add,
  backward,
  mul,
  parameter,
  step,
  sum,
  type Tensor,
  tanh,
  tensor,
} from "../../bindings/graph/index.ts";
import { blackBox, type Estimator, estimate, rebar, relax, scoreFunction } from "../../bindings/inference/index.ts";
import { foldIn, key } from "../../bindings/random/index.ts";
import { plus, relaxed, relaxedCost, relaxedOneHot, relaxedOneHotCost } from "../reference/control-variates.ts";
import { bernoulliGradient } from "../reference/estimators.ts";
import { type Case, gradientsOfCases, momentsOf, table } from "./given.ts";
import { runOnTwoFactors, SIGMAS } from "./sampled.ts";
import { curved, gumbelCases, noisePairs, parabola, ramp } from "./smooth.ts";
import { checkMeans, norm } from "./unbiased.ts";

const bernoulli = (logits: Tensor): Bernoulli => new Bernoulli({ logits });
const oneHot = (logits: Tensor): OneHotCategorical => new OneHotCategorical({ logits });
const of = ({ noise }: Case, name: string): number[] => noise?.[name][0] as number[];

/** a tanh(b z + c) of the graph, as `ramp`. */
const rampOf =
  (a: number | Tensor, b: number | Tensor, c: number | Tensor) =>
  (z: Tensor): Tensor =>
    sum(mul(tanh(add(mul(z, b), c)), a), { axis: -1 });

const zero = { value: () => 0, slope: (z: readonly number[]) => z.map(() => 0) };

checkMeans(
  (
    [
      { logit: 0, f: parabola(0.45), tau: 0.5, eta: 1, r: [0.5, 0.75, -0.25] },
      { logit: 1.3, f: curved([0.6]), tau: 1, eta: 0.6, r: [-0.75, 1, 0.5] },
      { logit: -0.7, f: curved([-0.7]), tau: 1, eta: 0, r: [1, 0.5, 0.25] },
    ] as const
  ).map(({ logit, f, tau, eta, r: [a, b, c] }) => ({
    name: `RELAX, logit ${logit}, tau ${tau}, eta ${eta}`,
    estimator: relax({ control: rampOf(a, b, c), tau, eta }),
    parameters: [logit],
    law: bernoulli,
    cost: eta === 0 ? table(1, f.value) : (f.graph as never),
    expected: bernoulliGradient([logit], f.value),
    cases: noisePairs(logit),
    naive: (each) => {
      const [drawn, e, other] = [each.draws[0] as number[], of(each, "logistic "), of(each, "logistic conditional")];
      const variate = plus(eta === 0 ? zero : relaxedCost(f, tau, eta), ramp(a, b, c));
      return relaxed([logit], f.value, variate, drawn, e, other);
    },
  })),
);

/** sum tanh(z w) on several elements. */
const vectorRamp = (w: readonly number[]) => ({
  graph: (z: Tensor): Tensor => sum(tanh(mul(z, tensor(w))), { axis: -1 }),
  value: (z: readonly number[]) => z.reduce((so, x, i) => so + Math.tanh(x * w[i]), 0),
  slope: (z: readonly number[]) => z.map((x, i) => w[i] * (1 - Math.tanh(x * w[i]) ** 2)),
});

test("of one-hot variables the gradient is the reference's for any noise", () => {
  const logits = [0.3, -1.2, 2, 0.1];
  const [f, r] = [curved([0.7, -0.4, 0.2, -0.9]), vectorRamp([0.5, -1, 0.25, 0.75])];
  const cases = gumbelCases(logits, 200);
  const estimator = relax({ tau: 0.7, eta: 0.8, control: r.graph });
  const gradients = gradientsOfCases({ parameters: logits, law: oneHot, cost: f.graph as never, estimator }, cases);
  const variate = plus(relaxedOneHotCost(f, 0.7, 0.8), r);
  for (const [i, each] of cases.entries()) {
    const naively = relaxedOneHot(logits, f.value, variate, of(each, "gumbel "), of(each, "gumbel conditional"));
    expect(norm(naively.map((x, v) => x - gradients[i][v]))).toBeLessThan(3e-6);
  }
});

/** Of two binary variables and three categories. */
const joint = ({ a, b }: { a: Tensor; b: Tensor }): Tensor =>
  tanh(add(sum(a, { axis: -1 }), mul(sum(mul(b, tensor([1, -0.5, 0.25])), { axis: -1 }), 0.5)));

test.each([1, 0])("several factors, variables, rows and samples, eta %d: unbiased", (eta) => {
  expect(runOnTwoFactors(relax({ control: joint, eta })).worst).toBeLessThan(SIGMAS);
});

describe("the parameters of the control variate", () => {
  const logits = [0.3, -1.2];
  const f = curved([0.8, -0.5]);
  const START = [0.5, 0.75, -0.25];
  const noise = Array.from({ length: 60 }, (_, i) => noiseOf(i));
  function noiseOf(i: number): Case {
    const uniform = (k: number): number => ((i * 4 + k + 1) * 0.6180339887) % 1;
    const logistic = (k: number): number => Math.log(uniform(k) / (1 - uniform(k)));
    const e = logits.map((_, v) => logistic(v));
    const other = logits.map((_, v) => logistic(2 + v));
    return {
      weight: 1,
      draws: [logits.map((l, v) => (l + e[v] > 0 ? 1 : 0))],
      noise: { "logistic ": [e], "logistic conditional": [other] },
    };
  }
  const vector = ([a, b, c]: readonly number[]) => ({
    value: (z: readonly number[]) => z.reduce((so, x) => so + a * Math.tanh(b * x + c), 0),
    slope: (z: readonly number[]) => z.map((x) => a * b * (1 - Math.tanh(b * x + c) ** 2)),
  });
  const together = (cases: readonly Case[]): Case => ({
    weight: 1,
    draws: cases.flatMap(({ draws }) => draws),
    noise: Object.fromEntries(
      ["logistic ", "logistic conditional"].map((name) => [name, cases.map((each) => of(each, name))]),
    ),
  });
  /** The squared norm of the gradient, in float64. */
  const square = (parameters: readonly number[]): number =>
    noise.reduce((so, each) => {
      const variate = plus(relaxedCost(f, 0.5, 0.8), vector(parameters));
      const drawn = each.draws[0] as number[];
      const g = relaxed(logits, f.value, variate, drawn, of(each, "logistic "), of(each, "logistic conditional"));
      return so + g[0] ** 2 + g[1] ** 2;
    }, 0);

  test("get the gradient of the squared norm", () => {
    const parameters = START.map((x) => parameter([], [x]));
    const [a, b, c] = parameters;
    const estimator = relax({ control: rampOf(a, b, c), tau: 0.5, eta: 0.8 });
    // Two samples in each of 30 rows: a mean of two squared norms in each.
    const pairs = Array.from({ length: 30 }, (_, i) => together([noise[2 * i], noise[2 * i + 1]]));
    gradientsOfCases({ parameters: logits, law: bernoulli, cost: f.graph as never, estimator, samples: 2 }, pairs);
    for (const [i, each] of parameters.entries()) {
      const h = 1e-5;
      const [up, down] = [h, -h].map((by) => square(START.map((x, k) => (k === i ? x + by : x))));
      const expected = (up - down) / (2 * h) / 2;
      expect(Math.abs(each.grad()[0] - expected)).toBeLessThan(1e-3 * Math.abs(expected));
      each.dispose();
    }
  });

  test("get it whatever the sign of the gradient from above, and those of the cost from the draws alone", () => {
    const [law, weight, size] = [parameter([50, 2]), parameter([], [1.5]), parameter([], [0.5])];
    const run = (sign: number, estimator: Estimator) => {
      for (const each of [weight, size]) each.clear();
      step(() => {
        const cost = (z: Tensor): Tensor => sum(mul(mul(z, z), weight), { axis: -1 });
        backward(mul(sum(estimate(bernoulli(law), cost, { key: key(4), estimator })), sign));
      });
      return { weight: weight.grad()[0], size: size.grad()[0] };
    };
    const estimator = relax({ control: rampOf(size, 1, 0) });
    const [up, down] = [run(1, estimator), run(-1, estimator)];
    expect(up.size).not.toBe(0);
    expect(down).toEqual({ weight: -up.weight, size: up.size });
    expect(run(1, scoreFunction()).weight).toBe(up.weight);
    for (const each of [law, weight, size]) each.dispose();
  });
});

describe("on (b - t)^2 with t = 0.45 and p = 1/2", () => {
  const varianceOf = (estimator: Estimator): number =>
    momentsOf({ estimator, parameters: [0], law: bernoulli, cost: parabola(0.45).graph as never }, noisePairs(0))
      .variance;

  test.each([1, 0])("a learned control variate has less variance than REBAR and the score function, eta %d", (eta) => {
    const names = { a: 0.1, b: 0.5, c: 0, d: 0.1 };
    const parameters = Object.fromEntries(Object.entries(names).map(([name, x]) => [name, parameter([], [x])]));
    const { a, b, c, d } = parameters;
    const control = (z: Tensor): Tensor => add(rampOf(a, b, c)(z), d);
    const optimizer = adam(parameters, { rate: 0.03 });
    const logits = parameter([50, 1]);
    const estimator = relax({ control, eta });
    const cost = eta === 0 ? table(1, ([z]) => (z - 0.45) ** 2) : parabola(0.45).graph;
    for (let i = 0; i < 200; i++) {
      step(() => backward(sum(estimate(bernoulli(logits), cost as never, { key: foldIn(key(2), i), estimator }))));
      optimizer.step();
    }
    const variance = varianceOf(estimator);
    expect(variance).toBeLessThan(0.5 * varianceOf(rebar()));
    expect(variance).toBeLessThan(0.5 * varianceOf(scoreFunction()));
    for (const each of [...Object.values(parameters), optimizer, logits]) each.dispose();
  });
});

test("refuses what it cannot take", () => {
  const logits = parameter([4, 2]);
  const run = (cost: unknown, estimator: Estimator) => (): void =>
    step(() => void estimate(bernoulli(logits), cost as never, { key: key(1), estimator }));
  const [control, cost] = [rampOf(1, 1, 0), parabola(0.4).graph];
  for (const nothing of [{}, undefined])
    expect(() => relax(nothing as never)).toThrow("control: expected a function of z, got undefined");
  expect(() => relax({ control, eta: 0, learn: 0.1 })).toThrow("learn");
  expect(() => relax({ control, tau: -1 })).toThrow("tau");
  expect(
    run(
      blackBox(() => 1),
      relax({ control }),
    ),
  ).toThrow("black box");
  expect(run(cost, relax({ control: () => 3 as never }))).toThrow("control");
  expect(run(cost, relax({ control: (z: Tensor) => z }))).toThrow("control");
  logits.dispose();
});
