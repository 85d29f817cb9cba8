// Exact answers, the same bits however it is cut and on whichever build, and gradients against enumeration.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  Bernoulli,
  Beta,
  Categorical,
  Gamma,
  Logistic,
  Normal,
  OneHotCategorical,
  Poisson,
  type Sampleable,
  Uniform,
} from "../../bindings/distributions/index.ts";
import {
  add,
  mul,
  parameter,
  reshape,
  slice,
  step,
  sub,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { Stretch } from "../../bindings/inference/expectation/points.ts";
import { Factor } from "../../bindings/inference/factor.ts";
import {
  blackBox,
  disarm,
  enumeration,
  expectation,
  Moments,
  pathwise,
  rloo,
  vimco,
} from "../../bindings/inference/index.ts";
import { key, logistic, named, uniform } from "../../bindings/random/index.ts";
import { BUILDS, useBuild } from "../builds.ts";

beforeAll(() => void useBuild("simd"));
afterAll(() => void useBuild("simd"));

const total = (z: Tensor): Tensor =>
  sum(reshape(z, [z.shape[0] as number, z.size / (z.shape[0] as number)]), { axis: 1 });
const square = (z: Tensor): Tensor => total(mul(z, z));
const LAWS: Record<string, () => Sampleable> = {
  bits: () => new Bernoulli({ logits: [0.5, -1, 2] }),
  categories: () =>
    new Categorical({
      logits: tensor([0.5, -1, 2, 0, 0.25, 0], [2, 3]),
    }),
  "one-hot": () =>
    new OneHotCategorical({
      logits: tensor([0.5, -1, 2, 0, 0.25, 0], [2, 3]),
    }),
  counts: () => new Poisson({ rate: [0.5, 3] }),
  normal: () => new Normal({ loc: [1, -2, 0.5], scale: 0.5 }),
  logistic: () => new Logistic({ loc: [1, -2] }),
  uniform: () => new Uniform({ low: [1, -2], high: 3 }),
  gamma: () => new Gamma({ concentration: [0.5, 3], rate: 2 }),
  beta: () => new Beta({ concentration1: [0.5, 3], concentration0: 2 }),
};

describe.each(Object.entries(LAWS))("samples of %s", (_, law) => {
  test("are those of one call, whatever the chunk", async () => {
    const costs = step(() => square(law().sample(key(3), { shape: [200] })).toArray());
    const moments = new Moments();
    for (const each of costs) moments.add(each);
    for (const chunk of [undefined, 200, 1, 37]) {
      const got = await expectation(square, law, { key: key(3), samples: 200, ...(chunk && { chunk }) });
      const { interval, ...rest } = got;
      expect(rest).toEqual({ ...moments.result(), samples: 200, coefficient: 0, moments: moments.state });
    }
  });
});

test("noise beside the samples is that of its place and of its name", () => {
  const stretch = new Stretch(key(3), 5);
  for (const [name, at] of [
    ["", key(3)],
    ["a", named(key(3), "a")],
  ] as const) {
    const factor = new Factor(name, new Bernoulli({ logits: [0.5, -1, 2] }));
    expect(stretch.noise(factor, "logistic", "", 4)).toEqual(logistic(at, 12, { offset: 15 }));
    expect(stretch.noise(factor, "uniform", "other", 4, 2)).toEqual(uniform(named(at, "other"), 24, { offset: 30 }));
  }
});

test("several laws have a key each, and a function makes laws in the step", async () => {
  const [a, b] = [LAWS.bits as () => Sampleable, LAWS.normal as () => Sampleable];
  const costs = step(() => {
    const draw = (law: Sampleable, name: string) => law.sample(named(key(4), name), { shape: [50] });
    return total(mul(draw(a(), "a"), draw(b(), "b"))).toArray();
  });
  const got = await expectation(
    ({ a, b }) => total(mul(a, b)),
    () => ({ a: a(), b: b() }),
    {
      key: key(4),
      samples: 50,
      chunk: 7,
    },
  );
  expect(got.value).toBeCloseTo(costs.reduce((sum, each) => sum + each, 0) / 50, 12);
});

test("every build gives the same bits", async () => {
  const runs = [];
  for (const build of BUILDS) {
    useBuild(build);
    const options = { key: key(5), samples: 6000, standardError: 0.02 };
    const plain = await expectation(square, new Normal({ loc: [1, 2] }), options);
    const z = new Bernoulli({ logits: [0.5, -1] });
    const pairs = await expectation(square, z, {
      key: key(5),
      samples: 600,
      antithetic: true,
      control: { of: (z) => total(slice(z, { axis: -1, start: 0, end: 1 } as never)), mean: 0.25 },
    });
    runs.push({ plain, pairs });
  }
  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]).toEqual(runs[0]);
  useBuild("simd");
});

