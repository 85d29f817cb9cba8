// Nets in the place of independent draws: which points they are, what they are exact for, and what gradients they give.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as laws from "../../bindings/distributions/index.ts";
import { Bernoulli, Categorical, Normal, OneHotCategorical, Uniform } from "../../bindings/distributions/index.ts";
import {
  add,
  backward,
  exp,
  mul,
  parameter,
  reshape,
  slice,
  step,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import * as inference from "../../bindings/inference/index.ts";
import {
  type Estimator,
  expectation,
  Moments,
  movingAverage,
  pathwise,
  scoreFunction,
  scrambledSobol,
} from "../../bindings/inference/index.ts";
import { foldIn, key, named } from "../../bindings/random/index.ts";
import { BUILDS, useBuild } from "../builds.ts";

beforeAll(() => void useBuild("simd"));
afterAll(() => void useBuild("simd"));

const total = (z: Tensor): Tensor =>
  sum(reshape(z, [z.shape[0] as number, z.size / (z.shape[0] as number)]), { axis: 1 });
const square = (z: Tensor): Tensor => total(mul(z, z));

/** Mean of the means of nets, and its standard error, in plain float64. */
function ofNets(means: readonly number[]): { value: number; standardError: number } {
  const n = means.length;
  const value = means.reduce((sum, each) => sum + each, 0) / n;
  const spread = means.reduce((sum, each) => sum + (each - value) ** 2, 0);
  return { value, standardError: Math.sqrt(spread / (n - 1) / n) };
}

/** Rows of coordinates of each net under a key. */
const nets = (seed: number, replicates: number, points: number, dimensions: number): number[][][] =>
  Array.from({ length: replicates }, (_, r) => {
    const u = scrambledSobol(foldIn(named(key(seed), "quasi"), r), { points, dimensions });
    return Array.from({ length: points }, (_, i) => Array.from(u.subarray(i * dimensions, (i + 1) * dimensions)));
  });

describe("samples", () => {
  const P = [
    [0.25, 0, 0.5, 0.25],
    [0.1, 0.2, 0.7, 0],
  ] as const;
  const categoryOf = (u: number, p: readonly number[]): number => {
    let [c, sum] = [0, p[0] as number];
    while (u >= sum && c < 3) sum += p[++c] as number;
    return c;
  };
  const q = () => ({
    bits: new Bernoulli({ probs: [0.2, 0.7] }),
    index: new Categorical({ probs: tensor(P.flat(), [2, 4]) }),
    real: new Uniform({ low: [1, -2], high: 3 }),
    row: new OneHotCategorical({ probs: tensor(P.flat(), [2, 4]) }),
  });
  type Sample = Record<keyof ReturnType<typeof q>, Tensor>;
  // Every variable counts in a way of its own, and they are multiplied.
  const cost = ({ bits, index, real, row }: Sample) =>
    mul(
      add(total(mul(bits, tensor([1, 3]))), add(total(mul(index, tensor([2, -1]))), 1)),
      add(total(mul(real, tensor([1, 2]))), total(mul(row, tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 4])))),
    );
  const plain = (u: readonly number[]): number => {
    const [a, b] = [(u[0] as number) > 0.8 ? 1 : 0, (u[1] as number) > 0.3 ? 1 : 0];
    const [i, j, k, l] = [2, 3, 6, 7].map((at, n) => categoryOf(u[at] as number, P[n % 2] as readonly number[]));
    const [x, y] = [1 + 2 * (u[4] as number), -2 + 5 * (u[5] as number)];
    return (a + 3 * b + 2 * (i as number) - (j as number) + 1) * (x + 2 * y + 1 + (k as number) + 5 + (l as number));
  };

  test("are inverse distribution functions of nets, a coordinate for each variable, and the error is that of their means", async () => {
    const means = nets(3, 8, 32, 8).map((points) => points.reduce((sum, u) => sum + plain(u), 0) / 32);
    const got = await expectation(cost, q, { key: key(3), samples: 256, quasi: true, replicates: 8 });
    const want = ofNets(means);
    expect(got.value).toBeCloseTo(want.value, 5);
    expect(got.standardError).toBeCloseTo(want.standardError, 5);
    // t of 7 degrees of freedom.
    expect(got.interval[0]).toBeCloseTo(want.value - 2.364624 * want.standardError, 4);
    expect(got.interval[1]).toBeCloseTo(want.value + 2.364624 * want.standardError, 4);
    expect(got).toMatchObject({ samples: 256, coefficient: 0 });
    expect(got.moments).toMatchObject({ each: 32, units: 8 });
  });

  test("are the same bits for any chunk, and on every build; there are 16 nets", async () => {
    const options = { key: key(4), samples: 512, quasi: true };
    const all = await expectation(cost, q, options);
    expect(all.moments).toMatchObject({ each: 32, units: 16 });
    for (const chunk of [1, 7, 32, 50, 512]) expect(await expectation(cost, q, { ...options, chunk })).toEqual(all);
    expect(await expectation(cost, q, { ...options, replicates: 16 })).toEqual(all);
    for (const build of BUILDS) {
      useBuild(build);
      expect(await expectation(cost, q, options)).toEqual(all);
    }
    useBuild("simd");
  });

  test("of other keys are merged, as more nets", async () => {
    const runs = await Promise.all(
      [5, 6].map((seed) => expectation(cost, q, { key: key(seed), samples: 64, quasi: true, replicates: 4 })),
    );
    const merged = new Moments(16);
    for (const { moments } of runs) merged.merge(JSON.parse(JSON.stringify(moments)));
    const means = [5, 6].flatMap((seed) =>
      nets(seed, 4, 16, 8).map((points) => points.reduce((sum, u) => sum + plain(u), 0) / 16),
    );
    expect(merged.result().value).toBeCloseTo(ofNets(means).value, 5);
    expect(merged.result().standardError).toBeCloseTo(ofNets(means).standardError, 5);
  });

  test("with a control variate are f - c (g - mean), of the points themselves", async () => {
    const control = { of: total, mean: 1.5, coefficient: 0.5 };
    const law = new Uniform({ low: [0, 1], high: [1, 1.5] });
    const options = { key: key(7), samples: 64, quasi: true, replicates: 4 };
    const means = nets(7, 4, 16, 2).map((points) => {
      const costs = points.map(([u = 0, v = 0]) => {
        const [x, y] = [u, 1 + v / 2];
        return x * x + y * y - 0.5 * (x + y - 1.5);
      });
      return costs.reduce((sum, each) => sum + each, 0) / 16;
    });
    const got = await expectation(square, law, { ...options, control });
    expect(got.value).toBeCloseTo(ofNets(means).value, 6);
    expect(got.standardError).toBeCloseTo(ofNets(means).standardError, 6);
    // The pilot is of independent draws.
    const pilot = new Moments();
    for (const z of step(() => new Uniform().sample(named(key(7), "control"), { shape: [1024] }).toArray()))
      pilot.add(Math.fround(z * z), z);
    const { coefficient } = await expectation(square, new Uniform(), { ...options, control: { of: total, mean: 0.5 } });
    expect(coefficient).toBe(pilot.coefficient);
  });

  test("are told of as they come", async () => {
    const told: unknown[] = [];
    const onProgress = (progress: unknown) => void told.push(progress);
    await expectation(square, new Normal(), {
      key: key(8),
      samples: 64,
      quasi: true,
      replicates: 4,
      chunk: 24,
      onProgress,
    });
    expect(told).toEqual([16, 32, 48, 64].map((done) => ({ done, of: 64 })));
  });
});

