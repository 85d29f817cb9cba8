import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { ArgumentError } from "reparam";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { runJob, type Summary } from "../../examples/mnist-vae/job.ts";
import { type Options, parseOptions, type Settings } from "../../examples/mnist-vae/options.ts";
import { temporaryFolder, writeTinyMnist } from "./tiny-mnist.ts";

// A run takes half a second; a loaded machine may need many times that.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const TINY: Partial<Settings> = { epochs: 2, batch: 32, seed: 4 };

const dataFolder = writeTinyMnist(300, 60);

interface Result {
  out: string;
  text: string;
  summary: Summary | undefined;
}

/** Runs the job on 300 images; stops it after the line that contains `stopAt`, if given. */
async function run(options: Partial<Options>, stopAt?: string): Promise<Result> {
  const out = options.out ?? temporaryFolder();
  const controller = new AbortController();
  const output = new PassThrough() as unknown as NodeJS.WriteStream;
  let text = "";
  output.on("data", (chunk) => {
    text += chunk;
    if (stopAt && text.includes(stopAt)) controller.abort();
  });
  const all: Options = { ...parseOptions([]), given: TINY, ...options, out };
  const summary = await runJob(all, { output, signal: controller.signal, dataFolder });
  return { out, text, summary };
}

const checkpointOf = ({ out }: { out: string }) => join(out, "checkpoint.bin");

let whole: Result;
beforeAll(async () => {
  whole = await run({});
});