describe("early stop", () => {
  test("is at the first multiple of 1024 samples, whatever the chunk", async () => {
    const options = { key: key(6), samples: 100_000, standardError: 0.012, leastSamples: 2000 };
    const runs = await Promise.all(
      [undefined, 999, 5000].map((chunk) => expectation(total, new Normal(), { ...options, ...(chunk && { chunk }) })),
    );
    const [first] = runs;
    for (const run of runs) expect(run).toEqual(first);
    expect(first?.samples).toBe(7168); // about (1 / 0.012)^2 = 6944
    expect(first?.standardError).toBeLessThanOrEqual(0.012);
    const before = await expectation(total, new Normal(), { key: key(6), samples: 6144 });
    expect(before.standardError).toBeGreaterThan(0.012);
    const same = await expectation(total, new Normal(), { key: key(6), samples: 7168 });
    expect(same).toEqual(first);
  });

  test("is not before the least number, and no later than samples", async () => {
    const run = (samples: number, standardError: number) =>
      expectation(total, new Normal(), { key: key(6), samples, standardError });
    expect((await run(50_000, 10)).samples).toBe(4096);
    expect((await run(5_001, 1e-9)).samples).toBe(5_001);
    const few = { key: key(6), samples: 50_000, standardError: 10, leastSamples: 1300 };
    expect((await expectation(total, new Normal(), few)).samples).toBe(2048);
  });
});

describe("a control variate", () => {
  test("that is the cost leaves no error", async () => {
    const options = { key: key(7), samples: 500, control: { of: total, mean: 3 } };
    const got = await expectation((z) => mul(2, total(z)), new Normal({ loc: [1, 2] }), options);
    expect(got).toMatchObject({ value: 6, standardError: 0, coefficient: 2, samples: 500 });
  });

  test("has the coefficient of a regression on other samples, or the one it is given", async () => {
    const law = new Normal({ loc: 1 });
    const pilot = step(() => law.sample(named(key(8), "control"), { shape: [1024] }).toArray());
    const moments = new Moments();
    for (const z of pilot) moments.add(Math.fround(z * z), z);
    const of = total;
    const got = await expectation(square, law, { key: key(8), samples: 3000, control: { of, mean: 1 } });
    expect(got.coefficient).toBe(moments.coefficient);
    expect(got.coefficient).toBeCloseTo(2, 0);
    const plain = await expectation(square, law, { key: key(8), samples: 3000 });
    expect(got.standardError / plain.standardError).toBeCloseTo(Math.sqrt(2 / 6), 1); // Var z² = 6, of which 4 by z
    const meanOfG = await expectation(total, law, { key: key(8), samples: 3000 });
    const given = { of, mean: 1, coefficient: 0.5 };
    const half = await expectation(square, law, { key: key(8), samples: 3000, control: given });
    expect(half.value).toBeCloseTo(plain.value - 0.5 * (meanOfG.value - 1), 13);
  });

  test("that does not vary is left out", async () => {
    const of = (z: Tensor) => mul(total(z), 0);
    const got = await expectation(square, new Normal(), { key: key(8), samples: 10, control: { of, mean: 0 } });
    expect(got.coefficient).toBe(0);
  });
});

describe("antithetic pairs", () => {
  test.each(["normal", "logistic", "uniform"])("of %s lie on both sides of the middle", async (name) => {
    const law = LAWS[name] as () => Sampleable;
    const middle = step(() =>
      (law() as Normal)
        .mean()
        .toArray()
        .reduce((sum, each) => sum + each, 0),
    );
    const options = { key: key(9), samples: 400, antithetic: true };
    const got = await expectation(total, law(), options);
    expect(got.value).toBeCloseTo(middle, 5);
    expect(got.standardError).toBeLessThan(1e-6);
    for (const chunk of [2, 74]) expect(await expectation(total, law(), { ...options, chunk })).toEqual(got);
  });

  test("of bits are 1 with their probability, where noise is turned", async () => {
    // At most one of z, z' is 1 where p < 1/2, and at least one where p > 1/2: Cov(z, z') = -p² or -(1 - p)².
    for (const p of [0.1, 0.5, 0.8]) {
      const options = { key: key(10), samples: 40_000, antithetic: true };
      const got = await expectation(total, new Bernoulli({ probs: p }), options);
      const variance = (p * (1 - p) - Math.min(p, 1 - p) ** 2) / 2;
      expect(got.standardError).toBeCloseTo(Math.sqrt(variance / 20_000), 4);
      expect(Math.abs(got.value - p)).toBeLessThanOrEqual(4.5 * got.standardError + 1e-12); // false alarm: 7e-6 each
      const first = await expectation(total, new Bernoulli({ probs: p }), { key: key(10), samples: 20_000 });
      const second = 2 * got.value - first.value; // the mean of the turned ones
      expect(Math.abs(second - p)).toBeLessThanOrEqual(4.5 * first.standardError);
    }
  });
});

