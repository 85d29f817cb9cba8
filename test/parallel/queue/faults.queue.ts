// What goes wrong with workers and servers: the same bits nevertheless, or an error that says which shard and why, in time.

import { bullmq } from "reparam/parallel/bullmq";
import { describe, expect, test } from "vitest";
import { mean, SHARDS } from "./mean.ts";
import { cli, inTime, type Running, serve, startProgram, startWorker } from "./processes.ts";
import { expected, server, useRedis } from "./redis.ts";

/** Milliseconds after which a worker that says nothing has lost its shard. */
const LOCK = 1000;
/** A shard is given to another worker after a lock, and up to two looks at it, each half a lock later; and the rest of the run. */
const RECOVERY = 2 * LOCK + 4000;
const args = ["--lock", `${LOCK}`];

useRedis();

/** The run's result; after it nothing is left in Redis. */
async function run(deadline: number, options: { timeout?: number; patience?: number } = {}, part?: "poison") {
  const executor = await bullmq({ redis: server.url, ...options });
  try {
    return await inTime(deadline, mean(executor, part ? { part } : {}));
  } finally {
    await executor.dispose();
    expect(await server.leftKeys()).toEqual([]);
  }
}

test("a worker killed in mid-shard: another one computes it", async () => {
  const victim = await startWorker(server, { args, env: { SLOW: "400" } });
  const running = run(RECOVERY + SHARDS * 400);
  await victim.line(/^took/);
  const survivor = await startWorker(server, { args });
  await victim.end("SIGKILL");
  expect(await running).toEqual(expected);
  expect(survivor.count(/^done/)).toBeGreaterThan(0);
});

test("a worker told to end finishes its shard, and takes no other", async () => {
  const [leaving, staying] = [await startWorker(server, { args, env: { SLOW: "300" } }), await startWorker(server)];
  const running = run(RECOVERY);
  await leaving.line(/^took/);
  expect(await leaving.end()).toBe(0);
  expect(leaving.count(/^stopping$/)).toBe(1);
  expect(leaving.count(/^done/)).toBe(leaving.count(/^took/));
  expect(await running).toEqual(expected);
  expect(leaving.count(/^done/) + staying.count(/^done/)).toBe(SHARDS);
});

test("a worker told so twice gives up its shard, which another one computes", async () => {
  const leaving = await startWorker(server, { env: { SLOW: "100" } });
  const running = run(RECOVERY + 5000);
  await leaving.line(/^took/);
  leaving.child.kill("SIGTERM");
  await leaving.line(/^(?:stopping|done)/);
  expect(await leaving.end()).toBe(0);
  await startWorker(server);
  expect(await running).toEqual(expected);
});

test("a worker in an endless loop: its lock is lost, and another one computes the shard", async () => {
  const hung = await startWorker(server, { args, env: { LOOP: "yes" } });
  const running = run(RECOVERY);
  await hung.line(/^took/);
  await startWorker(server, { args });
  expect(await running).toEqual(expected);
  expect(hung.count(/^done/)).toBe(0);
});

test("a worker that is stopped, and goes on when its shard is another one's: it drops it, and takes others", async () => {
  const stopped = await startWorker(server, { args, env: { SLOW: "200" } });
  const running = run(RECOVERY);
  await stopped.line(/^took/);
  stopped.child.kill("SIGSTOP");
  await startWorker(server, { args });
  expect(await running).toEqual(expected);
  stopped.child.kill("SIGCONT");
  await inTime(RECOVERY, stopped.line(/^cancelled/));
  expect(await server.leftKeys()).toEqual([]);
  expect(await run(RECOVERY + SHARDS * 200)).toEqual(expected);
  expect(stopped.count(/^error/)).toBe(0);
  expect(await stopped.end()).toBe(0);
});

test("a worker that waits for ever: after the timeout another one, or the same, computes the shard", async () => {
  const hung = await startProgram("hanging.mjs", server.url);
  // The timeout, a look each second, a second for the shard to be left, and the run.
  expect(await run(1000 + 1000 + 1000 + 4000, { timeout: 1000 })).toEqual(expected);
  await hung.line(/^cancelled .*not wanted any more/);
  expect(hung.count(/^done/)).toBe(SHARDS);
});

