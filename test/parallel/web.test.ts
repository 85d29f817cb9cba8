// Web Workers, here by a stand-in over threads of Node; npm run test:everywhere has those of browsers, Deno and Bun.

import { key } from "reparam";
import { adam } from "reparam/graph";
import { expectation, meanOfRows } from "reparam/inference";
import { type Executor, serve, webWorkers } from "reparam/parallel";
import { expect, test } from "vitest";
import { dice } from "./workers/dice.mjs";
import { regression } from "./workers/kinds.mjs";
import { Worker } from "./workers/node-web-worker.mjs";
import { bitsOf, runProgram } from "./workers/program.ts";

/** Milliseconds, of whole programs. */
const DEADLINE = 20_000;
const at = (file: string): URL => new URL(`./workers/${file}`, import.meta.url);
const options = { key: key(3), samples: 20_000, shard: 1000 };
const SHARDS = 20;

test("the same bits for 1, 2, 3 and 7 workers, and nothing is left", async () => {
  const alone = await runProgram({ on: "none" }, DEADLINE);
  for (const workers of [1, 2, 3, 7]) {
    const found = await runProgram({ on: "web", options: { workers }, shard: workers * 700 }, DEADLINE);
    expect(bitsOf(found)).toEqual(bitsOf(alone));
    expect({ left: found.left, workers: found.workers }).toEqual({ left: [], workers: 0 });
  }
}, 120_000);

/** What the workers are sent. */
class Watched extends Worker {
  static readonly sent: { errand?: { common?: Uint8Array; room?: Uint8Array; shards?: object[] } }[] = [];
  static refusesShared = false;

  override postMessage(message: object): void {
    const { errand } = message as (typeof Watched.sent)[0];
    const isShared = [errand?.common, errand?.room].some((each) => each?.buffer instanceof SharedArrayBuffer);
    if (Watched.refusesShared && isShared) throw new Error("DataCloneError");
    Watched.sent.push(message);
    super.postMessage(message);
  }
}

test.each([false, true])(
  "what shards have in common is sent once to each worker; copied where it cannot be shared: %s",
  async (isCopied) => {
    Watched.sent.length = 0;
    Watched.refusesShared = isCopied;
    const executor = webWorkers({ create: () => new Watched(at("web-worker.mjs")), workers: 2 });
    try {
      const { cost, distribution } = dice({ shift: 1 });
      const found = await expectation(cost, distribution, { ...options, executor });
      expect(found).toEqual(await expectation(cost, distribution, { key: options.key, samples: options.samples }));
      const common = Watched.sent.flatMap(({ errand }) => errand?.common ?? []);
      // Quick ones go together.
      const shards = Watched.sent.reduce((sum, { errand }) => sum + (errand?.shards?.length ?? 0), 0);
      expect(shards).toBeGreaterThanOrEqual(SHARDS);
      expect(common.length).toBe(2);
      expect(common.every((each) => each.buffer instanceof SharedArrayBuffer !== isCopied)).toBe(true);
    } finally {
      await executor.dispose();
    }
  },
);

test.each([false, true])("steps with messages that are large; shared memory cannot be sent: %s", async (isCopied) => {
  Watched.sent.length = 0;
  Watched.refusesShared = isCopied;
  const executor = webWorkers({ create: () => new Watched(at("web-worker.mjs")), workers: 2 });
  const trained = async (on: { executor?: Executor }) => {
    const { loss, parameters } = regression();
    const optimizer = adam(parameters, { rate: 0.01 });
    for (let step = 0; step < 3; step++) {
      await meanOfRows(loss, { rows: 40, piece: 6, ...on });
      optimizer.step();
    }
    return Object.values(parameters).map((each) => each.toArray());
  };
  try {
    expect(await trained({ executor })).toEqual(await trained({}));
    const rooms = Watched.sent.filter(({ errand }) => errand?.room).length;
    if (isCopied) expect(rooms).toBe(0);
    else expect(rooms).toBeGreaterThanOrEqual(6);
  } finally {
    await executor.dispose();
  }
});

test("without shared memory an abort goes as a message, and finds its worker between chunks", async () => {
  Watched.sent.length = 0;
  Watched.refusesShared = true;
  const executor = webWorkers({ create: () => new Watched(at("web-worker.mjs")), workers: 1 });
  try {
    const { cost, distribution } = dice({ shift: 1, slow: 100 });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("enough")), 500);
    const run = expectation(cost, distribution, {
      key: key(1),
      samples: 1e6,
      shard: 1e6,
      signal: abort.signal,
      executor,
    });
    await expect(run).rejects.toThrow("enough");
    const began = performance.now();
    // In the same worker, which is free again before it would be ended.
    const quick = dice({ shift: 1 });
    await expectation(quick.cost, quick.distribution, { ...options, executor });
    expect(performance.now() - began).toBeLessThan(900);
    expect(Watched.all.size).toBe(1);
    expect(Watched.sent.filter((message) => "cancel" in message).length).toBe(1);
  } finally {
    await executor.dispose();
  }
});

test.each([
  ["missing.mjs", /Cannot find module/],
  ["broken.mjs", /broken on purpose/],
  ["silent-worker.mjs", /not ready within 1500 ms: its file has to call serve\(\)/],
])("a worker that cannot be started is an error at once: %s", async (file, message) => {
  const { error, left, workers, milliseconds } = await runProgram(
    { on: "web", file, options: { startTimeout: 1500 } },
    DEADLINE,
  );
  expect(error).toMatch(/^ArgumentError: create: expected a function that makes a worker that can be started, got /);
  expect(error).toMatch(message);
  expect({ left, workers }).toEqual({ left: [], workers: 0 });
  expect(milliseconds).toBeLessThan(4000);
});

test("refuses what is wrong", () => {
  const create = () => new Worker(at("web-worker.mjs"));
  // Not what the types allow.
  expect(() => webWorkers({ create: 1 as unknown as typeof create })).toThrow(/^create: expected a function/);
  expect(() => webWorkers({ create, workers: 1.5 })).toThrow(/^workers: /);
  expect(() => webWorkers({ create, timeout: 0 })).toThrow(/^timeout: /);
  expect(() => serve()).toThrow(/^serve: expected a call inside a Web Worker/);
});
