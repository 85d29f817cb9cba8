import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type Ended, start, TINY_MAIN } from "./processes.ts";
import { temporaryFolder, writeTinyMnist } from "./tiny-mnist.ts";

// Starting a process and loading the real images takes seconds on a loaded machine.
vi.setConfig({ testTimeout: 60_000 });

test("bad input ends with exit code 2 and one line that names it", async () => {
  const { code, stdout, stderr } = await start(["--epochs", "many"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain("--epochs");
});

test("Ctrl-C saves and says how to go on", async () => {
  const out = temporaryFolder();
  const { code, stdout, stderr } = await start(["--out", out, "--batch", "20"], (text, child) => {
    if (text.includes("step 1/") && !child.killed) child.kill("SIGINT");
  });
  expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
  expect(stdout).toContain(`--resume ${join(out, "checkpoint.bin")}`);
  expect(existsSync(join(out, "checkpoint.bin"))).toBe(true);
  expect(existsSync(join(out, "report.html"))).toBe(false);
});

test("stopped by Ctrl-C in the middle of two epochs, ends with the same checkpoint as a run in a piece", async () => {
  const dataFolder = writeTinyMnist(1600, 60);
  const run = (args: string[], stopAt?: string) => {
    let stopped = false;
    return start(
      [dataFolder, ...args],
      (text, child) => {
        if (!stopAt || stopped || !text.includes(stopAt)) return;
        stopped = true;
        child.kill("SIGINT");
        // A launcher such as tsx passes on what the terminal has sent already.
        setTimeout(() => child.kill("SIGINT"), 20);
      },
      TINY_MAIN,
    );
  };
  const stepOf = ({ stdout }: Ended) => Number(/stopped after step (\d+) of 160/.exec(stdout)?.[1]);
  const settings = ["--epochs", "2", "--batch", "20", "--seed", "4"];
  const [out, wholeOut] = [temporaryFolder(), temporaryFolder()];
  const checkpoint = join(out, "checkpoint.bin");

  const whole = run([...settings, "--out", wholeOut]);
  const first = await run([...settings, "--out", out], "step 1/");
  expect(first).toMatchObject({ code: 130, stderr: "" });
  expect(stepOf(first)).toBeGreaterThanOrEqual(1);
  expect(stepOf(first)).toBeLessThan(80);
  const second = await run(["--resume", checkpoint], "epoch 1: ");
  expect(second).toMatchObject({ code: 130, stderr: "" });
  expect(stepOf(second)).toBeGreaterThanOrEqual(80);
  expect(stepOf(second)).toBeLessThan(160);
  expect(await run(["--resume", checkpoint])).toMatchObject({ code: 0, stderr: "" });

  expect(await whole).toMatchObject({ code: 0, stderr: "" });
  expect(readFileSync(checkpoint).equals(readFileSync(join(wholeOut, "checkpoint.bin")))).toBe(true);
});