describe("a run", () => {
  test("lowers the objective and sums up", () => {
    const metrics = JSON.parse(readFileSync(join(whole.out, "metrics.json"), "utf8"));
    expect(metrics.epochs[1].train).toBeLessThan(metrics.epochs[0].train);
    expect(metrics.epochs[1].testDiscrete).toBeLessThan(metrics.epochs[0].testDiscrete);
    expect(whole.summary).toEqual({
      seconds: expect.any(Number),
      epochs: 2,
      trainBound: metrics.epochs[1].train,
      testBoundDiscrete: metrics.epochs[1].testDiscrete,
      testBoundIwae100: metrics.epochs[1].testIwae100,
      imagesPerSecond: expect.any(Number),
      seed: 4,
    });
  });

  test("ends with one line of JSON when asked to", async () => {
    const { text, summary } = await run({ given: { ...TINY, epochs: 1 }, json: true });
    expect(JSON.parse(text.trimEnd().split("\n").at(-1) ?? "")).toEqual(summary);
  });

  test("has an importance-weighted bound at least as tight as the −ELBO", () => {
    expect(whole.summary?.testBoundIwae100).toBeLessThan(whole.summary?.testBoundDiscrete ?? 0);
  });

  test("says each bound by name, in lines, where there is no terminal", () => {
    expect(whole.text).toContain("−ELBO of the relaxed model, training images, mean over the epoch");
    expect(whole.text).toContain("−ELBO of the discrete model");
    expect(whole.text).toContain("100-sample importance-weighted bound");
    expect(whole.text).not.toContain("\u001b");
  });

  test("writes a page with all its sections that loads nothing from anywhere", () => {
    const page = readFileSync(join(whole.out, "report.html"), "utf8");
    for (const id of ["reconstructions", "prior", "curves", "usage", "temperature", "dials"]) {
      expect(page).toContain(`<section id="${id}">`);
    }
    expect(page).not.toMatch(/https?:\/\//);
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
  });

  test("is the same to the last bit with the same seed, and another with another", async () => {
    const again = await run({});
    expect(readFileSync(checkpointOf(again)).equals(readFileSync(checkpointOf(whole)))).toBe(true);
    const other = await run({ given: { ...TINY, epochs: 1, seed: 5 } });
    expect(other.summary?.trainBound).not.toBe(whole.summary?.trainBound);
  });

  test("trains with hard codes too", async () => {
    const hard = await run({ given: { ...TINY, hard: true } });
    expect(hard.summary?.testBoundDiscrete).toBeLessThan(544);
  });
});

describe("a stopped run", () => {
  test.each([
    ["in mid-epoch", "step 1/"],
    ["between two epochs", "epoch 1: "],
  ])("%s, resumed, ends with the same bits as one in a piece", async (_, stopAt) => {
    const stopped = await run({}, stopAt);
    expect(stopped.summary).toBeUndefined();
    expect(stopped.text).toContain(`--resume ${checkpointOf(stopped)}`);
    expect(existsSync(join(stopped.out, "report.html"))).toBe(false);

    const resumed = await run({ given: {}, resume: checkpointOf(stopped) });
    expect(readFileSync(checkpointOf(resumed)).equals(readFileSync(checkpointOf(whole)))).toBe(true);
    expect(resumed.summary).toEqual({
      ...whole.summary,
      seconds: expect.any(Number),
      imagesPerSecond: expect.any(Number),
    });
  });

  test("is said to be finished when it is, and keeps all but its timing", async () => {
    const again = await run({ given: {}, resume: checkpointOf(whole) });
    expect(again.text).toContain("already finished at step 20");
    expect(again.text).not.toContain("going on");
    expect(again.summary).toEqual({ ...whole.summary, seconds: expect.any(Number), imagesPerSecond: 0 });
    expect(readFileSync(checkpointOf(again)).equals(readFileSync(checkpointOf(whole)))).toBe(true);
    expect(readFileSync(join(again.out, "report.html"), "utf8")).toContain("this session, nothing left to train");
    const [before, after] = [whole, again].map(({ out }) =>
      JSON.parse(readFileSync(join(out, "metrics.json"), "utf8")),
    );
    expect(after.units.timing).toContain("of the session that wrote this file");
    expect({ ...after, timing: undefined }).toEqual({ ...before, timing: undefined });
  });

  test("can be given more epochs", async () => {
    const short = await run({ given: { ...TINY, epochs: 1 } });
    const resumed = await run({ given: { epochs: 2 }, resume: checkpointOf(short) });
    expect(readFileSync(checkpointOf(resumed)).equals(readFileSync(checkpointOf(whole)))).toBe(true);
  });

  test.each([
    [{ seed: 5 }, "--seed"],
    [{ batch: 100 }, "--batch"],
    [{ hard: true }, "--hard"],
    [{ tauMin: 0.4 }, "--tau-min"],
    [{ rate: 1e-4 }, "--lr"],
    [{ epochs: 1 }, "--epochs"],
  ])("cannot go on with %o", async (given, argument) => {
    const resume = run({ given, resume: checkpointOf(whole) });
    await expect(resume).rejects.toThrow(ArgumentError);
    await expect(resume).rejects.toMatchObject({ argument });
  });
});

describe("bad files", () => {
  test("a folder that cannot be made is refused before training", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    for (const out of [file, join(file, "out")]) {
      await expect(run({ out })).rejects.toMatchObject({ name: "ArgumentError", argument: "--out" });
    }
  });

  test("a missing checkpoint is refused, and its folder not made", async () => {
    const out = join(temporaryFolder(), "missing");
    const resume = join(out, "none.bin");
    await expect(run({ resume, out })).rejects.toMatchObject({ name: "ArgumentError", argument: "--resume" });
    expect(existsSync(out)).toBe(false);
  });

  test.each([
    ["with a flipped bit", (bytes: Buffer) => bytes.fill(bytes[9000] ^ 1, 9000, 9001)],
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ["of another kind", () => Buffer.from("not a checkpoint")],
    ["empty", () => Buffer.alloc(0)],
  ])("a checkpoint %s is refused", async (_, damage) => {
    const resume = join(temporaryFolder(), "damaged.bin");
    writeFileSync(resume, damage(readFileSync(checkpointOf(whole))));
    await expect(run({ given: {}, resume })).rejects.toMatchObject({ name: "CheckpointError", argument: "--resume" });
  });
});
