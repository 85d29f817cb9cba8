import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../../examples/models/main.ts", import.meta.url));
const run = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", MAIN, ...args], { encoding: "utf8" });

test("lists the examples without a name", { timeout: 30_000 }, () => {
  const { status, stdout } = run();
  expect(status).toBe(0);
  for (const name of ["gaussian-mixture", "bernoulli-mixture", "structured-prediction"]) expect(stdout).toContain(name);
});

test.each([
  [["best"], "name: expected one of"],
  [["gaussian-mixture", "--steps", "0"], "--steps: expected"],
  [["gaussian-mixture", "--epochs", "3"], "arguments: expected"],
])("refuses %j in one line", { timeout: 30_000 }, (args, message) => {
  const { status, stderr } = run(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n").length).toBe(1);
});
