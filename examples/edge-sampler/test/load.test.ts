import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { growth } from "../tools/load/memory.ts";
import { renderTables } from "../tools/load/report.ts";
import { readResults, type Thousand } from "../tools/load/results.ts";

const thousands = (medians: readonly number[], wasm = medians.map(() => 131072)): Thousand[] =>
  medians.map((median, t) => ({
    answers: 1000 * (t + 1),
    least: median - 5,
    median,
    most: median + 5,
    wasmBytes: wasm[t],
  }));

test("growth after the first thousand is seen, in the process and in WebAssembly", () => {
  expect(growth(thousands([100, 200, 210, 205]))).toBeUndefined();
  expect(growth(thousands([100, 200, 210, 220]))).toMatch(/median of resident memory went from 200 to 220 MB/);
  expect(growth(thousands([1, 1, 1], [131072, 262144, 262144]))).toBeUndefined();
  expect(growth(thousands([1, 1, 1], [131072, 131072, 196608]))).toMatch(
    /WebAssembly memory went from 131072 to 196608/,
  );
  expect(() => growth(thousands([1, 2]))).toThrow(/too few requests/);
});

test("what is published did not grow, and its tables are those of README.md", () => {
  const results = readResults();
  expect(results.memory.at(-1)?.answers).toBe(10_000);
  expect(growth(results.memory)).toBeUndefined();
  expect(readFileSync(new URL("../README.md", import.meta.url), "utf8")).toContain(renderTables(results));
});
