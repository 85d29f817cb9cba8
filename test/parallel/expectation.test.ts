// The same bits for any executor, any shards and any order of arrival, and what is refused.

import { describe, expect, test } from "vitest";
import { Bernoulli, Normal, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { add, mul, parameter, reshape, sum, type Tensor } from "../../bindings/graph/index.ts";
import {
  type ExpectationOptions,
  expectation,
  movingAverage,
  rloo,
  scoreFunction,
} from "../../bindings/inference/index.ts";
import { type Executor, inline, shared } from "../../bindings/parallel/index.ts";
import { key } from "../../bindings/random/index.ts";
import { shuffled } from "./orders.ts";

const total = (z: Tensor): Tensor =>
  sum(reshape(z, [z.shape[0] as number, z.size / (z.shape[0] as number)]), { axis: 1 });

const bits = shared("bits", ({ shift }: { shift: number }) => {
  const parameters = { logits: parameter([3], [0.5, -1, 2]), offset: parameter([1], [shift]) };
  return {
    parameters,
    distribution: () => new Bernoulli({ logits: add(parameters.logits, parameters.offset) }),
    cost: (z: Tensor) => add(total(z), mul(total(z), total(z))),
    control: (z: Tensor) => total(z),
    estimator: rloo(),
    apart: scoreFunction(),
    learning: scoreFunction({ baseline: movingAverage() }),
  };
});

type Options = Partial<Pick<ExpectationOptions, "samples" | "quasi" | "antithetic" | "standardError" | "chunk">>;
const CASES: Record<string, Options & { control?: boolean; estimator?: "estimator" | "apart" }> = {
  plain: { samples: 10_001 },
  "a control variate": { samples: 5000, control: true },
  "pairs of opposite noise": { samples: 10_000, antithetic: true },
  "nets of points": { samples: 4096, quasi: true },
  "an early stop": { samples: 200_000, standardError: 0.03 },
  gradients: { samples: 7001, estimator: "estimator", chunk: 300 },
  "gradients of nets": { samples: 4096, quasi: true, estimator: "apart", chunk: 100 },
};

describe.each(Object.entries(CASES))("%s", (_, { control, estimator, ...options }) => {
  async function run(executor?: Executor, shard?: number) {
    const work = bits({ shift: 0.25 });
    // Not what it was made with: workers are sent the values as they are now.
    work.parameters.offset.set([0.75]);
    const found = await expectation(work.cost, work.distribution, {
      key: key(5),
      samples: 1000,
      ...options,
      ...(control && { control: { of: work.control, mean: 2 } }),
      ...(estimator && { estimator: work[estimator] }),
      ...(executor && { executor }),
      ...(shard && { shard }),
    });
    return { found, gradients: Object.values(work.parameters).map((each) => [...each.grad()]) };
  }

  test.each([undefined, 1, 1000, 1300, 1e6])(
    "shards of %s samples give the bits that there are without",
    async (shard) => {
      const alone = await run();
      expect(alone.found.standardError).toBeGreaterThan(0);
      if (estimator) expect(alone.gradients.flat().every((each) => each !== 0)).toBe(true);
      if (shard !== 1 || (options.samples as number) < 1e4) expect(await run(inline(), shard)).toEqual(alone);
      if (shard !== 1) expect(await run(shuffled(inline(), 2), shard)).toEqual(alone);
    },
  );
});

test("refuses parts that no worker could make, and estimators that remember", async () => {
  const work = bits({ shift: 0 });
  const other = bits({ shift: 0 });
  const options = { key: key(1), samples: 1000, executor: inline() };
  const law = new Normal({ loc: 0, scale: 1 });
  await expect(expectation((z: Tensor) => total(z), law, options)).rejects.toThrow(
    /^cost: expected what a function of shared/,
  );
  await expect(expectation(work.cost, law, options)).rejects.toThrow(/^distribution: .*shared.*got an object/);
  await expect(expectation(work.cost, other.distribution, options)).rejects.toThrow(
    /^distribution: .*a part of another call/,
  );
  await expect(expectation(work.cost, work.distribution, { ...options, estimator: rloo() })).rejects.toThrow(
    /^estimator: /,
  );
  await expect(expectation(work.cost, work.distribution, { ...options, estimator: work.learning })).rejects.toThrow(
    /^estimator: expected one that remembers nothing/,
  );
  await expect(expectation(work.cost, work.distribution, { ...options, executor: {} as Executor })).rejects.toThrow(
    /^executor: /,
  );
  await expect(expectation(work.cost, work.distribution, { key: key(1), samples: 9, shard: 3 })).rejects.toThrow(
    /^shard: expected an executor beside it/,
  );
});

test("as many shards as there are samples, or more", async () => {
  const work = bits({ shift: 0 });
  const options = { key: key(1), samples: 70_000, executor: inline(), shard: 1 };
  const { value } = await expectation(work.cost, work.distribution, options);
  const { executor: _, shard: __, ...alone } = options;
  expect(value).toBe((await expectation(work.cost, work.distribution, alone)).value);
});

const hidden = parameter([3]);
const hiding = shared("hiding", () => ({
  distribution: () => new OneHotCategorical({ logits: hidden }),
  cost: (z: Tensor) => total(mul(z, hidden)),
  estimator: rloo(),
}));

test("refuses gradients of a parameter that is not among the parts", async () => {
  const { cost, distribution, estimator } = hiding();
  const run = expectation(cost, distribution, { key: key(1), samples: 100, estimator, executor: inline() });
  await expect(run).rejects.toThrow(
    /^shared: expected a work with all of its parameters .* got another parameter, \[3\]/,
  );
});