describe("gradients", () => {
  const logits = [0.5, -1, 0.25];
  const cost = (z: Tensor) => {
    const s = total(mul(z, sub(z, tensor([0.2, 0.5, -1.5]))));
    return add(mul(s, s), s);
  };
  const gradientBy = async (estimator: ReturnType<typeof disarm>, samples: number, chunk: number, seed = 11) => {
    const at = parameter([3], logits);
    const q = () => new Bernoulli({ logits: mul(at, 1) });
    const got = await expectation(cost, q, { key: key(seed), samples, chunk, estimator });
    const gradient = Array.from(at.grad());
    at.dispose();
    return { got, gradient };
  };

  test("of chunks are that of the mean: enumeration has the exact one, of any number of uneven chunks", async () => {
    const p = logits.map((l) => 1 / (1 + Math.exp(-l)));
    const f = (z: number[]) => {
      const s = z.reduce((sum, each, i) => sum + each * (each - ([0.2, 0.5, -1.5][i] as number)), 0);
      return s * s + s;
    };
    const exact = [0, 0, 0];
    for (let state = 0; state < 8; state++) {
      const z = [state & 1, (state >> 1) & 1, state >> 2];
      const prob = z.reduce((product, each, i) => product * (each ? (p[i] as number) : 1 - (p[i] as number)), 1);
      for (let i = 0; i < 3; i++) (exact[i] as number) += prob * f(z) * ((z[i] as number) - (p[i] as number));
    }
    const plain = await expectation(cost, new Bernoulli({ logits }), { key: key(11), samples: 100 });
    for (const chunk of [100, 7, 64]) {
      const { got, gradient } = await gradientBy(enumeration(), 100, chunk);
      gradient.forEach((each, i) => void expect(each).toBeCloseTo(exact[i] as number, 5));
      expect(got).toEqual(plain);
    }
    // Means over keys, of two estimators; within 4.5 standard errors: false alarm 7e-6 for each of 6.
    for (const estimator of [disarm(), rloo()]) {
      const runs = await Promise.all(Array.from({ length: 60 }, (_, i) => gradientBy(estimator, 50, 20, 100 + i)));
      for (let i = 0; i < 3; i++) {
        const column = runs.map(({ gradient }) => gradient[i] as number);
        const mean = column.reduce((sum, each) => sum + each, 0) / 60;
        const squares = column.reduce((sum, each) => sum + (each - mean) ** 2, 0);
        expect(Math.abs(mean - (exact[i] as number))).toBeLessThan(4.5 * Math.sqrt(squares / 59 / 60));
      }
    }
  });

  test("of z² by its path are twice the mean of the same draws", async () => {
    const loc = parameter([1], [0.75]);
    const got = await expectation(square, () => new Normal({ loc }), {
      key: key(12),
      samples: 300,
      chunk: 64,
      estimator: pathwise(),
    });
    const mean = await expectation(total, new Normal({ loc: [0.75] }), { key: key(12), samples: 300 });
    expect(loc.grad()[0]).toBeCloseTo(2 * mean.value, 4);
    expect(got.value).toBe(
      (await expectation(square, new Normal({ loc: [0.75] }), { key: key(12), samples: 300 })).value,
    );
    // A pilot sends none.
    loc.clear();
    const control = { of: total, mean: 0.75 };
    await expectation(square, () => new Normal({ loc }), {
      key: key(12),
      samples: 300,
      chunk: 64,
      estimator: pathwise(),
      control,
    });
    expect(loc.grad()[0]).toBeCloseTo(2 * mean.value, 4);
    loc.dispose();
  });
});

describe("black boxes", () => {
  test("answer at once or later, with the same bits; of several laws by name", async () => {
    const q = { a: new Bernoulli({ logits: [0.5, -1] }), b: new Normal() };
    const options = { key: key(13), samples: 40, chunk: 16 };
    const now = blackBox(({ a, b }: { a: Float32Array; b: Float32Array }) => (a[0] as number) + (b[0] as number));
    const later = blackBox(
      async ({ a, b }: { a: Float32Array; b: Float32Array }) => (a[0] as number) + (b[0] as number),
    );
    const got = await expectation(now, q, options);
    expect(await expectation(later, q, { ...options, concurrency: 3, chunk: 40 })).toEqual(got);
    const at = parameter([2], [0.5, -1]);
    const bits = blackBox(async (z: Float32Array) => (z[0] as number) * 3);
    await expectation(bits, () => new Bernoulli({ logits: at }), {
      ...options,
      samples: 400,
      chunk: 100,
      estimator: rloo(),
    });
    expect(at.grad()[0]).toBeCloseTo(3 * 0.235, 0);
    expect(at.grad().some((each) => each !== 0)).toBe(true);
    at.dispose();
  });
});

