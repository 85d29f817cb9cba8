// Threads as users have them: the same bits, modules that cannot be imported, TypeScript, several maps at the same time.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { key } from "reparam";
import { expectation } from "reparam/inference";
import { inline } from "reparam/parallel";
import { threads } from "reparam/parallel/threads";
import { describe, expect, test } from "vitest";
import { dice } from "./workers/dice.mjs";
import { bitsOf, runProgram } from "./workers/program.ts";

/** Milliseconds, of whole programs. */
const DEADLINE = 20_000;
const at = (file: string): URL => new URL(`./workers/${file}`, import.meta.url);

test("the same bits for 1, 2, 3 and 7 threads, and nothing is left", async () => {
  const alone = await runProgram({ on: "none" }, DEADLINE);
  expect(bitsOf(await runProgram({ on: "inline" }, DEADLINE))).toEqual(bitsOf(alone));
  for (const workers of [1, 2, 3, 7]) {
    const found = await runProgram({ on: "threads", options: { workers }, shard: workers * 700 }, DEADLINE);
    expect(bitsOf(found)).toEqual(bitsOf(alone));
    expect(found.left).toEqual([]);
  }
}, 120_000);

test("several computations at the same time, on the same threads", async () => {
  const executor = await threads({ module: at("dice.mjs"), workers: 2 });
  try {
    const run = async (seed: number, on: typeof executor) => {
      const { cost, distribution } = dice({ shift: seed });
      return expectation(cost, distribution, { key: key(seed), samples: 5000, shard: 500, executor: on });
    };
    const seeds = [1, 2, 3, 4, 5];
    const together = await Promise.all(seeds.map((seed) => run(seed, executor)));
    for (const [i, seed] of seeds.entries()) expect(together[i]).toEqual(await run(seed, inline()));
  } finally {
    await executor.dispose();
  }
});

test("dispose() ends what runs, and more than once does no harm", async () => {
  const executor = await threads({ module: at("dice.mjs"), workers: 2 });
  const { cost, distribution } = dice({ shift: 0, slow: 200 });
  const options = { key: key(1), samples: 20_000, shard: 1000, executor };
  const running = expectation(cost, distribution, options);
  const outcome = running.catch((error: Error) => error);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await Promise.all([executor.dispose(), executor.dispose()]);
  expect(await outcome).toMatchObject({ name: "DisposedError" });
  await expect(expectation(cost, distribution, options)).rejects.toThrow(/^executor: expected one that is open/);
});

test.each([
  // Chunks of 100 ms: one that hears of it ends long before it would be ended.
  { input: { slow: 100 }, least: 0, most: 900 },
  // It hears of nothing, is ended after a second, and another thread starts.
  { input: { fault: "loop" }, least: 700, most: 4000 },
])("after an abort the only thread is free again in time: $input", async ({ input, least, most }) => {
  const executor = await threads({ module: at("dice.mjs"), workers: 1 });
  try {
    const { cost, distribution } = dice({ shift: 1, ...input });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("enough")), 300);
    const long = { key: key(1), samples: 1e6, shard: 1e6, signal: abort.signal, executor };
    await expect(expectation(cost, distribution, long)).rejects.toThrow("enough");
    const began = performance.now();
    const quick = dice({ shift: 1 });
    await expectation(quick.cost, quick.distribution, { key: key(1), samples: 1000, executor });
    expect(performance.now() - began).toBeGreaterThanOrEqual(least);
    expect(performance.now() - began).toBeLessThan(most);
  } finally {
    await executor.dispose();
  }
});

describe("a module that cannot be imported is named, at once", () => {
  test.each([
    ["missing.mjs", /missing\.mjs: Error: Cannot find module/],
    ["broken.mjs", /broken\.mjs: RangeError: broken on purpose/],
    ["exits.mjs", /exits\.mjs: the thread exited with code 5/],
    ["never.mjs", /never\.mjs: not imported within 2000 ms/],
  ])("%s", async (file, message) => {
    const began = performance.now();
    const { error, left } = await runProgram({ on: "threads", file, options: { startTimeout: 2000 } }, DEADLINE);
    expect(error).toMatch(/^ArgumentError: module: expected one that can be imported in each thread, got file:/);
    expect(error).toMatch(message);
    expect(left).toEqual([]);
    expect(performance.now() - began).toBeLessThan(6000);
  });
});

test("refuses options that are wrong", async () => {
  // Not what the types allow.
  const wrong = (options: object) => threads(options as Parameters<typeof threads>[0]);
  const module = at("dice.mjs");
  await expect(wrong({})).rejects.toThrow(/^module: expected a URL.* got undefined/);
  await expect(wrong({ module: [] })).rejects.toThrow(/^module: expected at least one, got none/);
  await expect(wrong({ module: "./work.js" })).rejects.toThrow(
    /^module: expected a URL, such as .*, got "\.\/work\.js"/,
  );
  await expect(wrong({ module, workers: 0 })).rejects.toThrow(/^workers: expected an integer from 1/);
  await expect(wrong({ module, timeout: 2 ** 31 })).rejects.toThrow(/^timeout: /);
  await expect(wrong({ module, startTimeout: 0.5 })).rejects.toThrow(/^startTimeout: /);
  await expect(wrong({ module, worker: 1 })).rejects.toThrow(/^options: expected no options but module, workers/);
});

test("a work that the module does not have: its names, and no second attempt", async () => {
  const executor = await threads({ module: [at("dice.mjs").href, at("broken-not.mjs")].slice(0, 1), workers: 1 });
  const { shared } = await import("reparam/parallel");
  const elsewhere = shared("elsewhere", () => ({ ...dice({ shift: 0 }) }));
  try {
    const { cost, distribution } = elsewhere();
    await expect(expectation(cost, distribution, { key: key(1), samples: 10, executor })).rejects.toThrow(
      /^work: expected the name of a work that an imported module shares: dice, got "elsewhere"/,
    );
  } finally {
    await executor.dispose();
  }
});

test("TypeScript under tsx; threads that nobody disposes of keep no program from ending", async () => {
  const main = fileURLToPath(at("main.ts"));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", main], { timeout: DEADLINE });
  const [here, there] = JSON.parse(stdout);
  expect(here.standardError).toBeGreaterThan(0);
  expect(there).toEqual(here);
});
