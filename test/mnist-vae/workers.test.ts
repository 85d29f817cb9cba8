// Who computes decides no bit of a run: this thread, workers that take a piece at a time, threads; nor who did before it was stopped.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { meanOfRows } from "reparam/inference";
import { type Executor, inline } from "reparam/parallel";
import { describe, expect, test, vi } from "vitest";
import { encodeState, restoreState } from "../../examples/mnist-vae/checkpoint.ts";
import { runJob } from "../../examples/mnist-vae/job.ts";
import { defaults, parseOptions, type Settings } from "../../examples/mnist-vae/options.ts";
import { createState, disposeState } from "../../examples/mnist-vae/state.ts";
import { type Ended, start, TINY_MAIN } from "./processes.ts";
import { temporaryFolder, writeTinyMnist } from "./tiny-mnist.ts";

// A process with threads takes some seconds, on a loaded machine many.
vi.setConfig({ testTimeout: 120_000 });

const dataFolder = writeTinyMnist(300, 60);
/** Batches of 80 and one of 60, whose last piece is smaller. */
const SETTINGS = ["--epochs", "2", "--batch", "80", "--piece", "25", "--seed", "4"];

const checkpointIn = (folder: string): Buffer => readFileSync(join(folder, "checkpoint.bin"));

/** The checkpoint of a run in this process. */
async function runHere(args: string[], executor?: Executor): Promise<Buffer> {
  const out = temporaryFolder();
  const output = new PassThrough() as unknown as NodeJS.WriteStream;
  output.resume();
  await runJob(parseOptions([...args, "--out", out]), { output, dataFolder, ...(executor && { executor }) });
  return checkpointIn(out);
}

/** A run in a process of its own, stopped by Ctrl-C at a text, if given. */
async function runThere(args: string[], stopAt?: string): Promise<Ended & { waited: number }> {
  let stopped: number | undefined;
  const ended = await start(
    [dataFolder, ...args],
    (text, child) => {
      if (!stopAt || stopped !== undefined || !text.includes(stopAt)) return;
      stopped = performance.now();
      child.kill("SIGINT");
    },
    TINY_MAIN,
  );
  return { ...ended, waited: performance.now() - (stopped ?? 0) };
}

const whole = runHere(SETTINGS);

describe("a run", () => {
  test.each([1, 2, 7])("has the same bits from an executor of %s", async (size) => {
    expect((await runHere(SETTINGS, { ...inline(), size })).equals(await whole)).toBe(true);
  });

  test("has other bits in other pieces", async () => {
    expect((await runHere([...SETTINGS, "--piece", "80"])).equals(await whole)).toBe(false);
  });

  test.each(["1", "2"])("has the same bits from %s threads", async (workers) => {
    const out = temporaryFolder();
    expect(await runThere([...SETTINGS, "--out", out, "--workers", workers])).toMatchObject({ code: 0, stderr: "" });
    expect(checkpointIn(out).equals(await whole)).toBe(true);
  });

  test("that threads compute ends within 2 s of a Ctrl-C, and goes on without them to the same bits", async () => {
    const out = temporaryFolder();
    const threads = ["--workers", "2"];
    const first = await runThere([...SETTINGS, "--out", out, ...threads], "step 1/");
    expect(first).toMatchObject({ code: 130, stderr: "" });
    expect(first.waited).toBeLessThan(2000);
    expect(first.stdout).toMatch(/stopped after step [1-7] of 8/);
    expect(existsSync(join(out, "report.html"))).toBe(false);
    const resume = ["--resume", join(out, "checkpoint.bin")];
    const second = await runThere([...resume, ...threads], "epoch 1: ");
    expect(second).toMatchObject({ code: 130, stderr: "" });
    expect(second.waited).toBeLessThan(2000);
    expect(await runThere(resume)).toMatchObject({ code: 0, stderr: "" });
    expect(checkpointIn(out).equals(await whole)).toBe(true);
  });
});

describe("pieces", () => {
  test("draw what the whole batch draws", async () => {
    const state = createState(defaults, dataFolder);
    const values = await Promise.all(
      [100, 33].map((piece) =>
        meanOfRows(state.work.objective, { rows: 100, piece, input: { step: 1, tau: 0.5 }, gradients: false }),
      ),
    );
    // Noise of its own in each piece would move the mean by about 1 nat.
    expect(values[1]?.value).toBeCloseTo(values[0]?.value ?? 0, 4);
    disposeState(state);
  });

  test("are a setting of the checkpoint", async () => {
    const path = join(temporaryFolder(), "checkpoint.bin");
    writeFileSync(path, await whole);
    expect(() => restoreState(path, { piece: 80 })).toThrow(expect.objectContaining({ argument: "--piece" }));
  });

  test("are whole batches where a checkpoint is of a time before them", () => {
    const path = join(temporaryFolder(), "checkpoint.bin");
    const old = createState({ ...defaults, batch: 250 });
    const { piece: _, ...settings } = old.settings;
    // As it was: JSON without the name.
    writeFileSync(path, encodeState({ ...old, settings: settings as Settings }));
    const state = restoreState(path, {});
    expect(state.settings).toEqual({ ...defaults, batch: 250, piece: 250 });
    for (const each of [old, state]) disposeState(each);
  });
});