test("workers that all die of a shard: an error that names it, and how to start a worker", async () => {
  await startWorker(server, { args, env: { DIE: "yes" } });
  const running = run(10_000, { patience: 3000 });
  await expect(running).rejects.toThrow(
    /^queue "reparam": expected workers that take shards, got none for \d s; this starts one: npx reparam worker --redis redis:\/\/127\.0\.0\.1:\d+ --queue reparam --module FILE$/,
  );
});

test("a shard that every worker dies of: an error that names it, after two workers an attempt", async () => {
  const executor = await bullmq({ redis: server.url });
  const running = inTime(20_000, mean(executor, { samples: 1000 }));
  let isOver = false;
  const over = expect(running)
    .rejects.toThrow(/^shard 0 of 1: expected a partial result in 3 attempts, got Error: job stalled more than allow/)
    .finally(() => {
      isOver = true;
    });
  let deaths = 0;
  // The last one lives: it is told of the shard that it has failed.
  while (!isOver) {
    // Not when it is ready: it may be dead by then.
    const worker = cli([...serve(server), "--lock", "200"], { DIE: "yes" });
    if ((await Promise.race([worker.ended, over])) === 3) deaths++;
  }
  await over;
  expect(deaths).toBe(6);
  await executor.dispose();
  expect(await server.leftKeys()).toEqual([]);
});

describe("a worker that answers wrongly", () => {
  const start = (how: string, times: number): Promise<Running> =>
    startProgram("fake.mjs", server.url, "reparam", how, `${times}`);

  test.each(["truncated", "version", "damaged", "huge", "garbage", "nothing"])("%s, now and then", async (how) => {
    await start(how, 5);
    expect(await run(5000)).toEqual(expected);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each([
    ["truncated", /got MessageError: partial: expected .*cut short/],
    ["version", /got MessageError: partial: expected version \d of messages, got version \d/],
    ["damaged", /got MessageError: partial: expected bytes as they were sent/],
    ["huge", /got MessageError: partial: expected at most \d+ bytes, got 5000000$/],
    ["garbage", /got MessageError: partial: expected /],
    ["nothing", /got MessageError: partial: expected bytes, got none$/],
  ])("%s, always: an error that says which shard and why", async (how, why) => {
    await start(how, 1e6);
    const running = run(5000);
    await expect(running).rejects.toThrow(/^shard \d+ of 12: expected a partial result in 3 attempts, /);
    await expect(running).rejects.toThrow(why);
  });
});

test("a shard that always throws: an error that says which and why", async () => {
  const worker = await startWorker(server);
  const running = run(5000, {}, "poison");
  await expect(running).rejects.toThrow(
    /^shard \d+ of 12: expected a partial result in 3 attempts, got Error: poison$/,
  );
  // The worker goes on.
  expect(await run(5000)).toEqual(expected);
  expect(await worker.end()).toBe(0);
});

test("a server that is killed and comes back without what it knew: all is sent again", async () => {
  const workers = [0, 1].map(() => startWorker(server, { args, env: { SLOW: "100" } }));
  const [worker] = await Promise.all(workers);
  // Clients try each second, BullMQ waits up to 5 s after an error, and the run takes some more.
  const running = run(15_000);
  await worker?.line(/^done/);
  await server.stop();
  await new Promise((resolve) => setTimeout(resolve, 300));
  await server.restart();
  expect(await running).toEqual(expected);
});

test("a server that forgets everything in mid-run, and goes on", async () => {
  const worker = await startWorker(server, { args, env: { SLOW: "100" } });
  const running = run(15_000);
  await worker.line(/^done/);
  await server.ask("FLUSHALL");
  expect(await running).toEqual(expected);
});

test("a server that does not come back: an error that says so", async () => {
  const worker = await startWorker(server, { env: { SLOW: "100" } });
  const executor = await bullmq({ redis: server.url, patience: 2000 });
  const running = mean(executor);
  await worker.line(/^done/);
  await server.stop();
  // Patience, a look, and up to 2 s in which the map would tidy up.
  await expect(inTime(2000 + 1000 + 2000 + 1000, running)).rejects.toThrow(
    /^redis: expected a server of Redis or Valkey that answers at redis:\/\/127\.0\.0\.1:\d+, got none for 2 s$/,
  );
  await inTime(5000, executor.dispose());
  await inTime(5000, worker.end());
});
