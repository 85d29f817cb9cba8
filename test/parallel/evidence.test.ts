// Bounds of the evidence: the same bits with and without workers, in any shards, any order of arrival, and after results that are none.

import { describe, expect, test } from "vitest";
import { Bernoulli, LogNormal, Normal } from "../../bindings/distributions/index.ts";
import { mul, parameter, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { type EvidenceOptions, evidence, guide, meanField, model } from "../../bindings/inference/index.ts";
import type { Data } from "../../bindings/inference/shards/wire.ts";
import { type Executor, inline, shared } from "../../bindings/parallel/index.ts";
import { key, normal } from "../../bindings/random/index.ts";
import { changed, counted, shuffled } from "./orders.ts";

const ROWS = 23;

const pair = shared("two bits of a row", ({ isGlobal }: { isGlobal: boolean }) => {
  const data = { x: normal(key(1), ROWS).map((e, i) => (i % 3) + 0.5 * e) };
  const weights = parameter([2], [1, 1.2]);
  const m = model(
    (p, { x }: { x: Tensor }) => {
      const b = p.local("b", new Bernoulli({ logits: tensor([0.4, -0.6], [1, 2]) }));
      const scale = isGlobal ? p.perRow(p.latent("s", new LogNormal({ loc: 0, scale: 0.5 }))) : 0.5;
      p.observe("x", new Normal({ loc: sum(mul(b, weights), { axis: -1 }), scale }), x);
    },
    { parameters: { weights } },
  );
  return { model: m, guide: meanField(m, data, { key: key(3) }), data };
});

const alone = shared("a model without data", () => {
  const parameters = { loc: parameter([], [0.25]) };
  return {
    model: model((p) => {
      const z = p.latent("z", new Normal({ loc: 0, scale: 1 }));
      p.factor("likelihood", mul(-1, mul(z, z)));
    }),
    guide: guide(() => ({ z: new Normal({ loc: parameters.loc, scale: 0.8 }) }), { parameters }),
    data: undefined,
  };
});

type Options = Partial<EvidenceOptions>;
const base = { key: key(2), samples: 40 };

async function ofPair({ isGlobal = false, ...options }: Options & { isGlobal?: boolean }) {
  const work = pair({ isGlobal });
  // Not what they were made with: workers are sent the values as they are now.
  work.model.parameters.weights?.set([0.7, 1.5]);
  const [logits] = Object.values(work.guide.parameters);
  logits?.set(logits.toArray().map((_, i) => 0.1 * i - 1));
  return evidence(work.model, work.guide, work.data, { ...base, ...options });
}

async function ofAlone(options: Options) {
  const work = alone();
  work.guide.parameters.loc?.set([-0.5]);
  return evidence(work.model, work.guide, work.data, { ...base, ...options });
}

const CASES: Record<string, (given: Options) => ReturnType<typeof ofPair>> = {
  "pieces of rows": (given) => ofPair({ chunk: 4, ...given }),
  "samples together": (given) => ofPair({ chunk: 10, together: 5, ...given }),
  "latents of all beside those of rows": (given) => ofPair({ isGlobal: true, chunk: 7, ...given }),
  "one piece": (given) => ofPair(given),
  "no data": ofAlone,
};

describe.each(Object.entries(CASES))("%s", (_, run) => {
  test.each([undefined, 1, 7, 1000])("shards of %s bounds give the bits that there are without", async (shard) => {
    const found = await run({});
    expect(found.standardError).toBeGreaterThan(0);
    const sizes = shard === undefined ? {} : { shard };
    expect(await run({ executor: inline(), ...sizes })).toEqual(found);
    expect(await run({ executor: shuffled(inline(), 2), ...sizes })).toEqual(found);
  });
});

test("a unit is a piece in a repetition, and progress tells of repetitions that are complete", async () => {
  const executor = counted(inline(), 3);
  const told: number[] = [];
  const onProgress = ({ done, of }: { done: number; of: number }): unknown => told.push(of === 40 ? done : -1);
  await ofPair({ executor, chunk: 4, onProgress });
  // 40 repetitions of 6 pieces, 5 or so in each of 16 shards a worker.
  expect(executor.maps).toEqual([48]);
  expect(told.length).toBe(48);
  expect(told.slice(0, 3)).toEqual([0, 1, 2]);
  expect(told.at(-1)).toBe(40);
  const turned: number[] = [];
  await ofPair({ executor: shuffled(inline(), 2), shard: 9, chunk: 4, onProgress: ({ done }) => turned.push(done) });
  expect(turned).toEqual([...turned].sort((a, b) => a - b));
  expect([turned.length, turned.at(-1)]).toEqual([27, 40]);
});

const WRONG: Record<string, (value: Record<string, Data>) => Data> = {
  "no object": () => null,
  "too few numbers": (value) => ({ ...value, bounds: (value.bounds as Float64Array).slice(1) }),
  "too many numbers": (value) => ({ ...value, bounds: new Float64Array(9) }),
  "numbers of another type": (value) => ({ ...value, bounds: Float32Array.from(value.bounds as Float64Array) }),
  "no numbers": ({ bounds: _, ...value }) => value,
  "a bound of nothing known": (value) => ({ ...value, of: "constructor" }),
};

describe.each(Object.entries(WRONG))("a partial result with %s", (_, change) => {
  const options = { chunk: 4, shard: 8 };

  test("is refused, and names the shard", async () => {
    await expect(ofPair({ ...options, executor: changed(inline(), change) })).rejects.toThrow(
      /^shard 0 of 30: expected a partial result in 3 attempts, got MessageError: partial/,
    );
  });

  test("does not reach the sums, if the next one is right", async () => {
    expect(await ofPair({ ...options, executor: changed(inline(), change, 4) })).toEqual(await ofPair({ chunk: 4 }));
  });
});

test("errors are those that there are without", async () => {
  const executor = inline();
  const [work, other] = [pair({ isGlobal: true }), pair({ isGlobal: true })];
  await expect(evidence(work.model, work.guide, { x: [1, 2] }, { ...base, executor })).rejects.toThrow(
    /^(data: expected what a function of shared|guide)/,
  );
  await expect(evidence(work.model, other.guide, work.data, { ...base, executor })).rejects.toThrow(
    /^guide: .*a part of another call/,
  );
  await expect(ofPair({ shard: 3 })).rejects.toThrow(/^shard: expected an executor beside it/);
  await expect(ofPair({ executor: {} as Executor })).rejects.toThrow(/^executor: /);
  // Latents of all beside those of rows have no weights together.
  for (const each of [{}, { executor }])
    await expect(ofPair({ isGlobal: true, together: 3, ...each })).rejects.toThrow(/^bound: expected the ELBO/);
  await expect(ofPair({ executor, signal: AbortSignal.abort(new Error("stopped")) })).rejects.toThrow("stopped");
  const onProgress = (): void => {
    throw new Error("no more");
  };
  await expect(ofPair({ executor, onProgress })).rejects.toThrow(/^no more$/);
});