describe("a mean over nets", () => {
  test("is exact for functions that are constant on the net's intervals", async () => {
    const run = (cost: (z: Tensor) => Tensor, law: laws.Sampleable | (() => laws.Sampleable)) =>
      expectation(cost, law, { key: key(9), samples: 128, quasi: true, replicates: 8 });
    // Of the first two coordinates, with probabilities in quarters; (0, 4, 2)-nets.
    const first = (z: Tensor) => total(slice(z, { axis: 1, start: 0, end: 1 } as never));
    const got = await run(first, new Bernoulli({ probs: [0.25, 0.75] }));
    expect(got).toMatchObject({ value: 0.25, standardError: 0, interval: [0.25, 0.25] });
    const squareOfSum = (z: Tensor) => mul(total(z), total(z));
    // Var 3/16 twice, mean 1.
    expect(await run(squareOfSum, new Bernoulli({ probs: [0.25, 0.75] }))).toMatchObject({
      value: 1.375,
      standardError: 0,
    });
    const categories = () => new Categorical({ probs: tensor([0.5, 0.25, 0, 0.25]) });
    expect(await run(squareOfSum, categories)).toMatchObject({ value: 2.5, standardError: 0 });
  });

  test("errs by order N^(-3/2) of smooth functions: far less than independent draws do", async () => {
    const truth = (Math.E - 1) ** 3;
    const law = new Uniform({ low: [0, 0, 0] });
    const rootMeanSquare = async (samples: number, quasi: boolean) => {
      let squares = 0;
      for (let seed = 0; seed < 40; seed++) {
        const { value } = await expectation((z) => exp(total(z)), law, { key: key(seed), samples, quasi });
        squares += (value - truth) ** 2;
      }
      return Math.sqrt(squares / 40);
    };
    const [few, many] = [await rootMeanSquare(2 ** 8, true), await rootMeanSquare(2 ** 12, true)];
    // 16 nets of 16, and of 256 points: 16^1.5 = 64 times less, up to logarithms; 16^0.5 = 4 times of independent draws.
    expect(few / many).toBeGreaterThan(25);
    expect(few / many).toBeLessThan(100);
    const independent = await rootMeanSquare(2 ** 12, false);
    expect(independent / many).toBeGreaterThan(50);
  });
});

