// How runs end before their time, and that nothing is left of them: no key, no timer, no connection, no worker that goes on.

import { readFileSync } from "node:fs";
import { bullmq, serveQueue } from "reparam/parallel/bullmq";
import { expect, test } from "vitest";
import { mean, SHARDS } from "./mean.ts";
import { inTime, RedisServer, Running, startProgram, startWorker } from "./processes.ts";
import { expected, server, useRedis } from "./redis.ts";

/** Milliseconds, where nothing is waited for. */
const SOON = 3000;

useRedis();

test("an abort in mid-run reaches the worker, which goes on with other work", async () => {
  const worker = await startWorker(server, { env: { SLOW: "20" } });
  const executor = await bullmq({ redis: server.url });
  const controller = new AbortController();
  const running = mean(executor, { signal: controller.signal });
  await worker.line(/^done/);
  controller.abort(new Error("enough"));
  await expect(inTime(SOON, running)).rejects.toThrow("enough");
  expect(await server.leftKeys()).toEqual([]);
  await inTime(SOON, worker.line(/^cancelled/));
  expect(worker.count(/^took/)).toBeLessThan(SHARDS);
  expect(await inTime(20_000, mean(executor))).toEqual(expected);
  await executor.dispose();
  // What BullMQ says of jobs that are gone is no error.
  expect(worker.count(/^error/)).toBe(0);
});

test("an abort reaches a worker that waits, long before it would look for itself", async () => {
  const worker = await startProgram("hanging.mjs", server.url);
  const executor = await bullmq({ redis: server.url });
  const controller = new AbortController();
  const refused = expect(mean(executor, { signal: controller.signal })).rejects.toThrow("enough");
  await worker.line(/^took/);
  controller.abort(new Error("enough"));
  await inTime(SOON, refused);
  await inTime(SOON, worker.line(/^cancelled .*it is not wanted any more/));
  expect(await inTime(SOON, mean(executor))).toEqual(expected);
  await executor.dispose();
});

test("dispose in mid-run", async () => {
  const worker = await startWorker(server, { env: { SLOW: "50" } });
  const executor = await bullmq({ redis: server.url });
  const running = mean(executor);
  const refused = expect(running).rejects.toThrow(/^executor: expected one that is open, got a disposed one$/);
  await worker.line(/^took/);
  await inTime(SOON, executor.dispose());
  await inTime(SOON, refused);
  await expect(mean(executor)).rejects.toThrow(/^executor: /);
  await executor.dispose();
  expect(await server.leftKeys()).toEqual([]);
});

test("a loop that is left: the shards that nobody took are gone", async () => {
  await startWorker(server);
  const executor = await bullmq({ redis: server.url });
  const task = { common: new Uint8Array(8), shards: Array.from({ length: 50 }, () => new Uint8Array(8)), largest: 100 };
  for (let time = 0; time < 3; time++) {
    for await (const outcome of executor.map(task, new AbortController().signal)) {
      // It is no message of any computation.
      expect(outcome).toHaveProperty("error.message", expect.stringMatching(/^MessageError: shard: /));
      break;
    }
    expect(await server.leftKeys()).toEqual([]);
  }
  await executor.dispose();
});

test("no worker: an error after the patience, with the command that starts one; one that comes in time takes the shards", async () => {
  const executor = await bullmq({ redis: server.url, patience: 1500 });
  await expect(inTime(1500 + SOON, mean(executor))).rejects.toThrow(
    /^queue "reparam": expected workers that take shards, got none for \d s; this starts one: npx reparam worker --redis redis:\/\/127.* --module FILE$/,
  );
  expect(await server.leftKeys()).toEqual([]);
  const running = mean(executor);
  await startWorker(server);
  expect(await inTime(1500 + SOON, running)).toEqual(expected);
  await executor.dispose();
});

test("workers that are there and take nothing: an error after the timeout", async () => {
  const worker = await startWorker(server);
  worker.child.kill("SIGSTOP");
  const executor = await bullmq({ redis: server.url, patience: 500, timeout: 2000 });
  await expect(inTime(2000 + SOON, mean(executor))).rejects.toThrow(
    /^queue "reparam": expected workers that take shards, got 1 that took nothing for 2 s$/,
  );
  await executor.dispose();
  expect(await server.leftKeys()).toEqual([]);
});

