import { describe, expect, test } from "vitest";
import { Bernoulli, Categorical, OneHotCategorical, type Sampleable } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { Tuning } from "../../bindings/inference/estimators/tuning.ts";
import {
  blackBox,
  type Cost,
  type Estimator,
  estimate,
  type Memory,
  type RebarOptions,
  rebar,
  scoreFunction,
} from "../../bindings/inference/index.ts";
import { foldIn, key } from "../../bindings/random/index.ts";
import { relaxed, relaxedCost, relaxedOneHot, relaxedOneHotCost } from "../reference/control-variates.ts";
import { bernoulliGradient } from "../reference/estimators.ts";
import { type Case, gradientsOfCases, momentsOf } from "./given.ts";
import { runOnTwoFactors, SIGMAS } from "./sampled.ts";
import { curved, gumbelCases, noisePairs, parabola } from "./smooth.ts";
import { checkMeans, norm } from "./unbiased.ts";

const bernoulli = (logits: Tensor): Bernoulli => new Bernoulli({ logits });
const oneHot = (logits: Tensor): OneHotCategorical => new OneHotCategorical({ logits });
const of = ({ noise }: Case, name: string): number[] => noise?.[name][0] as number[];

checkMeans(
  [
    { logit: 0, f: parabola(0.45), tau: 0.5, eta: 1 },
    { logit: 1.3, f: curved([0.8]), tau: 0.5, eta: 0.6 },
    { logit: -2, f: curved([-1.1]), tau: 1, eta: -0.4 },
    { logit: 0.4, f: curved([0.9]), tau: 2, eta: 1.2 },
  ].map(({ logit, f, tau, eta }) => ({
    name: `REBAR, logit ${logit}, tau ${tau}, eta ${eta}`,
    estimator: rebar({ tau, eta }),
    parameters: [logit],
    law: bernoulli,
    cost: f.graph as never,
    expected: bernoulliGradient([logit], f.value),
    cases: noisePairs(logit),
    naive: (each) => {
      const [b, e, other] = [each.draws[0] as number[], of(each, "logistic "), of(each, "logistic conditional")];
      return relaxed([logit], f.value, relaxedCost(f, tau, eta), b, e, other);
    },
  })),
);

describe("on (b - t)^2 at p = 1/2, tau = 1/2", () => {
  test.each([
    [0.45, 0.022653],
    [0.499, 0.02229],
  ])("t = %d has the variance %d of methods.md 2.4", (t, variance) => {
    const setting = { estimator: rebar(), parameters: [0], law: bernoulli, cost: parabola(t).graph as never };
    const moments = momentsOf(setting, noisePairs(0));
    expect(Math.abs(moments.variance - variance)).toBeLessThan(6e-7);
  });
});

test("of a linear cost the best eta takes most of the variance away", () => {
  const cost = ((z: Tensor) => sum(mul(z, 3), { axis: -1 })) as never;
  const varianceOf = (eta: number): number =>
    momentsOf({ estimator: rebar({ tau: 1, eta }), parameters: [0.5], law: bernoulli, cost }, noisePairs(0.5)).variance;
  const [less, none, more] = [-1, 0, 1].map(varianceOf);
  // A quadratic function of eta, through three points.
  const curvature = less + more - 2 * none;
  const best = (less - more) / (2 * curvature);
  expect(varianceOf(best)).toBeCloseTo(none - (less - more) ** 2 / (8 * curvature), 5);
  expect(varianceOf(best)).toBeLessThan(0.2 * none);
  expect(varianceOf(best)).toBeLessThan(0.5 * more);
});

test("of one-hot variables the gradient is the reference's for any noise", () => {
  const logits = [0.3, -1.2, 2, 0.1];
  const f = curved([0.7, -0.4, 0.2, -0.9]);
  const cases = gumbelCases(logits, 200);
  const setting = { parameters: logits, law: oneHot, cost: f.graph as never, estimator: rebar({ tau: 0.7, eta: 0.8 }) };
  const gradients = gradientsOfCases(setting, cases);
  for (const [i, { noise }] of cases.entries()) {
    const [g, other] = ["gumbel ", "gumbel conditional"].map((name) => noise?.[name][0] as number[]);
    const naively = relaxedOneHot(logits, f.value, relaxedOneHotCost(f, 0.7, 0.8), g, other);
    expect(norm(naively.map((x, v) => x - gradients[i][v]))).toBeLessThan(3e-6);
  }
});

test("several factors, variables, rows and samples: unbiased, and better than the score function", () => {
  const run = runOnTwoFactors(rebar());
  expect(run.worst).toBeLessThan(SIGMAS);
  expect(run.variance).toBeLessThan(runOnTwoFactors(scoreFunction()).variance);
});

test("at extreme logits the gradient is finite", () => {
  const logits = parameter([6], [-90, -30, 30, 90, 500, -500]);
  step(() => {
    const law = new Bernoulli({ logits });
    backward(sum(estimate(law, parabola(0.3).graph, { key: key(4), estimator: rebar({ tau: 0.1 }), samples: 50 })));
  });
  expect([...logits.grad()].every((g) => Math.abs(g) < 1e-6)).toBe(true);
  logits.dispose();
});

test("rows of a batch that is cut have the same bits", () => {
  const values = Float32Array.from({ length: 35 * 3 }, (_, i) => ((i * 7) % 11) / 4 - 1);
  const f = curved([0.7, -0.4, 0.2]);
  for (const law of [bernoulli, oneHot]) {
    const gradientOf = (from: number, to: number): number[] => {
      const logits = parameter([to - from, 3], values.slice(3 * from, 3 * to));
      const options = { key: key(9), estimator: rebar(), samples: 3, firstRow: from };
      step(() => backward(sum(estimate(law(logits), f.graph, options))));
      const gradient = [...logits.grad()];
      logits.dispose();
      return gradient;
    };
    expect([...gradientOf(0, 8), ...gradientOf(8, 21), ...gradientOf(21, 35)]).toEqual(gradientOf(0, 35));
  }
});

