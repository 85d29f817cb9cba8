// A diagnosis: the same bits with and without workers, in any shards, any order of arrival, and after partial results that are none.

import { describe, expect, test } from "vitest";
import { Bernoulli, Poisson } from "../../bindings/distributions/index.ts";
import { add, exp, matmul, mul, parameter, sub, sum, type Tensor } from "../../bindings/graph/index.ts";
import { blockOf, blocksOf } from "../../bindings/inference/diagnose/blocks.ts";
import {
  blackBox,
  type DiagnoseOptions,
  type DiagnoseProblem,
  diagnose,
  disarm,
  type EstimateOptions,
  type Estimator,
  estimate,
  gumbelSoftmax,
  type Measured,
  movingAverage,
  type Progress,
  type Report,
  rebar,
  rloo,
  scoreFunction,
} from "../../bindings/inference/index.ts";
import type { Data } from "../../bindings/inference/shards/wire.ts";
import { type Executor, inline, shared } from "../../bindings/parallel/index.ts";
import { key, named } from "../../bindings/random/index.ts";
import { changed, counted, shuffled } from "./orders.ts";

/** (b - 0.45)², summed over the variables of a row. */
const toy = (b: Tensor): Tensor => sum(mul(sub(b, 0.45), sub(b, 0.45)), { axis: 2 });

interface Theta {
  theta: Tensor;
}

const bits = shared("bits of a diagnosis", ({ logits }: { logits: readonly number[] }) => ({
  problem: {
    parameters: { theta: [...logits] },
    loss: ({ theta }: Theta, run: EstimateOptions) => estimate(new Bernoulli({ logits: theta }), toy, run),
  },
  estimators: { rloo: { estimator: rloo(), samples: 3 }, disarm: disarm(), relaxed: gumbelSoftmax({ tau: 0.5 }) },
  truth: rloo(),
}));

const learning = shared("estimators that learn", () => ({
  problem: bits({ logits: [0.5, -1] }).problem,
  estimators: { average: scoreFunction({ baseline: movingAverage() }), rebar: rebar({ learn: 0.01 }), rloo: rloo() },
}));

const counts = shared("counts", () => ({
  problem: {
    parameters: { logRate: { shape: [1, 2], values: [0.3, -0.2] } },
    loss: ({ logRate }: { logRate: Tensor }, run: EstimateOptions) =>
      sum(
        estimate(new Poisson({ rate: exp(logRate) }), (z) => sum(mul(z, z), { axis: 3 }), run),
        { axis: 1 },
      ),
  },
  estimators: { rloo: { estimator: rloo(), samples: 4 }, score: scoreFunction() },
}));

/** An enumeration of it has other randomness left. */
const noisy = shared("a loss with randomness of its own", () => ({
  problem: {
    parameters: { theta: [0.5, 1] },
    loss: ({ theta }: Theta, run: EstimateOptions) => {
      const law = new Bernoulli({ logits: theta });
      const other = { ...run, key: named(run.key, "other"), estimator: scoreFunction() };
      return add(estimate(law, toy, run), estimate(law, toy, other));
    },
  },
  estimators: { disarm: disarm() },
}));

const layers = shared("layers", () => {
  const parameters = {
    a: parameter([2], [0.2, -0.5]),
    w: parameter([2, 3], [0.5, -1, 0.3, 0.8, 0.1, -0.4]),
  };
  return {
    problem: {
      parameters,
      loss: ({ a, w }: typeof parameters, run: EstimateOptions) => {
        const inner = { ...run, key: named(run.key, "second layer") };
        const cost = (z: Tensor): Tensor => mul(sum(z, { axis: 2 }), sub(sum(z, { axis: 2 }), 2));
        return estimate(
          new Bernoulli({ logits: a }),
          (b) => estimate(new Bernoulli({ logits: matmul(b, w) }), cost, inner),
          run,
        );
      },
    },
    estimators: { rloo: rloo(), disarm: disarm() },
  };
});

