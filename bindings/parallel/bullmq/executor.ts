import { checkInteger, checkOptions, checkPositive, DisposedError } from "../../core/index.ts";
import type { Cancellation, Executor, Outcome, Task } from "../../inference/extend.ts";
import { addressOf, connect, disconnect, settle, within } from "./connect.ts";
import { type Context, QueueMap } from "./map.ts";
import { checkQueue, dataKey, jobKey, PREFIX, parentsOf, placeOf } from "./messages.ts";
import { type Bullmq, loadPeers, type Queue, type QueueEvents, type Redis } from "./peers.ts";
import { Store } from "./scripts.ts";

/** How to reach workers on other machines. */
export interface BullmqOptions {
  /** Address of the server, as redis://host:port, or rediss://user:password@host:port/database for one with TLS and a password. */
  readonly redis: string;
  /** Name of the queue that the workers take shards from: up to 64 letters, digits and _ . - ("reparam"). */
  readonly queue?: string;
  /** Milliseconds that a worker may take for a shard, before another one gets it (300 000). */
  readonly timeout?: number;
  /** Milliseconds that a map goes on without a worker, or without an answer of the server (30 000). */
  readonly patience?: number;
  /** Number of shards that are computed at the same time: that of the workers that are connected, unless it is given. */
  readonly workers?: number;
}

/**
 * Workers on other machines, or in other processes of this one: each shard is a job of BullMQ, on a server of Redis or Valkey.
 * `npx reparam worker` starts a worker, which imports the module that has the works; `serveQueue` is the same as a function.
 *
 *     const executor = await bullmq({ redis: "redis://localhost:6379" });
 *     const mean = await expectation(cost, distribution, { key: key(1), samples: 1e8, executor });
 *     await executor.dispose();
 *
 * A worker that dies or hangs loses its shard to another one, after some seconds (`lock` of the worker) or after `timeout`. A server
 * that forgot everything is given all shards again. Whoever can write to the server can have registered works computed, and can send
 * wrong sums: give it a password.
 *
 * @throws ArgumentError for an option; PackageError when `bullmq` or `ioredis` is not installed; QueueError for a server that does not
 *   answer. Loops over `map` throw a QueueError when no worker takes a shard, or the server does not answer, for `patience`.
 */
export async function bullmq(options: BullmqOptions): Promise<Executor> {
  checkOptions(options, ["redis", "queue", "timeout", "patience", "workers"]);
  const { redis, timeout = 300_000, patience = 30_000, workers } = options;
  const queue = checkQueue(options.queue ?? "reparam");
  checkPositive("timeout", timeout);
  checkPositive("patience", patience);
  if (workers !== undefined) checkInteger("workers", workers, 1);
  const address = addressOf(redis);
  const { bullmq: library } = await loadPeers();
  // What is lost comes back, or maps say so: of each loss there is nothing to tell.
  const client = await connect(redis, ignore);
  try {
    return await open(client, library, { address, queue, timeout, patience, workers });
  } catch (error) {
    await disconnect(client);
    throw error;
  }
}

const ignore = (): void => {};

type Settings = Pick<Context, "address" | "queue" | "timeout" | "patience"> & { readonly workers: number | undefined };

async function open(client: Redis, library: Bullmq, settings: Settings): Promise<QueueExecutor> {
  const { queue, workers } = settings;
  const options = { connection: client, prefix: PREFIX };
  // From the last event on: one that comes before the first question would be lost.
  const [last] = await client.xrevrange(jobKey(queue, "events"), "+", "-", "COUNT", 1);
  const jobs = new library.Queue(queue, options);
  const parents = new library.Queue(parentsOf(queue), options);
  const flows = new library.FlowProducer(options);
  const events = new library.QueueEvents(queue, { ...options, lastEventId: last?.[0] ?? "0-0" });
  for (const each of [jobs, parents, flows, events]) each.on("error", ignore);
  await Promise.all([jobs, parents, flows, events].map((each) => each.waitUntilReady()));
  const executor = new QueueExecutor(client, parents, [flows, jobs, parents, events], workers, (countWorkers) => ({
    ...settings,
    store: new Store(client),
    jobs,
    flows,
    countWorkers,
  }));
  executor.listen(events);
  await executor.sweep();
  await executor.count();
  return executor;
}

class QueueExecutor implements Executor {
  readonly #client: Redis;
  readonly #parents: Queue;
  readonly #closed: readonly { close(): Promise<unknown> }[];
  readonly #workers: number | undefined;
  readonly #context: Context;
  readonly #maps = new Map<string, QueueMap>();
  #size: number;
  #isOpen = true;

  constructor(
    client: Redis,
    parents: Queue,
    closed: readonly { close(): Promise<unknown> }[],
    workers: number | undefined,
    contextOf: (countWorkers: () => Promise<number>) => Context,
  ) {
    this.#client = client;
    this.#parents = parents;
    this.#closed = closed;
    this.#workers = workers;
    this.#size = workers ?? 1;
    this.#context = contextOf(() => this.count());
  }

  get size(): number {
    return this.#size;
  }

  async *map(task: Task, signal: Cancellation): AsyncGenerator<Outcome> {
    if (!this.#isOpen) throw disposed();
    const map = new QueueMap(this.#context, task);
    this.#maps.set(map.id, map);
    try {
      yield* map.run(signal);
    } finally {
      this.#maps.delete(map.id);
    }
  }

  async dispose(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const map of this.#maps.values()) map.fail(disposed());
    // They clean up while the connection is there.
    await within(2500, this.#idle());
    if (this.#client.status === "ready") await within(1000, this.sweep());
    await settle(this.#client);
    await within(1000, Promise.all(this.#closed.map((each) => each.close())));
    await disconnect(this.#client);
  }

  /** Of workers; what it was before when the server tells nobody. */
  async count(): Promise<number> {
    const count = await this.#context.jobs.getWorkersCount().catch(() => this.#size);
    this.#size = this.#workers ?? Math.max(1, count);
    return count;
  }

  /** Removes flows of main programs that died: their data have expired. */
  async sweep(): Promise<void> {
    for (const job of await this.#parents.getJobs(["waiting-children", "waiting"], 0, 99)) {
      const { id } = job ?? {};
      if (id === undefined || (await this.#client.exists(dataKey(this.#context.queue, id))) === 1) continue;
      // A worker may still hold one of its shards: it will not find the data, either, and the next program comes by here.
      await job?.remove({ removeChildren: true }).catch(ignore);
    }
  }

  /** What workers do, as they do it. */
  listen(events: QueueEvents): void {
    const on = (event: string, tell: (map: QueueMap, shard: number, reason: unknown) => void): void => {
      events.on(event, ({ jobId, failedReason }: { jobId?: unknown; failedReason?: unknown }) => {
        for (const map of this.#maps.values()) map.progress();
        const place = placeOf(jobId);
        const map = place && this.#maps.get(place.map);
        if (map) tell(map, place.shard, failedReason);
      });
    };
    on("active", (map, shard) => map.started(shard));
    on("stalled", (map, shard) => map.stalled(shard));
    on("completed", (map, shard) => map.completed(shard));
    on("failed", (map, shard, reason) => map.failed(shard, String(reason)));
  }

  async #idle(): Promise<void> {
    while (this.#maps.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const disposed = (): DisposedError => new DisposedError("executor", "one that is open", "a disposed one");