test("what the cost depends on gets its gradient from the draws alone", () => {
  const [logits, weight] = [parameter([400, 1]), parameter([], [1.5])];
  const gradientOf = (estimator: Estimator): number => {
    weight.clear();
    step(() => {
      const law = new Bernoulli({ logits });
      const f = (z: Tensor): Tensor => sum(mul(mul(z, z), weight), { axis: -1 });
      backward(sum(estimate(law, f, { key: key(4), estimator })));
    });
    return weight.grad()[0];
  };
  expect(gradientOf(rebar())).toBe(gradientOf(scoreFunction()));
  logits.dispose();
  weight.dispose();
});

describe("learned eta and tau", () => {
  const f = curved([0.8]);
  const logit = 0.5;

  /** What is learned on many rows of one logit. */
  function learned(options: RebarOptions, steps: number) {
    const estimator = rebar(options);
    const logits = parameter([40, 1], new Float32Array(40).fill(logit));
    for (let i = 0; i < steps; i++)
      step(() => {
        backward(sum(estimate(bernoulli(logits), f.graph, { key: foldIn(key(8), i), estimator })));
      });
    logits.dispose();
    const { eta, tau } = (estimator.memory as Memory).state as Record<"eta" | "tau", { value: number }>;
    return { eta: eta.value, tau: tau.value };
  }
  const cases = noisePairs(logit);
  const varianceOf = (options: { eta: number; tau: number }): number =>
    momentsOf({ estimator: rebar(options), parameters: [logit], law: bernoulli, cost: f.graph as never }, cases)
      .variance;

  test.each([0.12, 4])("lower the variance, from eta = 0.2 and tau = %d", (tau) => {
    const start = { eta: 0.2, tau };
    const end = learned({ ...start, learn: 0.03 }, 200);
    const variance = varianceOf(end);
    expect(variance).toBeLessThan(0.1 * varianceOf(start));
    // Each has its part in it.
    expect(variance).toBeLessThan(0.5 * varianceOf({ ...end, tau }));
    expect(variance).toBeLessThan(0.5 * varianceOf({ ...end, eta: start.eta }));
  });

  test("come of the steps before: of the first gradient they are those that were given", () => {
    const gradientOf = (estimator: Estimator): Float32Array => {
      const logits = parameter([40, 1]);
      step(() => backward(sum(estimate(bernoulli(logits), f.graph, { key: key(3), estimator }))));
      const gradient = logits.grad();
      logits.dispose();
      return gradient;
    };
    const learning = rebar({ learn: 0.1 });
    expect(gradientOf(learning)).toEqual(gradientOf(rebar()));
    expect(gradientOf(learning)).not.toEqual(gradientOf(rebar()));
  });

  test("are saved and restored, and left alone by a step without gradients", () => {
    const [one, other] = [rebar({ learn: 0.1 }), rebar({ learn: 0.1 })];
    const logits = parameter([40, 1]);
    const run = (estimator: Estimator, gradients: boolean): void =>
      step(() => void estimate(bernoulli(logits), f.graph, { key: key(3), estimator }), { gradients });
    for (let i = 0; i < 3; i++) run(one, true);
    const saved = JSON.parse(JSON.stringify(one.memory?.state));
    other.memory?.restore(saved);
    run(other, false);
    expect(other.memory?.state).toEqual(saved);
    run(one, true);
    run(other, true);
    expect(other.memory?.state).toEqual(one.memory?.state);
    expect(() => other.memory?.restore({ ...saved, tau: { value: 1 } })).toThrow("state");
    expect(other.memory?.state).toEqual(one.memory?.state);
    logits.dispose();
  });
});

test("a step without gradients evaluates the cost once a sample", () => {
  const numbers: number[] = [];
  const cost = (z: Tensor): Tensor => {
    numbers.push(z.shape[0] as number);
    return sum(z, { axis: -1 });
  };
  const options = { key: key(1), estimator: rebar({ learn: 0.1 }), samples: 2 };
  step(() => void estimate(bernoulli(tensor([0.3, -1])), cost, options), { gradients: false });
  expect(numbers).toEqual([2]);
});

test("slopes that are not finite teach nothing, not even half of it", () => {
  const tuning = new Tuning(1, 0.5, 0.1);
  tuning.learn([1, -2]);
  const before = tuning.state;
  for (const wrong of [Number.NaN, Infinity, 1e200]) {
    tuning.learn([wrong, 1]);
    tuning.learn([1, wrong]);
  }
  expect(tuning.state).toEqual(before);
});

test("refuses what it cannot take", () => {
  const logits = parameter([4]);
  const run = (law: (logits: Tensor) => Sampleable, cost: Cost<never>) => (): void =>
    step(() => void estimate(law(logits), cost as Cost, { key: key(1), estimator: rebar() }));
  expect(() => rebar({ tau: 0 })).toThrow("tau");
  expect(() => rebar({ eta: Number.NaN })).toThrow("eta");
  expect(() => rebar({ learn: 1 })).toThrow("learn");
  expect(() => rebar({ rate: 1 } as never)).toThrow("options");
  expect(
    run(
      bernoulli,
      blackBox(() => 1),
    ),
  ).toThrow("black box");
  expect(
    run(
      (logits) => new Categorical({ logits }),
      (z: Tensor) => z,
    ),
  ).toThrow("OneHotCategorical");
  logits.dispose();
});
