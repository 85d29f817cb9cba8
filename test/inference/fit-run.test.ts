import { afterEach, describe, expect, test } from "vitest";
import { LogNormal, Normal, OneHotCategorical } from "../../bindings/distributions/index.ts";
import {
  adam,
  clipGradients,
  loadCheckpoint,
  mul,
  parameter,
  saveCheckpoint,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import {
  type FitOptions,
  type FitProgress,
  fit as fitting,
  meanField,
  model,
  movingAverage,
  scoreFunction,
} from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";

// A fit as a process: what it does with its steps, interruptions and errors. What it maximizes: fit-objective, fit-bounds.

const X = Array.from({ length: 11 }, (_, i) => Math.sin(i) * 2 + (i % 2 ? 2 : -1));
const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
});

/** A mixture with uncertain scale, minibatches in chunks, an estimator that remembers: everything that a resume has to carry. */
function started(options: Partial<FitOptions> = {}, hooks: { poison?: () => number; run?: () => void } = {}) {
  const data = { x: X };
  const parameters = { means: parameter([2], [-0.5, 0.5]) };
  const m = model(
    (p, { x }: { x: Tensor }) => {
      hooks.run?.();
      const s = p.latent("s", new LogNormal({ loc: 0, scale: 0.5 }));
      const z = p.local("z", new OneHotCategorical({ logits: [0, 0] }));
      p.observe("x", new Normal({ loc: sum(mul(z, parameters.means), { axis: -1 }), scale: p.perRow(s) }), x);
      if (hooks.poison) p.factor("poison", mul(p.perRow(s), tensor([hooks.poison()])));
    },
    { parameters },
  );
  const run = fitting(m, meanField(m, data, { key: key(7) }), data, {
    key: key(5),
    steps: 12,
    batch: 5,
    chunk: 2,
    every: 1,
    estimator: scoreFunction({ baseline: movingAverage({ decay: 0.8 }) }),
    optimizer: (all) => adam(all, { rate: 0.05 }),
    ...options,
  });
  open.push(run, ...Object.values(run.parameters));
  return run;
}
type Run = ReturnType<typeof started>;
const bits = ({ parameters }: Run): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, p]) => [name, [...new Uint32Array(p.toArray().slice().buffer)]]),
  );
const untimed = (each: FitProgress | undefined) => ({ ...each, seconds: 0 });

async function whole(options: Partial<FitOptions> = {}) {
  const run = started(options);
  const reports: unknown[] = [];
  await run.run((progress) => reports.push(untimed(progress)));
  return { run, reports, bits: bits(run), bytes: run.checkpoint() };
}

describe("the same call", () => {
  test("gives the same bits, reports and checkpoint; another key others", async () => {
    const [a, b, c] = await Promise.all([whole(), whole(), whole({ key: key(6) })]);
    expect(b.bits).toEqual(a.bits);
    expect(b.reports).toEqual(a.reports);
    expect(b.bytes).toEqual(a.bytes);
    expect(c.bits).not.toEqual(a.bits);
    expect(a.reports).toHaveLength(12);
    expect(a.reports[11]).toMatchObject({ step: 12, of: 12, boundOf: "discrete", tau: 1 });
    expect(a.run.hasEnded).toBe(true);
    expect(await a.run.run()).toBeUndefined();
  });

  test("has the parameters of model and guide, by name", () => {
    expect(Object.keys(started().parameters)).toEqual([
      "model.means",
      "guide.s.loc",
      "guide.s.logScale",
      "guide.z.logits",
    ]);
  });

  test("learns, and with it the model's own parameters", async () => {
    const run = started({ steps: 300, batch: 11, chunk: 256, every: 50, estimator: undefined as never });
    const reports: FitProgress[] = [];
    await run.run((progress) => reports.push(progress));
    expect(reports.map(({ step }) => step)).toEqual([50, 100, 150, 200, 250, 300]);
    expect(reports[5].bound).toBeGreaterThan(reports[0].bound + 1);
    expect(reports.every(({ standardError }) => standardError > 0 && standardError < 1)).toBe(true);
  });
});

