import { describe, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { add, backward, mul, parameter, sgd, step, sum, type Tensor } from "../../bindings/graph/index.ts";
import {
  asyncStep,
  type Baseline,
  blackBox,
  type Estimator,
  estimate,
  type Memory,
  movingAverage,
  nvil,
  scoreFunction,
} from "../../bindings/inference/index.ts";
import { foldIn, key } from "../../bindings/random/index.ts";
import { bernoulliGradient, bernoulliProbability, bernoulliScore, bits } from "../reference/estimators.ts";
import { type Case, momentsOf, randomCost, table } from "./given.ts";
import { checkMeans } from "./unbiased.ts";

const bernoulli = (logits: Tensor): Bernoulli => new Bernoulli({ logits });
const logits = [0.3, -1.2, 2, 0.7, -0.4];
const f = randomCost(5);
const states: Case[] = bits(logits.length).map((z) => ({ weight: bernoulliProbability(logits, z), draws: [z] }));
const setting = { parameters: logits, law: bernoulli };

checkMeans(
  [0.7, () => mul(parameter([], [0.35]), 2)].map((baseline) => ({
    ...setting,
    name: `score function with a ${typeof baseline === "number" ? "constant" : "tensor"} for baseline`,
    estimator: scoreFunction({ baseline }),
    cost: table(logits.length, f),
    expected: bernoulliGradient(logits, f),
    cases: states,
    naive: ({ draws: [z] }: Case) =>
      bernoulliScore(logits, z as number[]).map((s) => s * (f(z as number[]) - Math.fround(0.7))),
  })),
);

test("of a constant cost the mean gradient is 0, whatever is remembered", () => {
  const cost = table(logits.length, () => 3);
  for (const estimator of [scoreFunction(), scoreFunction({ baseline: movingAverage() }), nvil()])
    for (let i = 0; i < 3; i++)
      for (const mean of momentsOf({ ...setting, estimator, cost }, states).mean)
        expect(Math.abs(mean)).toBeLessThan(1e-6);
});

/** What weighs d log p of a single sample with this cost: the gradient over the score of p = 1/2. */
function signalOf(estimator: Estimator, cost: number): number {
  const logit = parameter([1]);
  let drawn = 0;
  const box = blackBox((z: Float32Array) => {
    drawn = z[0];
    return cost;
  });
  step(() => backward(estimate(bernoulli(logit), box, { key: key(3), estimator })));
  const gradient = logit.grad()[0];
  logit.dispose();
  return gradient / (drawn - 0.5);
}

/** Weighted means of what came before each. */
const before = (values: readonly number[], decay: number): number[] =>
  values.map((_, i) => {
    const weights = values.slice(0, i).map((_, j) => decay ** (i - 1 - j));
    const total = weights.reduce((so, w) => so + w, 0);
    return i === 0 ? 0 : weights.reduce((so, w, j) => so + w * values[j], 0) / total;
  });

const costs = [4, 1, -2, 7, 30, -9, 2];

test.each([0.9, 0.5, 0])(
  "a moving average of decay %d has the costs before the one at hand, and not this one",
  (decay) => {
    const estimator = scoreFunction({ baseline: movingAverage({ decay }) });
    const averages = before(costs, decay);
    for (const [i, cost] of costs.entries()) expect(signalOf(estimator, cost)).toBeCloseTo(cost - averages[i], 4);
  },
);

test.each([true, false])(
  "NVIL divides by the standard deviation of what came before, where that is above 1: %s",
  (normalize) => {
    const estimator = nvil({ baseline: 1, decay: 0.8, normalize });
    expect(estimator.unbiased).toBe(!normalize);
    const signals = costs.map((cost) => cost - 1);
    const averages = before(signals, 0.8);
    const squares = before(
      signals.map((x) => x * x),
      0.8,
    );
    const spreads = squares.map((square, i) => Math.max(1, Math.sqrt(square - averages[i] ** 2)));
    expect(spreads.filter((spread) => spread > 1)).toHaveLength(5);
    for (const [i, cost] of costs.entries())
      expect(signalOf(estimator, cost)).toBeCloseTo((signals[i] - averages[i]) / (normalize ? spreads[i] : 1), 4);
  },
);

describe("a learned baseline", () => {
  /** A baseline of one number or one for each of 3 rows, trained on costs 2, 4, 6 of the rows plus noise of mean 0. */
  function trained(size: 1 | 3, sign: number, make: (baseline: () => Tensor) => Estimator) {
    const [logits, baseline] = [parameter([3, 4]), parameter(size === 1 ? [] : [3])];
    const estimator = make(() => baseline);
    const optimizer = sgd({ baseline }, { rate: size === 1 ? 0.01 : 0.03 });
    const box = blackBox((z: Float32Array) =>
      [0, 1, 2].map((row) => 2 * row + 2 + z.subarray(4 * row, 4 * row + 4).reduce((so, x) => so + x - 0.5, 0)),
    );
    const gradients: number[][] = [];
    for (let i = 0; i < 300; i++) {
      step(() => {
        const costs = estimate(bernoulli(logits), box, { key: foldIn(key(1), i), estimator, samples: 4 });
        backward(mul(sum(costs), sign));
      });
      gradients.push([...baseline.grad()]);
      optimizer.step();
    }
    const values = [...baseline.toArray()];
    for (const each of [optimizer, logits, baseline]) each.dispose();
    return { values, gradients };
  }

  describe.each([
    ["scoreFunction", (baseline: () => Tensor) => scoreFunction({ baseline })],
    ["nvil", (baseline: () => Tensor) => nvil({ baseline })],
  ])("of %s", (_, make) => {
    test("comes to the mean cost, of all or of each row", () => {
      // The spread of the end is that of a mean of about 1 / rate costs of variance 1: 0.06 and 0.06, of which this is 5.
      expect(Math.abs(trained(1, 1, make).values[0] - 4)).toBeLessThan(0.3);
      for (const [row, value] of trained(3, 1, make).values.entries())
        expect(Math.abs(value - 2 * row - 2)).toBeLessThan(0.3);
    });

    test("is trained the same whatever the sign of the gradient from above", () => {
      expect(trained(3, -1, make).gradients).toEqual(trained(3, 1, make).gradients);
    });
  });

  test("has the gradient of the mean squared error", () => {
    const [logits, baseline] = [parameter([2, 1]), parameter([2], [1, -3])];
    const answers = [
      [4, 1],
      [0, 2],
    ];
    let next = 0;
    const box = blackBox(() => answers[next++]);
    const estimator = scoreFunction({ baseline: () => baseline });
    step(() => backward(mul(sum(estimate(bernoulli(logits), box, { key: key(1), estimator, samples: 2 })), -0.5)));
    // d/db 1/2 sum (b - cost)^2, times |-0.5|
    expect([...baseline.grad()]).toEqual([
      (0.5 * (2 * (1 - 4) + 2 * 1)) / 2,
      (0.5 * (2 * (-3 - 1) + 2 * (-3 - 2))) / 2,
    ]);
    for (const each of [logits, baseline]) each.dispose();
  });
});

describe("what is remembered", () => {
  const makers = [() => scoreFunction({ baseline: movingAverage() }), () => nvil({ baseline: movingAverage() }), nvil];

  test.each(makers)("goes on from a saved state", (make) => {
    const [one, other] = [make(), make()];
    for (const cost of costs) signalOf(one, cost);
    const saved = JSON.stringify(one.memory?.state);
    signalOf(one, 5);
    other.memory?.restore(JSON.parse(saved));
    expect(JSON.stringify(other.memory?.state)).toBe(saved);
    signalOf(other, 5);
    expect(other.memory?.state).toEqual(one.memory?.state);
    expect(signalOf(other, 3)).toBe(signalOf(one, 3));
  });

  test("is nothing where nothing is", () => {
    expect(scoreFunction().memory).toBeUndefined();
    expect(scoreFunction({ baseline: 2 }).memory).toBeUndefined();
  });

  test("refuses another's state, and keeps its own", () => {
    const estimator = nvil({ baseline: movingAverage() });
    const memory = estimator.memory as Memory;
    signalOf(estimator, 4);
    const { state } = memory;
    for (const wrong of [
      undefined,
      {},
      { mean: state.mean },
      { ...state, more: 1 },
      { ...state, square: { sum: 1 } },
      { ...state, square: { sum: 1, weight: "1" } },
      { ...state, square: { sum: 1, weight: Number.NaN } },
    ])
      expect(() => memory.restore(wrong as never)).toThrow("state");
    expect(memory.state).toEqual(state);
  });

  test("is the same for all of a step, and as it was after one that fails", () => {
    const logits = parameter([1]);
    const estimator = scoreFunction({ baseline: movingAverage() });
    const twice = (fails: boolean) => () =>
      step(() => {
        const run = (): Tensor =>
          estimate(
            bernoulli(logits),
            blackBox(() => 5),
            { key: key(3), estimator },
          );
        backward(add(run(), run()));
        if (fails) throw new Error("of the body");
      });
    expect(twice(true)).toThrow("of the body");
    expect(estimator.memory?.state).toEqual({ baseline: { sum: 0, weight: 0 } });
    logits.clear();
    twice(false)();
    // Twice 5 - 0 with a score of 1/2.
    expect(Math.abs(logits.grad()[0])).toBe(5);
    expect(estimator.memory?.state).not.toEqual({ baseline: { sum: 0, weight: 0 } });
    logits.dispose();
  });

  test("changes once a step whose body runs several times, also where it catches what is thrown", async () => {
    const logits = parameter([1]);
    const estimator = scoreFunction({ baseline: movingAverage() });
    const slow = blackBox(async () => 5);
    await asyncStep(() => {
      const options = { key: key(3), estimator };
      estimate(
        bernoulli(logits),
        blackBox(() => 3),
        options,
      );
      try {
        estimate(bernoulli(logits), slow, options);
      } catch {}
    });
    const other = scoreFunction({ baseline: movingAverage() });
    signalOf(other, 3);
    signalOf(other, 5);
    expect(estimator.memory?.state).toEqual(other.memory?.state);
    logits.dispose();
  });

  test("changes once a step, and not by a step without gradients", async () => {
    const logits = parameter([1]);
    const run = (estimator: Estimator) => () => void estimate(bernoulli(logits), slow, { key: key(3), estimator });
    const slow = blackBox(async () => 5);
    const [one, other] = [scoreFunction({ baseline: movingAverage() }), scoreFunction({ baseline: movingAverage() })];
    signalOf(one, 5);
    await asyncStep(run(other));
    expect(other.memory?.state).toEqual(one.memory?.state);

    const before = one.memory?.state;
    const cost = (z: Tensor): Tensor => sum(z, { axis: -1 });
    const options = { key: key(3), estimator: one };
    step(() => void estimate(bernoulli(logits), cost, options), { gradients: false });
    expect(one.memory?.state).toEqual(before);
    logits.dispose();
  });
});

test("refuses what is no baseline", () => {
  expect(() => scoreFunction({ baseline: Number.NaN })).toThrow("baseline");
  expect(() => scoreFunction({ baseline: {} as Baseline })).toThrow("baseline");
  expect(() => movingAverage({ decay: 1 })).toThrow("decay");
  expect(() => signalOf(scoreFunction({ baseline: (() => 2) as never }), 1)).toThrow("baseline");
  expect(() => signalOf(scoreFunction({ baseline: () => parameter([2]) }), 1)).toThrow("baseline");
});

test("before it has seen a cost NVIL is the score function, of any number of samples", () => {
  const gradientOf = (estimator: Estimator): Float32Array => {
    const all = parameter([2, 3], [0.3, -1.2, 2, 0.7, -0.4, 0]);
    const cost = (z: Tensor): Tensor => sum(z, { axis: -1 });
    step(() => backward(sum(estimate(bernoulli(all), cost, { key: key(8), estimator, samples: 3 }))));
    const gradient = all.grad();
    all.dispose();
    return gradient;
  };
  expect(gradientOf(nvil())).toEqual(gradientOf(scoreFunction()));
});