const waiting = shared("a black box that waits", () => ({
  problem: {
    parameters: { theta: [0.5, -1] },
    loss: ({ theta }: Theta, run: EstimateOptions) =>
      estimate(
        new Bernoulli({ logits: theta }),
        blackBox(async (b: Float32Array) => {
          await Promise.resolve();
          return Array.from({ length: b.length / 2 }, (_, i) => (b[2 * i] - 0.45) ** 2 + (b[2 * i + 1] - 0.45) ** 2);
        }),
        run,
      ),
  },
  estimators: { rloo: rloo(), average: scoreFunction({ baseline: movingAverage() }) },
}));

/** All but what the machine adds. */
const untimed = ({ estimators, truth, samples, confidence }: Report) => ({
  estimators: Object.entries(estimators).map(([name, { milliseconds, varianceTime: _, ...rest }]) => {
    expect(milliseconds).toBeGreaterThan(0);
    return [name, rest];
  }),
  truth,
  samples,
  confidence,
});

interface Work {
  problem: unknown;
  estimators: Readonly<Record<string, Measured>>;
  truth?: Estimator;
}
type Options = Partial<DiagnoseOptions>;

const run = async (work: Work, options: Options) =>
  untimed(
    await diagnose(work.problem as DiagnoseProblem<Record<string, never>>, work.estimators, {
      key: key(5),
      samples: 700,
      ...options,
    }),
  );

const CASES: Record<string, { make: () => Work; options?: Options & { from?: "part" | "entry" } }> = {
  "an exact truth": { make: () => bits({ logits: [0.5, -1, 2] }), options: { samples: 2000, chunk: 300 } },
  "a truth that is a part": { make: () => bits({ logits: [0.5, -1] }), options: { from: "part" } },
  "a truth that is one of the estimators": { make: () => bits({ logits: [0.5, -1] }), options: { from: "entry" } },
  "numbers that were changed": {
    make() {
      const work = bits({ logits: [0.5, -1] });
      work.problem.parameters.theta[1] = 0.3;
      return work;
    },
  },
  "estimators that learn": {
    make() {
      const work = learning();
      work.estimators.average.memory?.restore({ baseline: { sum: 0.5, weight: 0.25 } });
      return work;
    },
    options: { chunk: 7 },
  },
  "a long run for the truth": { make: () => counts(), options: { samples: 2000 } },
  "many enumerations for the truth": { make: () => noisy() },
  "parameters of a model, as they are now": {
    make() {
      const work = layers();
      work.problem.parameters.a.set([1, -0.25]);
      return work;
    },
    options: { samples: 300 },
  },
  "black boxes that wait": { make: () => waiting(), options: { samples: 300, asynchronous: true, chunk: 50 } },
};

describe.each(Object.entries(CASES))("%s", (_, { make, options: { from, ...options } = {} }) => {
  const taken = (given: Options) => {
    const work = make();
    const { truth, estimators } = work;
    const estimator = from === "part" ? truth : (estimators.rloo as { estimator?: Estimator } | undefined)?.estimator;
    return run(work, { ...options, ...(from && { truth: { estimator: estimator as Estimator } }), ...given });
  };

  test.each([undefined, 1, 600, 1e6])("shards of %s gradients give the bits that there are without", async (shard) => {
    const alone = await taken({});
    const sizes = shard === undefined ? {} : { shard };
    expect(await taken({ executor: inline(), ...sizes })).toEqual(alone);
    expect(await taken({ executor: shuffled(inline(), 2), ...sizes })).toEqual(alone);
  });
});

test("blocks are 256 gradients, or a 64th of all; more than one are shards, an estimator that learns is one", async () => {
  expect([2, 256, 257, 16_384, 16_385, 1e6].map(blocksOf)).toEqual([1, 1, 2, 64, 64, 64]);
  expect([16_384, 16_385, 1e6].map(blockOf)).toEqual([256, 257, 15_625]);
  const executor = counted(inline(), 7);
  await run(learning(), { executor, samples: 1000, chunk: 500 });
  // The truth is exact: one shard. Then two that learn, and four blocks.
  expect(executor.maps).toEqual([1, 2 + 4]);
});