describe("interrupted and gone on with, it gives the bits of an uninterrupted one", () => {
  test("by break, in the same object", async () => {
    const { bits: expected, reports } = await whole();
    const run = started();
    const seen: unknown[] = [];
    while (!run.hasEnded)
      for await (const progress of run) {
        seen.push(untimed(progress));
        if (progress.step % 3 === 2) break;
      }
    expect(bits(run)).toEqual(expected);
    expect(seen).toEqual(reports);
    expect(run.step).toBe(12);
  });

  test("by a signal, and from a checkpoint in another object", async () => {
    const { bits: expected, reports, bytes } = await whole();
    for (const stop of [1, 4, 5, 11]) {
      const controller = new AbortController();
      const first = started({ signal: controller.signal });
      const reason = new Error("enough");
      const seen: unknown[] = [];
      const running = first.run((progress) => {
        seen.push(untimed(progress));
        if (progress.step === stop) controller.abort(reason);
      });
      await expect(running).rejects.toBe(reason);
      expect(first.step).toBe(stop);
      await expect(first.run()).rejects.toBe(reason);
      // As a file, or in JSON.
      const saved = Buffer.from(JSON.parse(JSON.stringify(Buffer.from(first.checkpoint()))).data);
      const second = started({ resume: saved });
      expect(second.step).toBe(stop);
      await second.run((progress) => seen.push(untimed(progress)));
      expect(bits(second)).toEqual(expected);
      expect(seen).toEqual(reports);
      expect(second.checkpoint()).toEqual(bytes);
    }
  });

  test("with reports of several steps, the window of one that is cut goes on too", async () => {
    const { reports } = await whole({ every: 4 });
    const first = started({ every: 1 });
    for await (const { step } of first) if (step === 4) break;
    // Four more steps, two of them before the checkpoint.
    const second = started({ every: 4, resume: first.checkpoint() });
    const seen: unknown[] = [];
    await second.run((progress) => seen.push(untimed(progress)));
    expect(seen).toEqual(reports.slice(1));
  });

  test("a checkpoint taken in the middle of a step is that of the last whole one", async () => {
    const taken: Uint8Array[] = [];
    let run: Run | undefined;
    // Each of the three chunks of a step runs the density.
    run = started({ steps: 3 }, { run: () => run && taken.push(run.checkpoint()) });
    const states: Uint8Array[] = [run.checkpoint()];
    for await (const _ of run) states.push(run.checkpoint());
    expect(taken.length).toBe(9);
    for (const each of taken) expect(states.some((state) => Buffer.compare(state, each) === 0)).toBe(true);
  });

  test("one that has ended has ended", async () => {
    const { bytes } = await whole();
    const again = started({ resume: bytes });
    expect(again.hasEnded).toBe(true);
    expect(await again.run()).toBeUndefined();
    // More steps are another matter.
    const more = started({ resume: bytes, steps: 14 });
    expect((await more.run())?.step).toBe(14);
  });
});