describe("gradients", () => {
  const families: readonly (readonly [string, (a: Tensor, b: Tensor) => laws.Reparameterized, number, number])[] = [
    ["Normal", (loc, scale) => new Normal({ loc, scale }), 0.5, 1.5],
    ["Logistic", (loc, scale) => new laws.Logistic({ loc, scale }), 0.5, 0.75],
    ["Gumbel", (loc, scale) => new laws.Gumbel({ loc, scale }), 0.5, 0.75],
    ["Laplace", (loc, scale) => new laws.Laplace({ loc, scale }), 0.5, 0.75],
    ["Uniform", (low, high) => new Uniform({ low, high }), 0.5, 1.5],
    ["LogNormal", (loc, scale) => new laws.LogNormal({ loc, scale }), -1, 0.4],
    ["StudentT", (df, scale) => new laws.StudentT({ df, scale, loc: 1 }), 9, 0.75],
    ["Gamma", (concentration, rate) => new laws.Gamma({ concentration, rate }), 2.5, 2],
    ["Beta", (a, b) => new laws.Beta({ concentration1: a, concentration0: b }), 2.5, 1.5],
    ["Weibull", (concentration, scale) => new laws.Weibull({ concentration, scale }), 2.5, 1.5],
    ["Kumaraswamy", (a, b) => new laws.Kumaraswamy({ concentration1: a, concentration0: b }), 2.5, 1.5],
    ["Exponential", (a, b) => new laws.Exponential({ rate: mul(a, b) }), 2, 0.5],
    ["HalfNormal", (a, b) => new laws.HalfNormal({ scale: mul(a, b) }), 2, 0.5],
  ];

  test.each(families)("of E z² along the path: %s", async (_, law, a, b) => {
    const [p, q] = [parameter([1], [a]), parameter([1], [b])];
    // E z² = (E z)² + Var z.
    step(() => {
      const at = law(mul(p, 1), mul(q, 1)) as laws.Normal;
      const mean = at.mean();
      backward(reshape(add(mul(mean, mean), at.variance()), []));
    });
    const exact = [p.grad()[0] as number, q.grad()[0] as number];
    for (const each of [p, q]) each.clear();
    const got = await expectation(square, () => law(mul(p, 1), mul(q, 1)), {
      key: key(10),
      samples: 2 ** 13,
      quasi: true,
      estimator: pathwise(),
      chunk: 1000,
    });
    const near = (x: number, y: number, part: number) =>
      expect(Math.abs(x - y)).toBeLessThan(part * (0.1 + Math.abs(y)));
    near(p.grad()[0] as number, exact[0] as number, 0.02);
    near(q.grad()[0] as number, exact[1] as number, 0.02);
    const plain = await expectation(square, () => law(mul(p, 1), mul(q, 1)), {
      key: key(10),
      samples: 2 ** 13,
      quasi: true,
    });
    expect(got).toEqual(plain);
    for (const each of [p, q]) each.dispose();
  });

  test("of nets are that of the mean of the nets", async () => {
    const loc = parameter([1], [0.75]);
    const options = { key: key(11), samples: 128, quasi: true };
    await expectation(square, () => new Normal({ loc }), { ...options, estimator: pathwise(), chunk: 50 });
    const mean = await expectation(total, new Normal({ loc: [0.75] }), options);
    expect(loc.grad()[0]).toBeCloseTo(2 * mean.value, 5);
    loc.dispose();
  });

  test("of a normal by the score: draws are constants", async () => {
    const loc = parameter([1], [0.75]);
    await expectation(square, () => new Normal({ loc }), {
      key: key(13),
      samples: 2 ** 13,
      quasi: true,
      estimator: scoreFunction(),
    });
    expect(Math.abs((loc.grad()[0] as number) - 1.5)).toBeLessThan(0.05);
    loc.dispose();
  });

  test("of bits by the score: unbiased, over keys", async () => {
    const at = parameter([2], [0.5, -1]);
    const p = [0.5, -1].map((l) => 1 / (1 + Math.exp(-l))) as [number, number];
    const cost = (z: Tensor) => mul(total(mul(z, tensor([1, 2]))), total(mul(z, tensor([1, 2]))));
    // E f = p0 + 4 p1 + 4 p0 p1.
    const exact = [p[0] * (1 - p[0]) * (1 + 4 * p[1]), p[1] * (1 - p[1]) * (4 + 4 * p[0])];
    const runs: number[][] = [];
    for (let seed = 0; seed < 60; seed++) {
      at.clear();
      await expectation(cost, () => new Bernoulli({ logits: mul(at, 1) }), {
        key: key(seed),
        samples: 32,
        quasi: true,
        replicates: 4,
        estimator: scoreFunction({ baseline: 2 }),
      });
      runs.push(Array.from(at.grad()));
    }
    for (let i = 0; i < 2; i++) {
      const { value, standardError } = ofNets(runs.map((each) => each[i] as number));
      expect(Math.abs(value - (exact[i] as number))).toBeLessThan(4.5 * standardError); // false alarm: 7e-6 each
    }
    at.dispose();
  });

  test("by estimators that take each sample for itself: the others are refused", async () => {
    const run = async (law: () => laws.Sampleable, estimator: Estimator) => {
      const options = { key: key(12), samples: 64, quasi: true };
      return expectation((z) => square(add(z, 1)), law, { ...options, estimator }).then(
        () => "taken",
        (error: Error) => {
          expect(error.name).toBe("ArgumentError");
          return /with quasi|of a net/.test(error.message) ? "refused" : error.message;
        },
      );
    };
    // Some estimators ask for noise in the backward pass only.
    const [one, row] = [parameter([1], [0.5]), parameter([1, 3], [0.5, 1, 0])];
    const bits = () => new Bernoulli({ logits: mul(one, 1) });
    const rows = () => new OneHotCategorical({ logits: mul(row, 1) });
    const normal = () => new Normal({ loc: mul(one, 1) });
    const { enumeration, gappedStraightThrough, localExpectation, measureValued, muProp, straightThrough, reinMax } =
      inference;
    for (const [law, estimator] of [
      [bits, scoreFunction()],
      [normal, scoreFunction()],
      [bits, enumeration()],
      [bits, localExpectation()],
      [bits, muProp()],
      [rows, straightThrough()],
      [rows, reinMax()],
      [rows, gappedStraightThrough({ tau: 1 })],
      [normal, pathwise()],
      [() => new laws.Poisson({ rate: mul(one, 4) }), measureValued()],
    ] as const)
      expect(await run(law, estimator), estimator.name).toBe("taken");
    const { arm, arms, categoricalDisarm, disarm, gumbelRao, gumbelSoftmax, nvil, rebar, rloo } = inference;
    for (const [law, estimator] of [
      [bits, rloo()],
      [bits, nvil()],
      [bits, scoreFunction({ baseline: movingAverage() })],
      [bits, arm()],
      [bits, arms()],
      [bits, disarm()],
      [rows, categoricalDisarm()],
      [rows, gumbelSoftmax({ tau: 1 })],
      [rows, gumbelRao({ tau: 1 })],
      [bits, rebar()],
    ] as const)
      expect(await run(law, estimator), estimator.name).toBe("refused");
    for (const each of [one, row]) each.dispose();
  });
});

