import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError } from "reparam";
import { expect, test } from "vitest";
import { parseOptions } from "../../examples/discrete-vae/options.ts";
import { temporaryFolder } from "../mnist-vae/tiny-mnist.ts";

test("one estimator and its usual samples by default; all of them on both kinds of codes", () => {
  expect(parseOptions([])).toMatchObject({
    jobs: [{ latent: "bernoulli", estimator: "rloo", samples: 2 }],
    compare: false,
    docs: false,
  });
  const { jobs, compare } = parseOptions(["--estimator=all"]);
  expect(compare).toBe(true);
  expect(jobs.filter(({ latent }) => latent === "bernoulli").length).toBeGreaterThanOrEqual(6);
  expect(jobs.some(({ latent, estimator }) => latent === "categorical" && estimator === "disarm")).toBe(false);
  expect(new Set(parseOptions(["--estimator=all", "--latent=categorical"]).jobs.map(({ latent }) => latent))).toEqual(
    new Set(["categorical"]),
  );
});

test("reads what is given", () => {
  const line = "--estimator nvil --latent categorical --samples 5 --steps 7 --batch 9 --lr 1e-4 --seed 2 --out here";
  expect(parseOptions(line.split(" "))).toMatchObject({
    settings: { steps: 7, batch: 9, rate: 1e-4, seed: 2 },
    jobs: [{ latent: "categorical", estimator: "nvil", samples: 5 }],
    out: "here",
  });
});

test.each([
  ["--estimator best", "--estimator"],
  ["--estimator constructor", "--estimator"],
  ["--latent gaussian", "--latent"],
  ["--estimator disarm --latent categorical", "--latent"],
  ["--samples 0", "--samples"],
  ["--estimator rloo --samples 1", "--samples"],
  ["--steps 0", "--steps"],
  ["--steps many", "--steps"],
  ["--lr 0", "--lr"],
  ["--seed -1", "arguments"],
  ["--estimator rloo,best", "--estimator"],
  ["--epochs 3", "arguments"],
  ["three", "arguments"],
])("refuses %s, naming %s", (line, argument) => {
  const parse = () => parseOptions(line.split(" "));
  expect(parse).toThrow(ArgumentError);
  expect(parse).toThrow(expect.objectContaining({ argument }));
});

const MAIN = fileURLToPath(new URL("../../examples/discrete-vae/main.ts", import.meta.url));

/** Runs the program; `stopAt` is what it is sent Ctrl-C for. */
function start(args: string[], stopAt?: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    ended.stdout += chunk;
    if (stopAt && ended.stdout.includes(stopAt) && !child.killed) child.kill("SIGINT");
  });
  child.stderr.on("data", (chunk) => {
    ended.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...ended, code }));
  });
}

test("bad input ends with exit code 2 and one line that names it", async () => {
  const { code, stdout, stderr } = await start(["--estimator", "best"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain("--estimator");
});

test("Ctrl-C ends the program in the middle of training", async () => {
  const out = temporaryFolder();
  const { code, stderr } = await start(["--out", out, "--repetitions", "2"], "step 0/");
  expect({ code, stderr }).toEqual({ code: 130, stderr: "stopped: nothing was written\n" });
  expect(existsSync(join(out, "results.json"))).toBe(false);
});