describe("a checkpoint of something else is refused, and changes nothing", () => {
  test.each<[string, Partial<FitOptions>, (bytes: Uint8Array, run: Run) => Uint8Array, RegExp]>([
    [
      "another key",
      { key: key(99) },
      (bytes) => bytes,
      /^CheckpointError: resume: expected a checkpoint of a fit with the same key/,
    ],
    ["fewer steps", { steps: 2 }, (bytes) => bytes, /resume: expected a checkpoint of 2 steps at most, got 3/],
    [
      "another batch",
      { batch: 4 },
      (bytes) => bytes,
      /expected a checkpoint of a fit of 11 rows in batches of 4, got one of 11 in batches of 5/,
    ],
    [
      "an estimator that remembers nothing",
      { estimator: scoreFunction() },
      (bytes) => bytes,
      /resume: expected what estimators of nothing remember, got z/,
    ],
    ["another optimizer", { optimizer: (p) => adam({ one: p["model.means"] }) }, (bytes) => bytes, /optimizer/],
    ["cut", {}, (bytes) => bytes.slice(0, -4), /checksum/],
    ["parameters alone", {}, (_, { parameters }) => saveCheckpoint({ parameters }), /optimizer/],
    ["no bytes", {}, () => "x" as never, /bytes: expected a Uint8Array/],
  ])("%s", async (_, options, change, message) => {
    const first = started();
    for await (const { step } of first) if (step === 3) break;
    const bytes = change(first.checkpoint(), first);
    const data = { x: X };
    const means = parameter([2], [-0.5, 0.5]);
    const m = model(
      (p, { x }: { x: Tensor }) => {
        const s = p.latent("s", new LogNormal({ loc: 0, scale: 0.5 }));
        const z = p.local("z", new OneHotCategorical({ logits: [0, 0] }));
        p.observe("x", new Normal({ loc: sum(mul(z, means), { axis: -1 }), scale: p.perRow(s) }), x);
      },
      { parameters: { means } },
    );
    const guide = meanField(m, data, { key: key(7) });
    const estimator = scoreFunction({ baseline: movingAverage({ decay: 0.8 }) });
    const before = estimator.memory?.state;
    let error: unknown;
    try {
      fitting(m, guide, data, { key: key(5), steps: 12, batch: 5, estimator, ...options, resume: bytes });
    } catch (thrown) {
      error = thrown;
    }
    expect(String(error)).toMatch(message);
    expect([...means.toArray()]).toEqual([-0.5, 0.5]);
    expect(estimator.memory?.state).toEqual(before);
    for (const each of [means, ...Object.values(guide.parameters)]) each.dispose();
  });
});

describe("its options", () => {
  test("every: the mean of the bounds since the last report, with the standard error of that", async () => {
    const single = (await whole()).reports as FitProgress[];
    const several = (await whole({ every: 5 })).reports as FitProgress[];
    expect(several.map(({ step }) => step)).toEqual([5, 10, 12]);
    for (const [i, [from, to]] of [
      [0, 5],
      [5, 10],
      [10, 12],
    ].entries()) {
      const bounds = single.slice(from, to).map(({ bound }) => bound);
      const mean = bounds.reduce((so, each) => so + each) / bounds.length;
      const variance = bounds.reduce((so, each) => so + (each - mean) ** 2, 0) / (bounds.length - 1);
      expect(several[i].bound).toBeCloseTo(mean, 9);
      expect(several[i].standardError).toBeCloseTo(Math.sqrt(variance / bounds.length), 9);
      expect(single[to - 1].standardError).toBeNaN();
      expect(several[i].gradNorm).toBe(single[to - 1].gradNorm);
    }
  });

  test("patience: ends after so many reports that are not better than the best", async () => {
    // A rate of 0: nothing is learned, and only the noise of the bounds decides.
    const single = (await whole({ steps: 40, schedule: { rate: 0 } })).reports as FitProgress[];
    let [best, waited, end] = [-Infinity, 0, 0];
    for (const { bound, step } of single) {
      waited = bound > best ? 0 : waited + 1;
      best = Math.max(best, bound);
      if (waited === 3) {
        end = step;
        break;
      }
    }
    const { reports, run } = await whole({ steps: 40, schedule: { rate: 0 }, patience: 3 });
    expect(end).toBeGreaterThan(3);
    expect(end).toBeLessThan(40);
    expect(reports).toEqual(single.slice(0, end));
    expect([run.step, run.hasEnded]).toEqual([end, true]);
    const again = started({ steps: 40, schedule: { rate: 0 }, patience: 3, resume: run.checkpoint() });
    expect(again.hasEnded).toBe(true);
  });

  test("maxNorm: a longer gradient is scaled to it, and its own norm is reported", async () => {
    const sgd = (maxNorm?: number) => {
      const run = started({
        steps: 1,
        ...(maxNorm && { maxNorm }),
        schedule: { rate: 1 },
        optimizer: (all) => {
          // What the gradient is when the step is taken.
          const inner = adam(all);
          const step = inner.step.bind(inner);
          inner.step = (options) => {
            norms.push(clipGradients(all, 1e30));
            step(options);
          };
          return inner;
        },
      });
      return run.run();
    };
    const norms: number[] = [];
    const whole = await sgd();
    const clipped = await sgd(0.5);
    const loose = await sgd(1e6);
    expect(whole?.gradNorm).toBeGreaterThan(0.5);
    expect(norms[0]).toBe(whole?.gradNorm);
    expect(clipped?.gradNorm).toBe(whole?.gradNorm);
    expect(norms[1]).toBeCloseTo(0.5, 5);
    expect([loose?.gradNorm, norms[2]]).toEqual([whole?.gradNorm, whole?.gradNorm]);
  });

  test("a rate of the schedule is that of the step", async () => {
    const run = started({ steps: 5, schedule: { rate: { type: "linear", initial: 0, final: 0, steps: 5 } } });
    const before = bits(run);
    await run.run();
    expect(bits(run)).toEqual(before);
  });
});

