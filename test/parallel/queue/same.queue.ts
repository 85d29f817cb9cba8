// The same bits from any number of workers, which are processes of their own, and nothing left behind.

import { bullmq } from "reparam/parallel/bullmq";
import { expect, test } from "vitest";
import { mean, SHARDS } from "./mean.ts";
import { inTime, startWorker } from "./processes.ts";
import { expected, server, useRedis } from "./redis.ts";

/** Milliseconds; it takes some hundred. */
const DEADLINE = 10_000;

useRedis();

test.each([1, 2, 3])("%s workers", async (count) => {
  const workers = await Promise.all(Array.from({ length: count }, () => startWorker(server)));
  const executor = await bullmq({ redis: server.url });
  expect(executor.size).toBe(count);
  for (let time = 0; time < 2; time++) expect(await inTime(DEADLINE, mean(executor))).toEqual(expected);
  const done = workers.map((worker) => worker.count(/^done shard \d+ of [0-9a-f-]{36}: \d+\.\d ms, \d+ bytes$/));
  expect(done.reduce((sum, each) => sum + each)).toBe(2 * SHARDS);
  await executor.dispose();
  expect(await server.leftKeys()).toEqual([]);
  for (const worker of workers) expect(await worker.end()).toBe(0);
});

test("two main programs at the same time, and two queues", async () => {
  const workers = [await startWorker(server), await startWorker(server, { args: ["--queue", "other", "--quiet"] })];
  const options = { redis: server.url };
  const executors = await Promise.all([bullmq(options), bullmq(options), bullmq({ ...options, queue: "other" })]);
  const runs = executors.flatMap((executor) => [mean(executor), mean(executor)]);
  for (const run of runs) expect(await inTime(DEADLINE, run)).toEqual(expected);
  expect(workers.map((worker) => worker.count(/^done/))).toEqual([4 * SHARDS, 0]);
  await Promise.all(executors.map((executor) => executor.dispose()));
  expect(await server.leftKeys()).toEqual([]);
});
