import { describe, expect, test } from "vitest";
import { Bernoulli, Poisson } from "../../bindings/distributions/index.ts";
import { add, exp, matmul, mul, parameter, reshape, sub, sum, type Tensor } from "../../bindings/graph/index.ts";
import {
  blackBox,
  type Diagnosis,
  diagnose,
  disarm,
  type EstimateOptions,
  enumeration,
  estimate,
  gumbelSoftmax,
  measureValued,
  movingAverage,
  nvil,
  pathwise,
  rloo,
  scoreFunction,
  straightThrough,
  straightThroughGumbelSoftmax,
  vimco,
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

describe("where the truth is from", () => {
  const poisson = {
    parameters: { logRate: [0.3] },
    loss: ({ logRate }: { logRate: Tensor }, run: EstimateOptions) =>
      estimate(new Poisson({ rate: exp(logRate) }), (z) => sum(mul(z, z), { axis: 2 }), run),
  };
  const rate = Math.exp(0.3);

  test("a long run of the first unbiased estimator where nothing can be listed", async () => {
    const { truth, estimators } = await diagnose(
      poisson,
      { rloo: { estimator: rloo(), samples: 4 }, score: scoreFunction() },
      { key: key(1), samples: 2000 },
    );
    expect(truth).toMatchObject({ estimator: "RLOO", exact: false, gradients: 20_000 });
    // λ + 2 λ² by log λ; both at 99.9 %: a false alarm in 500 keys.
    expect(Math.abs(truth.gradient.logRate[0] - (rate + 2 * rate * rate))).toBeLessThan(
      estimators.rloo.bias.margins.logRate[0],
    );
    expect(estimators.rloo.bias.detected || estimators.score.bias.detected).toBe(false);
  });

  test("not of what has another gradient: a multiple of it, or that of a bound", async () => {
    const estimators = { nvil: nvil(), bound: { estimator: vimco(), samples: 3 }, measured: measureValued() };
    const { truth, estimators: seen } = await diagnose(poisson, estimators, { key: key(1), samples: 500 });
    expect(truth).toMatchObject({ estimator: "measure-valued", exact: false, gradients: 5000 });
    expect([seen.nvil.unbiased, seen.bound.unbiased, seen.measured.unbiased]).toEqual([false, false, true]);
    expect(seen.measured.bias.detected).toBe(false);
    const { measured: _, ...others } = estimators;
    await expect(diagnose(poisson, others, { key: key(1), samples: 10 })).rejects.toThrow(
      "truth: expected an unbiased",
    );
  });

  test("a run that was asked for", async () => {
    const { truth } = await diagnose(
      toyAt(0.5),
      { score: scoreFunction() },
      { key: key(1), samples: 10, truth: { estimator: rloo(), samples: 5, gradients: 300 } },
    );
    expect(truth).toMatchObject({ estimator: "RLOO", exact: false, gradients: 300 });
  });

  test("many enumerations where the loss has other randomness", async () => {
    const { truth, estimators } = await diagnose(
      {
        parameters: { theta: [0.5, 1] },
        loss: ({ theta }, run) =>
          add(
            estimate(new Bernoulli({ logits: theta }), toy, run),
            estimate(new Bernoulli({ logits: theta }), toy, {
              ...run,
              key: named(run.key, "other"),
              estimator: scoreFunction(),
            }),
          ),
      },
      { disarm: disarm() },
      { key: key(4), samples: 500 },
    );
    expect(truth).toMatchObject({ estimator: "enumeration", exact: false, gradients: 500 });
    expect(estimators.disarm.bias.detected).toBe(false);
    expect(truth.norm).toBeGreaterThan(0);
  });

  test("nowhere: an error", async () => {
    const biased = { ...rloo(), unbiased: false };
    await expect(diagnose(poisson, { biased }, { key: key(1), samples: 10 })).rejects.toThrow(
      "truth: expected an unbiased estimator, as enumeration is not possible here, got none",
    );
  });
});

test("what estimators remember is where a measurement begins, the truth's too, and is there again after it", async () => {
  const average = scoreFunction({ baseline: movingAverage() });
  const remembered = { baseline: { sum: 0.5, weight: 0.25 } };
  average.memory?.restore(remembered);
  const options = { key: key(1), samples: 50, chunk: 5 };
  const measure = () =>
    diagnose(toyAt(0.5, -1), { average }, { ...options, truth: { estimator: average, gradients: 100 } });
  const first = await measure();
  expect(average.memory?.state).toEqual(remembered);
  const second = await measure();
  expect(withoutTimes(second.estimators.average)).toEqual(withoutTimes(first.estimators.average));
  const stopped = { ...options, signal: AbortSignal.abort() };
  await expect(diagnose(toyAt(0.5, -1), { average }, stopped)).rejects.toThrow();
  expect(average.memory?.state).toEqual(remembered);
});

test("a loss that does not hand on which repetitions it is about is refused: they would be the same in each step", async () => {
  const problem = {
    parameters: { theta: [0.5] },
    loss: ({ theta }: { theta: Tensor }, { key, estimator, samples }: EstimateOptions) =>
      estimate(new Bernoulli({ logits: theta }), toy, { key, estimator, samples: samples as number }),
  };
  await expect(diagnose(problem, { disarm: disarm() }, { key: key(1), samples: 20, chunk: 8 })).rejects.toThrow(
    "problem.loss: expected estimates with all of run, { ...run }: its firstRow is 8, got one with firstRow 0",
  );
});

describe("black boxes", () => {
  const boxed = (answer: (cost: number[]) => number[] | Promise<number[]>) => ({
    parameters: { theta: [0.5, -1] },
    loss: ({ theta }: { theta: Tensor }, run: EstimateOptions) =>
      estimate(
        new Bernoulli({ logits: theta }),
        blackBox((b: Float32Array) =>
          answer(Array.from({ length: b.length / 2 }, (_, i) => (b[2 * i] - T) ** 2 + (b[2 * i + 1] - T) ** 2)),
        ),
        run,
      ),
  });

  test("give what the function of tensors gives; asynchronous ones too", async () => {
    const options = { key: key(1), samples: 30, chunk: 10 };
    const [plain, box, later] = await Promise.all([
      diagnose(toyAt(0.5, -1), { rloo: rloo() }, options),
      diagnose(
        boxed((cost) => cost),
        { rloo: rloo() },
        options,
      ),
      diagnose(
        boxed(async (cost) => cost),
        { rloo: rloo() },
        { ...options, asynchronous: true },
      ),
    ]);
    expect(withoutTimes(later.estimators.rloo)).toEqual(withoutTimes(box.estimators.rloo));
    expect(box.estimators.rloo.mean.theta[0]).toBeCloseTo(plain.estimators.rloo.mean.theta[0], 6);
    expect(later.estimators.rloo.evaluations).toBe(2);
  });

  test("are counted once, however often the body runs", async () => {
    const { loss, parameters } = boxed(async (cost) => cost);
    const twice = {
      parameters,
      loss: (given: { theta: Tensor }, run: EstimateOptions) =>
        add(loss(given, run), loss(given, { ...run, key: named(run.key, "other") })),
    };
    const { estimators } = await diagnose(
      twice,
      { rloo: rloo() },
      { key: key(1), samples: 20, chunk: 10, asynchronous: true },
    );
    expect(estimators.rloo.evaluations).toBe(4);
  });

  test("are refused to an estimator that needs their derivative, which is named", async () => {
    const refused = diagnose(
      boxed((cost) => cost),
      { rloo: rloo(), through: straightThrough() },
      { key: key(1), samples: 10 },
    );
    await expect(refused).rejects.toThrow(/^estimators.through: estimator: expected one that needs no derivative/);
    await expect(diagnose(toyAt(0), { path: pathwise() }, { key: key(1), samples: 10 })).rejects.toThrow(
      /^estimators.path: distribution: expected a distribution with rsample/,
    );
  });
});

test("estimates within a cost are refused side by side, where rows of chunks would share noise", async () => {
  const nested = diagnose(
    {
      parameters: { theta: [0.5] },
      loss: ({ theta }, run) =>
        estimate(
          new Bernoulli({ logits: theta }),
          (b) => estimate(new Bernoulli({ logits: b }), (z) => sum(z, { axis: 3 }), run),
          run,
        ),
    },
    { rloo: rloo() },
    { key: key(1), samples: 10 },
  );
  await expect(nested).rejects.toThrow(/problem.parameters: expected parameters of a model where a cost has estimates/);
});

test("numbers are taken when it is called, and time is that of one gradient", async () => {
  const theta = Float32Array.of(0.5, -1);
  const options = { key: key(1), samples: 2000, chunk: 100 };
  const problem = { parameters: { theta }, loss: toyAt(0).loss };
  const start = performance.now();
  const [before] = await Promise.all([diagnose(problem, { rloo: rloo() }, options), Promise.resolve(theta.fill(9))]);
  const elapsed = performance.now() - start;
  const after = await diagnose(toyAt(0.5, -1), { rloo: rloo() }, options);
  expect(withoutTimes(before.estimators.rloo)).toEqual(withoutTimes(after.estimators.rloo));
  expect(before.estimators.rloo.milliseconds).toBeLessThan(elapsed / 2000);
});

test("an extra parameter that the loss does not depend on has a gradient of 0", async () => {
  const { truth, estimators } = await diagnose(
    {
      parameters: { theta: [0.5], idle: { shape: [2, 1], values: [1, 2] } },
      loss: ({ theta, idle }, run) => {
        expect(idle.shape.slice(1)).toEqual([2, 1]);
        return reshape(estimate(new Bernoulli({ logits: theta }), toy, run), [theta.shape[0]]);
      },
    },
    { score: scoreFunction() },
    { key: key(1), samples: 50 },
  );
  expect([...truth.gradient.idle]).toEqual([0, 0]);
  expect([...estimators.score.bias.values.idle]).toEqual([0, 0]);
});
