/** What a queue on Redis costs: time, commands and bytes of a shard in which nothing is computed, through processes on this machine. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Executor } from "reparam/parallel";
import { bullmq } from "reparam/parallel/bullmq";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Bytes of a shard's message and of a partial result: what those of an expectation have. */
const SHARD = 256;
const PARTIAL = 1024;
/** Of parameters, such as those of the network of the main job. */
const COMMON = 3 * 2 ** 20;

/** Of one number of workers. */
export interface QueueCost {
  readonly workers: number;
  /** Milliseconds of a shard, in maps of many. */
  readonly shard: number;
  /** Milliseconds of a map of one shard: what a step waits for at the least. */
  readonly map: number;
  /** Milliseconds of a map of one shard for each worker, all of which fetch 3 MiB of parameters and send as much. */
  readonly step: number;
  /** Commands that the server carries out for a shard, those within scripts among them, and the scripts. */
  readonly commands: number;
  readonly scripts: number;
  /** Bytes that the server receives and sends for a shard, of which 1280 are its message and its partial result. */
  readonly received: number;
  readonly sent: number;
}

export interface QueueCosts {
  readonly redis: string;
  readonly costs: readonly QueueCost[];
  /** Bytes that a shard takes in the server's memory while it waits, of which 256 are its message. */
  readonly memory: number;
}

/** @param repeats of each measurement, whose median is taken */
export async function measureQueue({ shards = 1000, repeats = 5 } = {}): Promise<QueueCosts> {
  const port = await freePort();
  const started: ChildProcess[] = [];
  const start = async (command: string, args: readonly string[], ready: RegExp): Promise<void> => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    started.push(child);
    for await (const line of createInterface({ input: child.stdout })) if (ready.test(line)) return;
    throw new Error(`${command} ended`);
  };
  try {
    const options = ["--save", "", "--appendonly", "no", "--port", `${port}`, "--bind", "127.0.0.1"];
    await start("redis-server", options, /Ready to accept/);
    const redis = `redis://127.0.0.1:${port}`;
    const executor = await bullmq({ redis });
    try {
      const memory = await measureMemory(executor, port, shards);
      const costs: QueueCost[] = [];
      for (const workers of [1, 2]) {
        await start(process.execPath, ["--input-type=module", "--eval", worker(redis)], /^ready/);
        costs.push(await measureCost(executor, port, { workers, shards, repeats }));
      }
      return { redis: /redis_version:(\S+)/.exec(info(port, "server"))?.[1] ?? "", costs, memory };
    } finally {
      await executor.dispose();
    }
  } finally {
    for (const child of started) {
      const ended = once(child, "exit");
      if (child.exitCode === null && child.kill("SIGKILL")) await ended;
    }
  }
}

/** Answers each shard with as many bytes as its first four say. */
const worker = (redis: string): string => `
  import { serveQueue } from "reparam/parallel/bullmq";
  const perform = async (_, shard) => new Uint8Array(new DataView(shard.buffer, shard.byteOffset).getUint32(0));
  await serveQueue({
    redis: ${JSON.stringify(redis)},
    perform: () => ({ perform }),
    onEvent: ({ type }) => { if (type === "ready") console.log(type); },
  });`;

/** A map of shards. */
async function map(executor: Executor, shards: number, partial = PARTIAL, common = 64): Promise<void> {
  const shard = new Uint8Array(SHARD);
  new DataView(shard.buffer).setUint32(0, partial);
  const task = { common: new Uint8Array(common), shards: Array<Uint8Array>(shards).fill(shard), largest: partial };
  let done = 0;
  for await (const outcome of executor.map(task, new AbortController().signal)) {
    if ("error" in outcome) throw outcome.error;
    if (outcome.partial.length !== partial) throw new Error(`a partial result of ${outcome.partial.length} bytes`);
    done++;
  }
  if (done !== shards) throw new Error(`${done} of ${shards} shards`);
}

async function measureCost(
  executor: Executor,
  port: number,
  { workers, shards, repeats }: { readonly workers: number; readonly shards: number; readonly repeats: number },
): Promise<QueueCost> {
  await map(executor, shards); // warm
  const before = counters(port);
  await map(executor, shards);
  const after = counters(port);
  const counted = (name: keyof typeof before): number => (after[name] - before[name]) / shards;
  return {
    workers,
    shard: (await time(repeats, () => map(executor, shards))) / shards,
    map: await time(5 * repeats, () => map(executor, 1)),
    step: await time(2 * repeats, () => map(executor, workers, COMMON, COMMON)),
    commands: counted("commands"),
    scripts: counted("scripts"),
    received: counted("received"),
    sent: counted("sent"),
  };
}

async function measureMemory(executor: Executor, port: number, shards: number): Promise<number> {
  const used = (): number => Number(/used_memory:(\d+)/.exec(info(port, "memory"))?.[1]);
  const controller = new AbortController();
  const before = used();
  const task = { common: new Uint8Array(64), shards: Array(shards).fill(new Uint8Array(SHARD)), largest: PARTIAL };
  const running = executor.map(task, controller.signal)[Symbol.asyncIterator]().next();
  const ended = running.catch(() => {});
  // The flow is added at a stroke.
  while (Number(ask(port, "LLEN", "reparam:reparam:wait")) < shards) await new Promise((wake) => setTimeout(wake, 20));
  const bytes = (used() - before) / shards;
  controller.abort();
  await ended;
  return bytes;
}

/** The median, in milliseconds. */
async function time(repeats: number, run: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const begin = performance.now();
    await run();
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[repeats >> 1] as number;
}

function counters(port: number): Record<"commands" | "scripts" | "received" | "sent", number> {
  const stats = info(port, "stats");
  const of = (name: string): number => Number(new RegExp(`${name}:(\\d+)`).exec(stats)?.[1]);
  const calls = [...info(port, "commandstats").matchAll(/cmdstat_(\w+)\S*:calls=(\d+)/g)];
  const sum = (name: RegExp): number =>
    calls.reduce((all, [, each, count]) => all + (name.test(each as string) ? Number(count) : 0), 0);
  return {
    commands: sum(/^/),
    scripts: sum(/^eval/),
    received: of("total_net_input_bytes"),
    sent: of("total_net_output_bytes"),
  };
}

const ask = (port: number, ...command: readonly string[]): string =>
  execFileSync("redis-cli", ["-p", `${port}`, ...command], { encoding: "utf8" });

const info = (port: number, section: string): string => ask(port, "INFO", section);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
