import { describe, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { add, matmul, mul, parameter, sub, sum, type Tensor } from "../../bindings/graph/index.ts";
import {
  type Diagnosis,
  diagnose,
  disarm,
  type EstimateOptions,
  enumeration,
  estimate,
  gumbelSoftmax,
  rloo,
  scoreFunction,
  straightThrough,
  straightThroughGumbelSoftmax,
} from "../../bindings/inference/index.ts";
import { key, named } from "../../bindings/random/index.ts";
import * as reference from "../reference/estimators.ts";

const T = 0.45;
/** (b - t)², summed over the variables of a row. */
const toy = (b: Tensor): Tensor => sum(mul(sub(b, T), sub(b, T)), { axis: 2 });
const toyAt = (...theta: number[]) => ({
  parameters: { theta },
  loss: ({ theta }: { theta: Tensor }, run: EstimateOptions) => estimate(new Bernoulli({ logits: theta }), toy, run),
});

const DELTA = 1 - 2 * T;

/** All but what the machine adds. */
const withoutTimes = ({ milliseconds: _, varianceTime: __, ...rest }: Diagnosis) => rest;

describe("the toy (b - 0.45)² at p = 1/2, methods.md 2.4", async () => {
  const N = 200_000;
  const report = await diagnose(
    toyAt(0),
    {
      score: scoreFunction(),
      rloo: rloo(),
      disarm: disarm(),
      relaxed: gumbelSoftmax({ tau: 0.5 }),
      stgs: straightThroughGumbelSoftmax({ tau: 0.5 }),
      straight: straightThrough(),
      exact: enumeration(),
    },
    { key: key(7), samples: N },
  );
  const { estimators } = report;

  test("the truth is exact", () => {
    expect(report.truth).toMatchObject({ exact: true, estimator: "enumeration" });
    expect(report.truth.gradient.theta[0]).toBeCloseTo(DELTA / 4, 7);
  });

  // Five comparisons at 4 standard errors: a false alarm in 3000 keys.
  test.each([
    ["score", 0.0159391],
    ["rloo", 6.25e-4],
    ["relaxed", 0.014245],
    ["stgs", 0.077934],
    ["straight", 0.0625],
  ] as const)("the variance of %s is %d", (name, expected) => {
    const { variance, varianceError } = estimators[name];
    expect(Math.abs(variance - expected)).toBeLessThan(4 * varianceError + 1e-6 * expected);
    expect(variance / expected).toBeCloseTo(1, 1);
  });

  test("DisARM has none", () => {
    expect(estimators.disarm.variance).toBe(0);
    expect(estimators.disarm.meanSquaredError).toBeLessThan(1e-16);
    expect(estimators.disarm.bias.bound).toBeLessThan(1e-7);
    expect(estimators.disarm.cosine).toBe(1);
  });

  // At 99.9 % each: a false alarm in 200 keys.
  test.each(["score", "rloo", "disarm", "straight", "exact"] as const)("%s has no bias here", (name) => {
    const { bias } = estimators[name];
    expect(bias.detected).toBe(false);
    expect(Math.abs(bias.values.theta[0])).toBeLessThanOrEqual(bias.margins.theta[0]);
    expect(bias.verdict).toMatch(/^no bias larger than .* at 99.9 %$/);
    expect(bias.normInterval[0]).toBe(0);
  });

  test.each(["relaxed", "stgs"] as const)("the bias of %s is found: 0.0214602 - 0.025", (name) => {
    const { bias, mean } = estimators[name];
    expect(Math.abs(mean.theta[0] - 0.0214602)).toBeLessThan(bias.margins.theta[0]);
    if (name === "relaxed") {
      expect(bias.detected).toBe(true);
      expect(bias.values.theta[0]).toBeLessThan(0);
      expect(bias.normInterval[0]).toBeLessThan(0.0035398);
      expect(bias.normInterval[1]).toBeGreaterThan(0.0035398);
      expect(bias.verdict).toMatch(/^a bias of length /);
    }
  });

  test("RLOO is right in half of the cases and silent in the others; evaluations are counted", () => {
    // 4 standard errors: a false alarm in 16 000.
    expect(Math.abs(estimators.rloo.cosine - 0.5)).toBeLessThan(4 * estimators.rloo.cosineError);
    expect(estimators.rloo.cosineError).toBeCloseTo(0.5 / Math.sqrt(N), 5);
    expect(estimators.rloo.cosineOfMean).toBeCloseTo(1, 12);
    expect(Object.values(estimators).map(({ evaluations }) => evaluations)).toEqual([1, 2, 2, 2, 1, 1, 3]);
    const { variance, milliseconds, varianceTime } = estimators.score;
    expect(milliseconds).toBeGreaterThan(0);
    expect(varianceTime).toBe(variance * milliseconds);
  });
});

test("the variances of RLOO and DisARM are as computed at another p", async () => {
  const theta = 0.8;
  const p = reference.sigmoid(theta);
  const v = p * (1 - p);
  const { estimators } = await diagnose(
    toyAt(theta),
    { rloo: rloo(), disarm: disarm() },
    { key: key(3), samples: 50_000 },
  );
  const expected = {
    rloo: (v * DELTA ** 2) / 2 - (v * DELTA) ** 2,
    disarm: ((DELTA * p) / 2) ** 2 * 2 * (1 - p) - (v * DELTA) ** 2,
  };
  // Twice 4 standard errors: a false alarm in 8000.
  for (const name of ["rloo", "disarm"] as const)
    expect(Math.abs(estimators[name].variance - expected[name])).toBeLessThan(4 * estimators[name].varianceError);
});

describe("intervals keep what they promise: over 200 keys, at 90 %", () => {
  /** Within 4 standard deviations of a binomial: a false alarm in 16 000. */
  const close = (count: number, probability: number): void => {
    expect(Math.abs(count - 200 * probability)).toBeLessThan(4 * Math.sqrt(200 * probability * (1 - probability)));
  };
  const misses = async (options: object): Promise<{ rloo: number; relaxed: number }> => {
    const missed = { rloo: 0, relaxed: 0 };
    for (let seed = 0; seed < 200; seed++) {
      const { estimators } = await diagnose(
        toyAt(0, 0),
        { rloo: rloo(), relaxed: gumbelSoftmax({ tau: 0.5 }) },
        { key: key(seed), samples: 400, confidence: 0.9, ...options },
      );
      if (estimators.rloo.bias.detected) missed.rloo++;
      const { values, margins } = estimators.relaxed.bias;
      if ([0, 1].some((j) => Math.abs(values.theta[j] + 0.0035398) > margins.theta[j])) missed.relaxed++;
    }
    return missed;
  };
  // Two independent coordinates, each at 1 - 0.05: both hold with 0.95², a little more than what Bonferroni promises.
  const expected = 1 - 0.95 ** 2;

  test("against an exact truth", async () => {
    const { rloo, relaxed } = await misses({});
    close(rloo, expected);
    close(relaxed, expected);
  });

  test("against a long run with an error as large as theirs", async () => {
    const missed = await misses({ truth: { estimator: rloo(), gradients: 400 } });
    close(missed.rloo, expected);
  });
});

test("the same to the bit whatever the chunk", async () => {
  const estimators = {
    score: scoreFunction(),
    rloo: { estimator: rloo(), samples: 3 },
    disarm: disarm(),
    relaxed: gumbelSoftmax(),
  };
  const given = { parameters: { theta: { shape: [2, 2], values: [0.3, -1, 2, 0.1] } }, loss: rowsOfTwo };
  const reports = await Promise.all(
    [{ chunk: 1 }, { chunk: 7 }, { chunk: 100 }, {}].map((options) =>
      diagnose(given, estimators, { key: key(5), samples: 100, ...options }),
    ),
  );
  const { mean } = reports[0].estimators.relaxed;
  const exact = reports[0].truth.gradient.theta;
  const dot = mean.theta.reduce((total, x, j) => total + x * exact[j], 0);
  expect(reports[0].estimators.relaxed.cosineOfMean).toBeCloseTo(
    dot / Math.hypot(...mean.theta) / Math.hypot(...exact),
    12,
  );
  const [first, ...others] = reports.map(({ estimators, truth }) => ({
    truth,
    each: Object.values(estimators).map(withoutTimes),
  }));
  for (const other of others) expect(other).toEqual(first);
  // Two rows of cost for each repetition.
  expect(reports[0].estimators.rloo.evaluations).toBe(6);
  expect(reports[0].estimators.score.variance).toBeGreaterThan(0.01);
});

/** [m, 2, 2]: two rows of two variables with a cost each, added up. */
function rowsOfTwo({ theta }: { theta: Tensor }, run: EstimateOptions): Tensor {
  const costs = estimate(
    new Bernoulli({ logits: theta }),
    (b) => {
      const total = sum(b, { axis: 3 });
      return mul(sub(total, 0.7), total);
    },
    run,
  );
  return sum(costs, { axis: 1 });
}

describe("a model with parameters and two layers", async () => {
  const start = { a: [0.2, -0.5], w: [0.5, -1, 0.3, 0.8, 0.1, -0.4], c: [0.1, 0, -0.2] };
  const a = parameter([2], start.a);
  const w = parameter([2, 3], start.w);
  const c = parameter([3], start.c);
  const f = (z: Tensor, rank: number): Tensor => {
    const total = sum(z, { axis: rank });
    return mul(sub(total, 1.3), sub(total, 1.3));
  };
  const report = await diagnose(
    {
      parameters: { a, w, c },
      loss: ({ a, w, c }, run) =>
        estimate(
          new Bernoulli({ logits: a }),
          (b) =>
            estimate(new Bernoulli({ logits: add(matmul(b, w), c) }), (z) => f(z, 2), {
              ...run,
              key: named(run.key, "second layer"),
            }),
          run,
        ),
    },
    { rloo: { estimator: rloo(), samples: 4 }, disarm: disarm() },
    { key: key(2), samples: 400 },
  );

  /** By sums over all states, and differences. */
  const expectation = (all: typeof start): number => {
    let mean = 0;
    for (const b of reference.bits(2)) {
      const logits = all.c.map((each, j) => each + b[0] * all.w[j] + b[1] * all.w[3 + j]);
      for (const z of reference.bits(3)) {
        const p = reference.bernoulliProbability(all.a, b) * reference.bernoulliProbability(logits, z);
        mean += p * (z[0] + z[1] + z[2] - 1.3) ** 2;
      }
    }
    return mean;
  };
  const slope = (name: keyof typeof start, j: number): number => {
    const at = (h: number): number => {
      const moved = structuredClone(start);
      moved[name][j] += h;
      return expectation(moved);
    };
    return (at(1e-5) - at(-1e-5)) / 2e-5;
  };

  test("has for its truth the exact gradient, by enumeration within enumeration", () => {
    expect(report.truth.exact).toBe(true);
    for (const name of ["a", "w", "c"] as const)
      for (let j = 0; j < start[name].length; j++)
        expect(report.truth.gradient[name][j]).toBeCloseTo(slope(name, j), 5);
  });

  // At 99.9 % each: a false alarm in 500 keys.
  test("credits both layers without bias, and counts both layers' evaluations", () => {
    for (const { bias, variance } of Object.values(report.estimators)) {
      expect(bias.detected).toBe(false);
      expect(bias.bound).toBeLessThan(0.5);
      expect(variance).toBeGreaterThan(0.01);
    }
    // Outer points, and for each inner ones: 4 + 4 · 4; DisARM 2 at the first layer and 2 for either of them.
    expect(report.estimators.rloo.evaluations).toBe(20);
    expect(report.estimators.disarm.evaluations).toBe(6);
  });

  test("leaves gradients as they were", () => {
    for (const each of [a, w, c]) expect(each.grad().every((x) => x === 0)).toBe(true);
  });
});