describe("bad input", () => {
  const good = { key: key(1), samples: 64, quasi: true };
  test.each([
    [{ samples: 63 }, "16 replicates times a power of two"],
    [{ samples: 48 }, "samples"],
    [{ samples: 8 }, "samples"],
    [{ samples: 2 ** 28 }, "2^23"],
    [{ replicates: 3 }, "3 replicates"],
    [{ replicates: 1 }, "replicates"],
    [{ replicates: 2.5 }, "replicates"],
    [{ quasi: 1 }, "quasi"],
    [{ quasi: false, replicates: 4 }, "replicates"],
    [{ antithetic: true }, "antithetic"],
    [{ standardError: 0.1 }, "standardError"],
  ])("%o is refused", async (options, message) => {
    await expect(expectation(total, new Normal(), { ...good, ...options } as never)).rejects.toThrow(message);
  });

  test("as are laws without an inverse, by name", async () => {
    const ranking = new laws.PlackettLuce({ logits: [1, 2, 3] } as never);
    const point = new laws.Dirichlet({ concentration: [1, 2, 3] } as never);
    const hard = new laws.RelaxedBernoulliStraightThrough({ logits: [1], temperature: 1 } as never);
    for (const law of [ranking, point, hard])
      await expect(expectation(({ b }) => total(b), { a: new Normal(), b: law }, good as never)).rejects.toThrow(
        /^b: .*icdf/,
      );
    await expect(expectation(total, point, good as never)).rejects.toThrow(/^distribution: .*icdf/);
  });
});
