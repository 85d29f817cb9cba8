import { foldIn, key } from "reparam";
import { step } from "reparam/graph";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importanceWeightedBound } from "../../examples/discrete-vae/bounds.ts";
import { type Data, gather, loadData } from "../../examples/discrete-vae/data.ts";
import { estimators, namesFor } from "../../examples/discrete-vae/estimators.ts";
import { gradientMoments, noiseToSignal, relativeBias } from "../../examples/discrete-vae/gradients.ts";
import {
  createModel,
  decode,
  disposeModel,
  encode,
  type Latent,
  lawOf,
  type Model,
} from "../../examples/discrete-vae/model.ts";
import { negativeElbo, pixels } from "../../examples/discrete-vae/objective.ts";
import { runJobs } from "../../examples/discrete-vae/program.ts";
import { type Job, keysOf, type Settings } from "../../examples/discrete-vae/train.ts";
import { PIXELS } from "../../examples/mnist-vae/mnist.ts";
import { writeTinyMnist } from "../mnist-vae/tiny-mnist.ts";

const settings: Settings = { steps: 20, batch: 25, rate: 1e-2, seed: 3, repetitions: 2 };
const LATENTS: readonly Latent[] = ["bernoulli", "categorical"];

/** Those that get somewhere in 20 steps. */
const QUICK: Record<Latent, readonly string[]> = {
  bernoulli: ["rloo", "disarm", "straightThrough"],
  categorical: ["rloo", "straightThroughGumbelSoftmax"],
};

let data: Data;
const models = {} as Record<Latent, Model>;
beforeAll(() => {
  data = loadData(writeTinyMnist(100, 10), keysOf(settings.seed).data);
  for (const latent of LATENTS) models[latent] = createModel(latent, data.train, key(1));
});
afterAll(() => Object.values(models).forEach(disposeModel));

const job = (latent: Latent, estimator: string): Job => ({ latent, estimator, samples: estimators[estimator].samples });

/** All that is written in a run. */
function recorder(): { output: NodeJS.WriteStream; text: () => string } {
  const lines: string[] = [];
  return { output: { write: (line: string) => lines.push(line) } as never, text: () => lines.join("") };
}

async function run(jobs: readonly Job[], compare = false, changed: Partial<Settings> = {}) {
  const results = await runJobs({ settings: { ...settings, ...changed }, jobs, compare }, data, recorder().output);
  return { ...results, runs: results.runs.map(({ seconds, ...rest }) => rest) };
}

describe.each(LATENTS)("with %s codes", (latent) => {
  test("the costs of a step are the same to the bit for every estimator", () => {
    const images = gather(data.train, [3, 1, 4, 15, 92]);
    const costs = namesFor(latent).map((name) =>
      step(() =>
        negativeElbo(models[latent], images, {
          key: key(7),
          estimator: estimators[name].make(),
          samples: 2,
        }).bounds.toArray(),
      ),
    );
    expect(costs.length).toBeGreaterThanOrEqual(6);
    for (const each of costs) expect(each).toEqual(costs[0]);
    const other = step(() =>
      negativeElbo(models[latent], images, {
        key: key(8),
        estimator: estimators.rloo.make(),
        samples: 2,
      }).bounds.toArray(),
    );
    expect(other).not.toEqual(costs[0]);
  });

  test("the bound improves", async () => {
    const { runs } = await run(QUICK[latent].map((name) => job(latent, name)));
    for (const { estimator, checkpoints } of runs) {
      const [first, last] = [checkpoints[0], checkpoints[checkpoints.length - 1]];
      expect(
        checkpoints.map((each) => each.step),
        estimator,
      ).toEqual([0, 2, 5, 10, 20]);
      expect(last.train, estimator).toBeLessThan(first.train - 5);
      expect(last.testIwae100, estimator).toBeLessThan(last.test);
    }
    // Before the first step nothing but the gradient's noise differs.
    expect(new Set(runs.map(({ checkpoints }) => checkpoints[0].train)).size).toBe(1);
    expect(new Set(runs.map(({ checkpoints }) => checkpoints[0].variance)).size).toBe(runs.length);
  });
});

test("the same seed gives the same results, another seed others", async () => {
  const jobs = [job("bernoulli", "rloo"), job("bernoulli", "straightThrough")];
  const short = { steps: 1, batch: 10 };
  const first = await run(jobs, true, short);
  expect(first.compared).toHaveLength(4);
  expect(await run(jobs, true, short)).toEqual(first);
  expect((await run(jobs, true, { ...short, seed: 4 })).runs[0].curve).not.toEqual(first.runs[0].curve);
});

