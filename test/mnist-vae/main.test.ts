import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "./tiny-mnist.ts";

// Starting a process and loading the real images takes seconds on a loaded machine.
vi.setConfig({ testTimeout: 60_000 });

const MAIN = fileURLToPath(new URL("../../examples/mnist-vae/main.ts", import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the program; `watch` sees its standard output so far. */
function start(
  args: string[],
  watch?: (stdout: string, child: ChildProcessByStdio<null, Readable, Readable>) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const ended: Ended = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    ended.stdout += chunk;
    watch?.(ended.stdout, child);
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