test("progress is told of each estimator, and what estimators remember is as it was", async () => {
  const work = learning();
  const remembered = { baseline: { sum: 0.5, weight: 0.25 } };
  work.estimators.average.memory?.restore(remembered);
  const told: Progress[] = [];
  const onProgress = (progress: Progress): unknown => told.push(progress);
  await run(work, { executor: shuffled(inline()), samples: 700, shard: 256, onProgress });
  expect(work.estimators.average.memory?.state).toEqual(remembered);
  const of = (name: string) => told.filter(({ estimator }) => estimator === name).map(({ done, of }) => [done, of]);
  expect(of("truth")).toEqual([[16, 16]]);
  expect(of("average")).toEqual([[700, 700]]);
  expect(of("rloo").length).toBe(3);
  expect(of("rloo").at(-1)).toEqual([700, 700]);
});

const WRONG: Record<string, (value: Record<string, Data>) => Data> = {
  "no object": () => null,
  "too few means": (value) => ({ ...value, means: new Float64Array(1) }),
  "means of another type": (value) => ({ ...value, means: Float32Array.from(value.means as Float64Array) }),
  "too many squares": (value) => ({ ...value, squares: new Float64Array(99) }),
  "no distances": ({ distances: _, ...value }) => value,
  "no cosines": ({ cosines: _, ...value }) => value,
  "a negative count": (value) => ({ ...value, counts: (value.counts as Float64Array).map((n) => -n) }),
  "a count that is none": (value) => ({ ...value, counts: (value.counts as Float64Array).fill(Number.NaN) }),
  "another count": (value) => ({ ...value, counts: (value.counts as Float64Array).map((n) => n + 1) }),
  "negative squares": (value) => ({ ...value, squares: (value.squares as Float64Array).fill(-1) }),
  "a negative square of distances": (value) => ({ ...value, distances: (value.distances as Float64Array).fill(-1) }),
  "evaluations that are no number": (value) => ({ ...value, evaluations: Number.NaN }),
  "negative evaluations": (value) => ({ ...value, evaluations: -1 }),
  "a negative time": (value) => ({ ...value, milliseconds: -1 }),
};

describe.each(Object.entries(WRONG))("a partial result with %s", (_, change) => {
  const truth = (work: ReturnType<typeof bits>) => ({ truth: { estimator: work.truth, gradients: 300 }, samples: 600 });
  const skipping = (most: number): Executor => {
    // The truth's own have no cosines to leave out: those of the second map are changed.
    let maps = 0;
    const [plain, wrong] = [inline(), changed(inline(), change, most)];
    return { size: 1, map: (...given) => (maps++ === 0 ? plain : wrong).map(...given), dispose: () => plain.dispose() };
  };

  test("is refused, and names the shard", async () => {
    const work = bits({ logits: [0.5, -1] });
    await expect(run(work, { ...truth(work), executor: skipping(1e9), shard: 256 })).rejects.toThrow(
      /^shard 0 of 9: expected a partial result in 3 attempts, got MessageError: partial/,
    );
  });

  test("does not reach the sums, if the next one is right", async () => {
    const work = bits({ logits: [0.5, -1] });
    const alone = await run(work, truth(work));
    expect(await run(work, { ...truth(work), executor: skipping(5), shard: 256 })).toEqual(alone);
  });
});

test("errors are those that there are without", async () => {
  const work = bits({ logits: [0.5] });
  const executor = inline();
  const other = { estimator: rloo() };
  await expect(run({ ...work, estimators: { rloo: rloo() } }, { executor })).rejects.toThrow(
    /^estimators: expected what a function of shared/,
  );
  await expect(run(work, { executor, truth: other })).rejects.toThrow(/^truth: expected what a function of shared/);
  await expect(run(work, { shard: 3 })).rejects.toThrow(/^shard: expected an executor beside it/);
  const refused = waiting();
  const both = [run(refused, {}), run(refused, { executor })];
  for (const each of both) await expect(each).rejects.toThrow(/^estimators\.rloo: /);
  const stopped = { executor, signal: AbortSignal.abort(new Error("stopped")) };
  await expect(run(work, stopped)).rejects.toThrow("stopped");
  const onProgress = (): void => {
    throw new Error("no more");
  };
  await expect(run(work, { executor, onProgress })).rejects.toThrow(/^no more$/);
});