test("a run of its own is the same as one after others", async () => {
  const [alone, nvil] = [job("bernoulli", "rloo"), job("bernoulli", "nvil")];
  const { runs } = await run([nvil, alone], false, { steps: 2, batch: 10 });
  expect(runs[1]).toEqual((await run([alone], false, { steps: 2, batch: 10 })).runs[0]);
});

test("evaluations of the decoder are counted", () => {
  const images = gather(data.train, [0, 1]);
  const evaluations = ["rloo", "disarm", "gumbelSoftmax", "straightThrough", "rebar"].map((name) =>
    step(() => {
      const { make, samples } = estimators[name];
      return negativeElbo(models.bernoulli, images, { key: key(7), estimator: make(), samples }).evaluations;
    }),
  );
  expect(evaluations).toEqual([2, 2, 2, 2, 3]);
});

test("the importance-weighted bound is that of its formula", async () => {
  const { bernoulli: model } = models;
  const used = gather(data.train, [0, 1, 2]);
  const root = key(11);
  const [q, codes, p] = step(() => {
    const logits = encode(model, pixels(used));
    const drawn = lawOf("bernoulli", logits).sample(foldIn(root, 0), { shape: [100] });
    return [logits, drawn, decode(model, drawn)].map((each) => each.toArray());
  });
  const logOf = (logit: number, bit: number): number => -Math.log1p(Math.exp(bit ? -logit : logit));
  let total = 0;
  for (let image = 0; image < 3; image++) {
    let weights = 0;
    for (let k = 0; k < 100; k++) {
      const row = 3 * k + image;
      let logWeight = -24 * Math.log(2);
      for (let i = 0; i < 24; i++) logWeight -= logOf(q[24 * image + i], codes[24 * row + i]);
      for (let i = 0; i < PIXELS; i++) logWeight += logOf(p[PIXELS * row + i], used.pixels[PIXELS * image + i]);
      weights += Math.exp(logWeight) / 100;
    }
    total -= Math.log(weights) / 3;
  }
  expect(await importanceWeightedBound(model, used, root)).toBeCloseTo(total, 3);
});

test("an aborted run ends with the signal's reason", async () => {
  const reason = new Error("enough");
  const running = runJobs(
    { settings, jobs: [job("bernoulli", "rloo")], compare: false },
    data,
    recorder().output,
    AbortSignal.abort(reason),
  );
  await expect(running).rejects.toBe(reason);
});

test("gradients are measured without a trace, and their moments are those of a longer sum", async () => {
  const images = gather(data.train, [0, 1, 2]);
  const repeated = { make: estimators.rloo.make, samples: 2, key: key(5) };
  const model = models.bernoulli;
  const few = await gradientMoments(model, images, { ...repeated, repetitions: 4 });
  expect(Object.values(model.encoder).every((each) => each.grad().every((g) => g === 0))).toBe(true);
  expect(Object.values(model.decoder).every((each) => each.grad().every((g) => g === 0))).toBe(true);
  const towards = few.mean;
  const more = await gradientMoments(model, images, { ...repeated, repetitions: 5, towards });
  // The fifth gradient is what the mean of five has beside that of four; its square makes the difference in variance.
  const fifth = more.mean.map((each, i) => 5 * each - 4 * few.mean[i]);
  const apart = fifth.reduce((sum, each, i) => sum + (each - few.mean[i]) ** 2, 0);
  expect(4 * more.variance).toBeCloseTo(3 * few.variance + (4 / 5) * apart, 6);
  expect(more.cosine).toBeGreaterThan(0);
  expect(more.cosine).toBeLessThan(1);
});

test("bias and noise are told less what the noise of the means adds", () => {
  const moments = (mean: number[], variance: number) => ({
    repetitions: 10,
    mean: Float64Array.from(mean),
    variance,
    cosine: 0,
  });
  const truth = moments([3, 4], 0.1);
  const { square, noise } = relativeBias(moments([3, 6], 5), truth);
  expect(noise).toBeCloseTo((0.5 + 0.01) / (25 - 0.01), 12);
  expect(square).toBeCloseTo((4 - 0.51) / (25 - 0.01), 12);
  expect(noiseToSignal(moments([3, 4], 5))).toBeCloseTo(5 / 24.5, 12);
});
