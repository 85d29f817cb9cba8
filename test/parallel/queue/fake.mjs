// A worker that answers wrongly, written on BullMQ itself: fake.mjs REDIS QUEUE HOW TIMES. Honest after so many wrong answers.

import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { performer } from "reparam/parallel";
import "./work.mjs";

const [url, queue, how, times] = process.argv.slice(2);
const redis = new Redis(url, { maxRetriesPerRequest: null });
const { perform } = bound(performer());
let wrong = Number(times);

const WAYS = {
  truncated: (partial) => partial.subarray(0, partial.length - 8),
  version: (partial) => partial.with(4, partial[4] + 1),
  damaged: (partial) => partial.with(partial.length - 5, partial.at(-5) ^ 1),
  huge: () => new Uint8Array(5e6),
  garbage: () => new TextEncoder().encode('{"__proto__":{"polluted":true}}'),
  nothing: () => undefined,
};

/** As an honest worker does: not for a map that has ended meanwhile, whose data would come to be again. */
const STORE = `if redis.call("EXISTS", KEYS[1]) == 1 then redis.call("HSET", KEYS[1], ARGV[1], ARGV[2]) end`;

function bound(worker) {
  return { perform: worker.perform.bind(worker) };
}

const worker = new Worker(
  queue,
  async (job) => {
    const [map, shard] = job.id.split(".");
    const data = `reparam:${queue}:data:${map}`;
    const common = new Uint8Array(await redis.hgetBuffer(data, "common"));
    let partial = new Uint8Array(await perform(common, new Uint8Array(Buffer.from(job.data.bytes, "base64"))));
    if (wrong-- > 0) partial = WAYS[how](partial);
    if (partial !== undefined) await redis.eval(STORE, 1, data, shard, Buffer.from(partial));
    return { __proto__: null, constructor: "anything" };
  },
  { connection: redis, prefix: "reparam" },
);
worker.on("error", () => {});
await worker.waitUntilReady();
console.log("ready");