test("progress is told, a promise of it awaited, and a signal ends it", async () => {
  const told: unknown[] = [];
  const stop = new AbortController();
  const run = expectation(total, new Normal(), {
    key: key(14),
    samples: 100,
    chunk: 30,
    signal: stop.signal,
    onProgress: async (progress) => {
      told.push(progress);
      await new Promise((resolve) => setTimeout(resolve));
      if (told.length === 2) stop.abort(new Error("enough"));
    },
  });
  await expect(run).rejects.toThrow("enough");
  expect(told).toEqual([
    { done: 25, of: 100 },
    { done: 50, of: 100 },
  ]);
});

test("progress counts both of a pair", async () => {
  const told: unknown[] = [];
  const onProgress = (progress: unknown) => void told.push(progress);
  await expectation(total, new Normal(), { key: key(14), samples: 12, chunk: 6, antithetic: true, onProgress });
  expect(told).toEqual([6, 12].map((done) => ({ done, of: 12 })));
});

describe("bad input", () => {
  const q = new Normal({ loc: [0, 1] });
  const good = { key: key(1), samples: 10 };
  const run = (options: object, cost: unknown = total, law: unknown = q) =>
    expectation(cost as typeof total, law as Normal, { ...good, ...options } as never);
  test.each([
    [{ samples: 1 }, "samples"],
    [{ samples: 2.5 }, "samples"],
    [{ samples: 2, antithetic: true }, "samples"],
    [{ samples: 5, antithetic: true }, "samples"],
    [{ chunk: 3, antithetic: true }, "chunk"],
    [{ chunk: 0 }, "chunk"],
    [{ antithetic: 1 }, "antithetic"],
    [{ standardError: 0 }, "standardError"],
    [{ leastSamples: 10 }, "leastSamples"],
    [{ standardError: 1, leastSamples: 0 }, "leastSamples"],
    [{ estimator: "rloo" }, "estimator"],
    [{ estimator: vimco() }, "bound"],
    [{ estimator: rloo(), standardError: 1 }, "standardError"],
    [{ estimator: rloo(), antithetic: true }, "antithetic"],
    [{ estimator: disarm() }, "distribution"],
    [{ control: { of: 1, mean: 0 } }, "control.of"],
    [{ control: { of: total, mean: Number.NaN } }, "control.mean"],
    [{ control: { of: total, mean: 0, coefficient: Infinity } }, "control.coefficient"],
    [{ control: { of: total, mean: 0, what: 1 } }, "what"],
    [{ control: { of: square, mean: 0 }, concurrency: 0 }, "concurrency"],
    [{ signal: 1 }, "signal"],
    [{ onProgress: 1 }, "onProgress"],
    [{ quasi: true }, "quasi"],
    [{ key: 1 }, "key"],
  ])("%o is refused", async (options, message) => {
    await expect(run(options)).rejects.toThrow(message);
  });

  test("costs and laws are looked at", async () => {
    await expect(run({}, (z: Tensor) => z)).rejects.toThrow("one number for each point");
    await expect(run({}, (z: Tensor) => sum(z))).rejects.toThrow("a cost for each point");
    await expect(run({}, (z: Tensor) => mul(mul(total(z), 1e30), 1e30))).rejects.toThrow("finite numbers");
    await expect(
      run(
        {},
        blackBox(() => Number.NaN),
      ),
    ).rejects.toThrow("finite numbers");
    await expect(run({ control: { of: (z: Tensor) => z, mean: 0 } })).rejects.toThrow("control.of");
    await expect(run({}, 1)).rejects.toThrow("cost");
    await expect(run({}, total, 1)).rejects.toThrow("distribution");
    await expect(run({}, total, () => 1)).rejects.toThrow("distribution");
    await expect(run({ antithetic: true }, total, LAWS.gamma)).rejects.toThrow("antithetic");
    await expect(run({ antithetic: true }, total, LAWS["one-hot"])).rejects.toThrow("antithetic");
    await expect(step(() => ({ run: run({}) })).run).rejects.toThrow("outside of any other step");
  });
});

test("other work gets its turn, so that a signal given by it ends a long run", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 20);
  const long = { key: key(1), samples: 2e7, signal: controller.signal };
  await expect(expectation((z) => z, new Bernoulli({ logits: 0 }), long)).rejects.toThrow("enough");
});
