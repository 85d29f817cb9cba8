// Threads and Web Workers that die, hang, lie: the same bits, or an error that says which shard failed and why, within 20 seconds, in
// programs that then end by themselves. Web Workers are threads of Node behind their interface (workers/node-web-worker.mjs).

import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { bitsOf, type Found, once, runProgram } from "./workers/program.ts";

/** Milliseconds, of whole programs. */
const DEADLINE = 20_000;
/** Of a shard, in milliseconds: one takes some ten. */
const TIMEOUT = 1000;

let alone: Found;
beforeAll(async () => {
  alone = await runProgram({ on: "none" }, DEADLINE);
  expect(alone.gradients?.flat().every((each) => each !== 0)).toBe(true);
});

const expectNothingLeft = ({ left, workers }: Found): void =>
  expect({ left, workers }).toEqual({ left: [], workers: 0 });

describe.each(["threads", "web"] as const)("%s", (on) => {
  const options = { timeout: TIMEOUT };
  const tampering = on === "web" ? "web-worker.mjs" : "tampering-thread.mjs";

  test.each(["exit", "loop", "later", "throw"])(
    "a worker that meets %s in mid-shard, once: the same bits",
    async (fault) => {
      const found = await once((file) => runProgram({ on, options, input: { fault, once: file } }, DEADLINE));
      expect(bitsOf(found)).toEqual(bitsOf(alone));
      expectNothingLeft(found);
    },
  );

  test.each([
    // Node's stand-in for Web Workers ends as these do, without a word.
    ["exit", on === "web" ? `no answer within ${TIMEOUT} ms` : "the thread exited with code 3"],
    ["loop", `no answer within ${TIMEOUT} ms`],
    ["throw", "RangeError: the poison"],
  ])("a shard that meets %s always: an error that says so", async (fault, why) => {
    const found = await runProgram({ on, options, input: { fault }, shard: 10_000 }, DEADLINE);
    expect(found.error).toMatch(/^ShardError: shard \d of 3: expected a partial result in 3 attempts, got /);
    expect(found.error).toContain(why);
    expectNothingLeft(found);
  });

  test.each(["exit", "loop", "later", "throw"])(
    "%s among quick shards that go together: the same bits",
    async (fault) => {
      const found = await once(async (file) => {
        const run = await runProgram({ on, options, input: { fault, before: 10, once: file }, shard: 100 }, DEADLINE);
        expect(existsSync(file), "met").toBe(true);
        return run;
      });
      expect(bitsOf(found)).toEqual(bitsOf(alone));
      expectNothingLeft(found);
    },
  );

  test.each([
    ["exit", undefined],
    ["throw", "RangeError: the poison"],
  ])("%s from some quick shard on: a new worker goes on, an error that comes again says so", async (fault, why) => {
    const found = await runProgram({ on, options, input: { fault, before: 10 }, shard: 100 }, DEADLINE);
    if (why === undefined) expect(bitsOf(found)).toEqual(bitsOf(alone));
    else expect(found.error).toContain(why);
    expectNothingLeft(found);
  });

  const ANSWERS = [
    ["truncated", /cut short/],
    ["version", /version 1 of messages, got version 99/],
    ["damaged", /cut short or damaged/],
    ["oversized", /expected at most \d+ bytes, got 10000000/],
    ["empty", /expected 16 bytes or more, got 0/],
  ] as const;
  test.each(ANSWERS)("an answer that is %s: the same bits after one, an error when all are", async (kind, why) => {
    const one = await once((file) => runProgram({ on, file: tampering, query: { kind, once: file } }, DEADLINE));
    expect(bitsOf(one)).toEqual(bitsOf(alone));
    expectNothingLeft(one);
    const all = await runProgram({ on, file: tampering, query: { kind } }, DEADLINE);
    expect(all.error).toMatch(/^ShardError: shard \d+ of 20: /);
    expect(all.error).toMatch(why);
    expectNothingLeft(all);
  });

  test("answers to another shard: an error", async () => {
    const found = await runProgram({ on, file: tampering, query: { kind: "stranger" } }, DEADLINE);
    expect(found.error).toMatch(/^ShardError: shard \d+ of 20: .*the answer to shard \d+, got one to \d+/);
    expectNothingLeft(found);
  });

  test("an abort in mid-run: workers hear of it between chunks, and one that does not is ended", async () => {
    const slow = { input: { slow: 200 }, abortAfter: 700 };
    const told = await runProgram({ on, ...slow }, DEADLINE);
    expect(told.error).toBe("Error: enough");
    expectNothingLeft(told);
    const deaf = await runProgram({ on, input: { fault: "loop" }, abortAfter: 700 }, DEADLINE);
    expect(deaf.error).toBe("Error: enough");
    expectNothingLeft(deaf);
    for (const { milliseconds } of [told, deaf]) expect(milliseconds).toBeLessThan(2500);
  });

  test("a loop that is left: nothing goes on", async () => {
    const found = await runProgram({ on, input: { slow: 20 }, leave: true }, DEADLINE);
    expect(found.error).toMatch(/left/);
    expectNothingLeft(found);
  });
});

test("a thread out of memory, once: the same bits", async () => {
  const small = ["--max-old-space-size=64"];
  const found = await once((file) =>
    runProgram({ on: "threads", input: { fault: "memory", once: file } }, DEADLINE, small),
  );
  expect(bitsOf(found)).toEqual(bitsOf(alone));
  expectNothingLeft(found);
});

test("messages of somebody else's, and hostile ones, are ignored", async () => {
  const found = await runProgram({ on: "web", query: { kind: "hostile" } }, DEADLINE);
  expect(bitsOf(found)).toEqual(bitsOf(alone));
  expectNothingLeft(found);
});
