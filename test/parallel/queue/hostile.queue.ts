// What someone who can write to the server can do to workers and main programs: nothing but have registered works computed.

import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { bullmq } from "reparam/parallel/bullmq";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { alone, mean, SHARDS } from "./mean.ts";
import { endAll, inTime, RedisServer, type Running, startWorker } from "./processes.ts";

/** Milliseconds in which a worker refuses a job, and computes those of a run. */
const DEADLINE = 10_000;
const MAP = "00000000-0000-4000-8000-000000000000";

let server: RedisServer;
let worker: Running;
let redis: Redis;
let queue: Queue;
let expected: Awaited<ReturnType<typeof alone>>;
beforeAll(async () => {
  expected = await alone();
});
beforeEach(async () => {
  server = await RedisServer.start();
  worker = await startWorker(server, { args: ["--largest", "1000000", "--lock", "1000"] });
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  queue = new Queue("reparam", { connection: redis, prefix: "reparam" });
});
afterEach(async () => {
  await queue.close();
  redis.disconnect();
  await endAll();
});
afterAll(async () => expect(await endAll()).toBe(0));

/** The worker lives, and has computed nothing but this. */
async function stillWorks(): Promise<void> {
  const executor = await bullmq({ redis: server.url });
  expect(await inTime(DEADLINE, mean(executor))).toEqual(expected);
  await executor.dispose();
  expect(worker.count(/^done/)).toBe(SHARDS);
}

const bytes = (text: string): string => Buffer.from(text).toString("base64");
const huge = "A".repeat(2_000_000);

/** What a job is, and why it is refused. */
const JOBS: Record<string, [id: string, name: string, data: unknown, why: RegExp]> = {
  "another name": [`${MAP}.0`, "../../etc/passwd", {}, /^refused .*: job: expected a shard of a map, got "\.\.\//],
  "no map in the id": ["__proto__", "shard", {}, /: job: expected a shard of a map, got "__proto__"/],
  "a path for an id": ["../../../data", "shard", {}, /: job: expected a shard of a map/],
  "a number that is none": [`${MAP}.1e3`, "shard", {}, /: job: expected a shard of a map/],
  "a number below 0": [`${MAP}.-1`, "shard", {}, /: job: expected a shard of a map/],
  "a text for data": [`${MAP}.0`, "shard", "data", /: job: expected an object, got "data"/],
  "an array for data": [`${MAP}.0`, "shard", [1], /: job: expected an object, got an array/],
  "no version": [`${MAP}.0`, "shard", { bytes: "" }, /: job: expected version 1 of jobs, got undefined/],
  "another version": [`${MAP}.0`, "shard", { version: 2, bytes: "" }, /: job: expected version 1 of jobs, got 2/],
  __proto__: [`${MAP}.0`, "shard", JSON.parse('{"__proto__":{"version":1,"bytes":""}}'), /: job: expected version 1/],
  "no text": [`${MAP}.0`, "shard", { version: 1, bytes: { length: 4 } }, /: job: expected bytes as a text, got an/],
  "no base64": [`${MAP}.0`, "shard", { version: 1, bytes: "!!!!" }, /: job: expected bytes in base64, got other text/],
  "too much": [
    `${MAP}.0`,
    "shard",
    { version: 1, bytes: huge },
    /: job: expected at most 1000000 characters, got 2000000/,
  ],
  "a map that is gone": [`${MAP}.0`, "shard", { version: 1, bytes: "" }, /: common: .* none: it has ended/],
};

test.each(Object.entries(JOBS))("a job with %s is refused", async (_, [jobId, name, data, why]) => {
  await queue.add(name, data, { jobId, removeOnFail: true });
  expect(await inTime(DEADLINE, worker.line(/^refused/))).toMatch(why);
  await stillWorks();
});

describe("data of a map", () => {
  const key = `reparam:reparam:data:${MAP}`;
  const add = () =>
    queue.add("shard", { version: 1, bytes: bytes("no message") }, { jobId: `${MAP}.0`, removeOnFail: true });

  test.each([
    ["too large", Buffer.alloc(2_000_000), /: common: expected at most 1000000 bytes, got 2000000$/],
    ["of something else", Buffer.from("something else"), /: shard: expected 16 bytes or more, got 10$/],
  ])("%s", async (_, common, why) => {
    await redis.hset(key, "common", common);
    await add();
    expect(await inTime(DEADLINE, worker.line(/^refused/))).toMatch(why);
    await stillWorks();
  });

  test("of another type", async () => {
    await redis.set(key, "text");
    await add();
    expect(await inTime(DEADLINE, worker.line(/^refused/))).toMatch(/WRONGTYPE/);
    await stillWorks();
  });
});

test("what is no JSON, where BullMQ keeps it", async () => {
  await redis.hset(`reparam:reparam:${MAP}.0`, { name: "shard", data: "{", opts: "{}", timestamp: "0" });
  await redis.lpush("reparam:reparam:wait", `${MAP}.0`);
  await redis.zadd("reparam:reparam:marker", 0, "0");
  await inTime(DEADLINE, worker.line(/^error/));
  await stillWorks();
});

test("messages on the channel on which maps are cancelled", async () => {
  const messages = ["", "__proto__", "x".repeat(1_000_000), MAP, `${MAP}.0`, "\u001b[2J"];
  for (const message of messages) await redis.publish("reparam:reparam:cancel", message);
  await stillWorks();
});

test("texts of others reach a terminal without control characters", async () => {
  await queue.add("\u001b[2J\nready", {}, { jobId: "\u001b[31m\nready", removeOnFail: true });
  await inTime(DEADLINE, worker.line(/^refused/));
  expect(worker.lines.join("")).not.toContain("\u001b");
  expect(worker.count(/^ready/)).toBe(1);
});

test("events of shards that a main program does not have", async () => {
  const executor = await bullmq({ redis: server.url });
  const running = mean(executor);
  for (const jobId of ["", "__proto__", `${MAP}.0`, `${MAP}.99`, "x".repeat(1_000_000)])
    for (const event of ["completed", "failed", "active", "stalled"])
      await redis.xadd("reparam:reparam:events", "*", "event", event, "jobId", jobId, "returnvalue", "1");
  expect(await inTime(DEADLINE, running)).toEqual(expected);
  await executor.dispose();
});

test("a duplicate delivery: a shard that two workers compute counts once", async () => {
  const other = await startWorker(server);
  const executor = await bullmq({ redis: server.url });
  const running = mean(executor);
  await worker.line(/^took/);
  // Its job once more: as after a lock that was lost, when both workers live.
  for (const line of [...worker.lines, ...other.lines]) {
    const [, shard, map] = line.match(/^took shard (\d+) of (\S+)/) ?? [];
    if (shard !== undefined) await redis.rpush("reparam:reparam:wait", `${map}.${shard}`);
  }
  await redis.zadd("reparam:reparam:marker", 0, "0");
  expect(await inTime(DEADLINE, running)).toEqual(expected);
  await executor.dispose();
});