test("a main program that is killed: workers are done with it in time, and the next program removes what it left", async () => {
  const worker = await startWorker(server, { args: ["--lock", "500"], env: { SLOW: "30" } });
  const main = new Running(process.execPath, ["--import", "tsx", "test/parallel/queue/run-mean.ts", server.url]);
  await worker.line(/^done/);
  await main.end("SIGKILL");
  // What comes after two minutes.
  const [data] = (await server.leftKeys()).filter((name) => name.includes(":data:"));
  expect(Number(await server.ask("PTTL", data as string))).toBeGreaterThan(100_000);
  await server.ask("DEL", data as string);
  const executor = await bullmq({ redis: server.url });
  expect(await inTime(20_000, mean(executor))).toEqual(expected);
  await executor.dispose();
  expect(await server.leftKeys()).toEqual([]);
});

test("addresses, passwords and servers that are wrong", async () => {
  await expect(bullmq({ redis: "http://127.0.0.1" })).rejects.toThrow(/^redis: expected an address as redis:/);
  await expect(bullmq({ redis: "secret@" })).rejects.toThrow(/^redis: expected an address .* got a string of 7 char/);
  await expect(bullmq({ redis: 6379 as unknown as string })).rejects.toThrow(/^redis: .* got 6379$/);
  await expect(bullmq({ redis: server.url, queue: "../a:b" })).rejects.toThrow(/^queue: expected a name of up to 64/);
  await expect(bullmq({ redis: server.url, timeout: 0 })).rejects.toThrow(/^timeout: expected a finite number above 0/);
  await expect(bullmq({ redis: server.url, wokers: 2 } as never)).rejects.toThrow(/^options: expected no options but/);
  const nobody = "redis://user:hidden@127.0.0.1:1";
  for (const attempt of [bullmq, serveQueue]) {
    const error: Error = await inTime(SOON, attempt({ redis: nobody }) as Promise<unknown>).then(
      () => new Error("none"),
      (reason) => reason,
    );
    expect(error.message).toMatch(
      /^redis: expected a server of Redis or Valkey that answers at redis:\/\/127\.0\.0\.1:1, got connect ECONNREFUSED/,
    );
    expect(`${error.message} ${error.stack}`).not.toContain("hidden");
  }
  const locked = await RedisServer.start("--requirepass", "right");
  await expect(inTime(SOON, bullmq({ redis: locked.url }))).rejects.toThrow(/got .*NOAUTH/);
  const wrong = locked.url.replace("//", "//:wrong@");
  await expect(inTime(SOON, bullmq({ redis: wrong }))).rejects.toThrow(/got .*WRONGPASS/);
  const right = locked.url.replace("//", "//:right@");
  await inTime(
    SOON,
    bullmq({ redis: right }).then((executor) => executor.dispose()),
  );
});

test("a user with no more rights than docs/queue.md says", async () => {
  const page = readFileSync(new URL("../../../docs/queue.md", import.meta.url), "utf8");
  const [, rights] = /ACL SETUSER worker (.*)/.exec(page) as RegExpExecArray;
  await server.ask("ACL", "SETUSER", "worker", ...(rights as string).split(" "));
  await server.ask("ACL", "SETUSER", "default", "off");
  const url = server.url.replace("//", "//worker:secret@");
  await startWorker({ url });
  const executor = await bullmq({ redis: url });
  expect(executor.size).toBe(1);
  expect(await inTime(SOON, mean(executor))).toEqual(expected);
  await executor.dispose();
});

test("what is in this process after all of that: no timer, no connection", async () => {
  const end = new AbortController();
  const serving = serveQueue({ redis: server.url, signal: end.signal });
  const executor = await bullmq({ redis: server.url });
  end.abort();
  await inTime(SOON, serving);
  await inTime(SOON, executor.dispose());
  const main = new Running(process.execPath, ["--import", "tsx", "test/parallel/queue/run-mean.ts", server.url]);
  await startWorker(server);
  await main.line(/^mean/);
  // Of itself: a timer or a connection would keep it.
  expect(await inTime(SOON, main.ended)).toBe(0);
});
