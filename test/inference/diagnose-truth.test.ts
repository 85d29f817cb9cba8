import { describe, expect, test } from "vitest";
import { Bernoulli, Poisson } from "../../bindings/distributions/index.ts";
import { add, exp, mul, reshape, sub, sum, type Tensor } from "../../bindings/graph/index.ts";
import {
  blackBox,
  type Diagnosis,
  diagnose,
  disarm,
  type EstimateOptions,
  estimate,
  measureValued,
  movingAverage,
  nvil,
  pathwise,
  rloo,
  scoreFunction,
  straightThrough,
  vimco,
} from "../../bindings/inference/index.ts";
import { key, named } from "../../bindings/random/index.ts";

const T = 0.45;
/** (b - t)², summed over the variables of a row. */
const toy = (b: Tensor): Tensor => sum(mul(sub(b, T), sub(b, T)), { axis: 2 });
const toyAt = (...theta: number[]) => ({
  parameters: { theta },
  loss: ({ theta }: { theta: Tensor }, run: EstimateOptions) => estimate(new Bernoulli({ logits: theta }), toy, run),
});

/** All but what the machine adds. */
const withoutTimes = ({ milliseconds: _, varianceTime: __, ...rest }: Diagnosis) => rest;

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
