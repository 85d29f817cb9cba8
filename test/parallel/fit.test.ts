// Parameters after some steps: the same bits with and without workers, in any shards, and after an interruption.

import { describe, expect, test } from "vitest";
import { LogNormal, Normal, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { adam, mul, parameter, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import {
  type FitOptions,
  type FitProgress,
  fit,
  meanField,
  model,
  movingAverage,
  rebar,
  rloo,
  scoreFunction,
} from "../../bindings/inference/index.ts";
import { decode, encode } from "../../bindings/inference/shards/wire.ts";
import { type Executor, inline, shared } from "../../bindings/parallel/index.ts";
import { key, normal } from "../../bindings/random/index.ts";

const ROWS = 40;

const mixture = shared("mixture of two", ({ poisoned = -1 }: { poisoned?: number }) => {
  const noise = normal(key(1), ROWS);
  const data = { x: noise.map((e, i) => (i % 3 === 0 ? 2 : -1) + 0.3 * e), number: noise.map((_, i) => i) };
  const parameters = { means: parameter([2], [-0.5, 0.5]) };
  const m = model(
    (p, { x, number }: { x: Tensor; number: Tensor }) => {
      const s = p.latent("s", new LogNormal({ loc: 0, scale: 0.5 }));
      const z = p.local("z", new OneHotCategorical({ logits: [0, 0] }));
      p.observe("x", new Normal({ loc: sum(mul(z, parameters.means), { axis: -1 }), scale: p.perRow(s) }), x);
      const sizes = number.toArray().map((i) => (i === poisoned ? 3e38 : 0));
      p.factor("poison", mul(2, tensor(sizes)));
    },
    { parameters },
  );
  const learning = scoreFunction({ baseline: movingAverage() });
  return {
    model: m,
    guide: meanField(m, data, { key: key(7) }),
    data,
    estimator: rloo(),
    learning,
    tuning: rebar({ learn: 0.1 }),
  };
});

type Part = "estimator" | "learning" | "tuning";

const untimed = (each: FitProgress): FitProgress => ({ ...each, seconds: 0 });

function started(options: Partial<FitOptions> = {}, part?: Part) {
  const work = mixture({});
  const run = fit(work.model, work.guide, work.data, {
    key: key(5),
    steps: 10,
    batch: 30,
    chunk: 4,
    every: 3,
    optimizer: (all) => adam(all, { rate: 0.05 }),
    ...options,
    ...(part && { estimator: work[part] }),
  });
  return { run, work };
}

async function fitted(options: Partial<FitOptions> = {}, part?: Part) {
  const { run } = started(options, part);
  const reports: unknown[] = [];
  await run.run((progress) => reports.push(untimed(progress)));
  return { reports, bytes: run.checkpoint() };
}

/** The shards in another order, each twice. */
const backwards = (inner: Executor): Executor => ({
  size: 3,
  async *map({ shards, ...task }, signal) {
    const turned = { ...task, shards: [...shards].reverse() };
    for await (const outcome of inner.map(turned, signal)) {
      const told = { ...outcome, shard: shards.length - 1 - outcome.shard };
      yield told;
      yield told;
    }
  },
  dispose: () => inner.dispose(),
});

describe("a fit with workers", () => {
  test.each([
    ["mini-batches", {}],
    ["an estimator of the work", {}, "estimator"],
    ["an estimator that learns", {}, "learning"],
    ["another that learns", {}, "tuning"],
    ["all rows at once", { batch: ROWS, chunk: 7 }],
    ["schedules", { schedule: { tau: { type: "exponential", initial: 1, rate: 0.1 }, temperature: 0.5 } }],
  ] as const)("has the bits of one without: %s", async (_, options, part?: Part) => {
    const alone = await fitted(options, part);
    expect(alone.reports.length).toBe(4);
    for (const shard of [undefined, 1, 3, 100]) {
      const sized = shard === undefined ? {} : { shard };
      expect(await fitted({ ...options, executor: inline(), ...sized }, part)).toEqual(alone);
      expect(await fitted({ ...options, executor: backwards(inline()), ...sized }, part)).toEqual(alone);
    }
  });

  test("goes on with other workers, or none", async () => {
    const alone = await fitted();
    const half = started({ executor: inline(), shard: 2 }).run;
    for await (const { step } of half) if (step === 6) break;
    for (const executor of [undefined, inline()]) {
      const rest = await fitted({ resume: half.checkpoint(), ...(executor && { executor }) });
      expect(rest.bytes).toEqual(alone.bytes);
    }
  });

  test("is cancelled in mid-step, with nothing of the step taken", async () => {
    const controller = new AbortController();
    const inner = inline();
    let shards = 0;
    const executor: Executor = {
      ...inner,
      async *map(task, signal) {
        for await (const outcome of inner.map(task, signal)) {
          if (++shards === 12) controller.abort(new Error("enough of it"));
          yield outcome;
        }
      },
    };
    const { run } = started({ executor, shard: 1, signal: controller.signal });
    await expect(run.run()).rejects.toThrow("enough of it");
    // Of 8 shards each.
    expect(run.step).toBe(1);
    const { bytes } = await fitted();
    expect((await fitted({ resume: run.checkpoint() })).bytes).toEqual(bytes);
  });

  test("says what a worker found, and where, and changes nothing", async () => {
    const messages: string[] = [];
    for (const executor of [undefined, inline()]) {
      const work = mixture({ poisoned: 17 });
      const run = fit(work.model, work.guide, work.data, {
        key: key(5),
        steps: 10,
        chunk: 4,
        ...(executor && { executor, shard: 1 }),
      });
      const before = run.checkpoint();
      messages.push(await run.run().then(String, ({ message }) => message));
      expect(run.checkpoint()).toEqual(before);
    }
    expect(messages[0]).toMatch(/Infinity|NaN/);
    expect(messages[1]).toBe(messages[0]);
  });

  test.each([
    ["of what all objects have", ["constructor", 1]],
    ["of nobody", [9, 1]],
    ["of no number", [0, "1"]],
    ["without numbers", [0]],
    ["of too many", [0, 1, 2, 3]],
  ])("refuses a lesson %s, before anything is learned", async (_, lesson) => {
    const inner = inline();
    const executor: Executor = {
      ...inner,
      async *map(task, signal) {
        for await (const outcome of inner.map(task, signal)) {
          if (!("partial" in outcome)) continue;
          const answer = decode(outcome.partial) as { value: Record<string, unknown> };
          const value = { ...answer.value, lessons: [lesson] };
          yield { ...outcome, partial: encode({ ...answer, value } as never) };
        }
      },
    };
    const { run } = started({ executor }, "learning");
    const before = run.checkpoint();
    await expect(run.run()).rejects.toThrow(/^shard 0 of 1: .*partial: expected lessons for estimators/);
    expect(run.checkpoint()).toEqual(before);
  });

  test("refuses what workers cannot make, and estimators that remember", () => {
    const work = mixture({});
    const options = { key: key(5), steps: 10, executor: inline() };
    const start = (more: Partial<FitOptions>, data = work.data) =>
      fit(work.model, work.guide, data, { ...options, ...more });
    expect(() => start({}, { ...work.data })).toThrow(/^data: expected what a function of shared/);
    expect(() => start({ estimator: rloo() })).toThrow(/^estimator: expected what a function of shared/);
    expect(() => start({ shard: 0 })).toThrow(/^shard: /);
    const { executor: _, ...alone } = options;
    expect(() => fit(work.model, work.guide, work.data, { ...alone, shard: 2 })).toThrow(/^shard: .*executor/);
  });
});
