// A real nats-server and real worker processes; every run ends within the test's 60 s (package.json), by the right bits or an error.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { key } from "reparam";
import { expectation } from "reparam/inference";
import { inline } from "reparam/parallel";
import { nats } from "../executor.mjs";
import { coins } from "../work.mjs";
import { startServer, startWorker } from "./server.mjs";
import { hanging, poison, wide } from "./work.mjs";

let server;
let folder;
const workers = [];
const executors = [];

before(async () => {
  server = await startServer();
  folder = await mkdtemp(join(tmpdir(), "reparam-nats-test-"));
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  for (const executor of executors.splice(0)) await executor.dispose();
  for (const worker of workers.splice(0)) await worker.stop();
});

async function start({ count = 2, ...options } = {}) {
  const { servers } = server;
  const started = await Promise.all(Array.from({ length: count }, () => startWorker(servers, options)));
  workers.push(...started);
  const executor = await nats({ servers, size: count });
  executors.push(executor);
  return { executor, workers: started };
}

async function run(work, options) {
  const { cost, distribution, estimator, parameters = {} } = work;
  const found = await expectation(cost, distribution, {
    key: key(3),
    samples: 20_000,
    ...(estimator && { estimator }),
    ...options,
  });
  return { found, gradients: Object.values(parameters).map((each) => each.grad()) };
}

/** Of the stream: nothing is left of a run that has ended. */
async function left() {
  const connection = await connect({ servers: server.servers });
  const { state } = await (await jetstreamManager(connection)).streams.info("reparam");
  await connection.close();
  return state.messages;
}

test("two workers give the bits that this thread gives, for any shards", async () => {
  const { executor } = await start();
  const make = () => coins({ logits: [0.5, -1, 2] });
  const alone = await run(make(), { executor: inline() });
  for (const shard of [undefined, 1024, 5000])
    assert.deepEqual(await run(make(), { executor, ...(shard && { shard }) }), alone);
  assert.equal(await left(), 0);
});

test("parameters and gradients that are larger than a message go in pieces", async () => {
  const { executor } = await start();
  const alone = await run(wide(), { samples: 8, executor: inline() });
  assert.ok(alone.gradients[0].some((each) => each !== 0));
  assert.deepEqual(await run(wide(), { samples: 8, executor }), alone);
});

test("a worker killed in mid-shard: the other one computes it", async () => {
  const { executor, workers } = await start();
  const file = join(folder, "killed");
  const running = run(hanging({ file }), { executor });
  const pid = Number(await readWhenThere(file));
  const victim = workers.find((worker) => worker.pid === pid);
  assert.ok(victim);
  await victim.stop("SIGKILL");
  assert.deepEqual(await running, await run(hanging({ file }), { executor: inline() }));
  assert.equal(await left(), 0);
});

test("a shard that always throws is named, with the reason", async () => {
  const { executor } = await start();
  await assert.rejects(run(poison(), { executor }), /shard \d+ of .*no cost today/);
  assert.equal(await left(), 0);
});

test("an abort ends the run, and takes back what nobody has begun", async () => {
  const { executor } = await start({ count: 1 });
  const controller = new AbortController();
  const file = join(folder, "aborted");
  const running = run(hanging({ file }), { executor, signal: controller.signal });
  await readWhenThere(file);
  controller.abort(new Error("enough"));
  await assert.rejects(running, /enough/);
  assert.equal(await left(), 0);
  await Promise.all(workers.map((worker) => worker.stop("SIGKILL")));
});

test("without any worker, patience ends; after dispose, nothing starts", async () => {
  const executor = await nats({ servers: server.servers, patience: 300 });
  executors.push(executor);
  await assert.rejects(run(coins({ logits: [1] }), { executor }), /no word from any worker in 300 ms/);
  assert.equal(await left(), 0);
  await executor.dispose();
  await assert.rejects(run(coins({ logits: [1] }), { executor }), { name: "DisposedError" });
});

test("a server that goes away is an error", async () => {
  const own = await startServer();
  try {
    const executor = await nats({ servers: own.servers, patience: 60_000, reconnects: 0 });
    executors.push(executor);
    const running = run(coins({ logits: [1] }), { executor });
    await sleep(200);
    own.child.kill("SIGKILL");
    await assert.rejects(running, /clos|connect/i);
  } finally {
    await own.stop();
  }
});

async function readWhenThere(file) {
  for (;;) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (text) return text;
    await sleep(20);
  }
}