describe("beside other work", () => {
  test("one loop at a time; the second is refused, the first goes on", async () => {
    const { bits: expected } = await whole();
    const run = started();
    for await (const { step } of run)
      if (step === 2)
        await expect(run.run()).rejects.toThrow("fit: expected one loop over it at a time, got a second one");
    expect(bits(run)).toEqual(expected);
  });

  test("two fits side by side have the bits that each has alone", async () => {
    const alone = [await whole(), await whole({ key: key(8) })].map((each) => each.bits);
    const together = await Promise.all([whole(), whole({ key: key(8) })]);
    expect(together.map((each) => each.bits)).toEqual(alone);
  });

  test("what is told of progress is waited for", async () => {
    const run = started({ steps: 3 });
    const order: string[] = [];
    await run.run(async ({ step }) => {
      order.push(`begin ${step}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      order.push(`end ${step} at ${run.step}`);
    });
    expect(order).toEqual(["begin 1", "end 1 at 1", "begin 2", "end 2 at 2", "begin 3", "end 3 at 3"]);
  });

  test("timers have their turn while it runs", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    // Each chunk takes longer than a turn is.
    const busy = (): void => {
      const until = performance.now() + 3;
      while (performance.now() < until);
    };
    try {
      await started({ steps: 4, every: 4 }, { run: busy }).run();
      expect(ticks).toBeGreaterThan(0);
    } finally {
      clearInterval(timer);
    }
  });
});

describe("an error in the middle of a step", () => {
  test.each([
    ["a density that is NaN", () => Number.NaN],
    [
      "an error of the user's own",
      () => {
        throw new Error("out of ideas");
      },
    ],
  ])(
    "%s: parameters, optimizer and memories are those of the last whole step, and the fit can go on",
    async (_, bad) => {
      let isBad = false;
      let calls = 0;
      // In the last of the three chunks of a step: earlier ones left gradients, and estimators remember them.
      const poison = (): number => (isBad && ++calls > 2 ? bad() : 0);
      const expected = started({}, { poison: () => 0 });
      await expected.run();
      const run = started({}, { poison });
      for await (const { step } of run) if (step === 4) break;
      const before = run.checkpoint();
      isBad = true;
      await expect(run.run()).rejects.toThrow(/poison|ideas/);
      expect(run.step).toBe(4);
      expect(run.checkpoint()).toEqual(before);
      for (const each of Object.values(run.parameters)) expect(each.grad().every((g) => g === 0)).toBe(true);
      isBad = false;
      await run.run();
      expect(bits(run)).toEqual(bits(expected));
      loadCheckpoint(run.checkpoint(), { parameters: run.parameters });
    },
  );
});
