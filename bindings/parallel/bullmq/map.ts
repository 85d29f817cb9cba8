import { MessageError } from "../../core/index.ts";
import type { Cancellation, Outcome, Task } from "../../inference/extend.ts";
import { within } from "./connect.ts";
import { QueueError } from "./errors.ts";
import { cancelChannel, dataKey, idOf, jobKey, lockKey, NAME, PREFIX, parentsOf, shardData } from "./messages.ts";
import type { Flows, Job, Queue } from "./peers.ts";
import { ACTIVE, DONE, GONE, type Store } from "./scripts.ts";

/** Longest time between two looks at the shards, in milliseconds: for events that were lost, and servers that forgot. */
const LOOK = 1000;
/** Milliseconds that a map may take to leave nothing behind, when the server does not answer. */
const CLEANING = 2000;

/** What all maps of an executor share. */
export interface Context {
  readonly address: string;
  readonly queue: string;
  readonly store: Store;
  readonly jobs: Queue;
  readonly flows: Flows;
  /** Milliseconds that a worker may take for a shard. */
  readonly timeout: number;
  /** Milliseconds without a worker, or without an answer of the server. */
  readonly patience: number;
  /** How many workers are connected now. */
  countWorkers(): Promise<number>;
}

/** One map: a flow of BullMQ, whose children are the shards, and a hash with what they have in common and what came of them. */
export class QueueMap {
  readonly id = crypto.randomUUID();
  readonly #context: Context;
  readonly #task: Task;
  readonly #key: string;
  /** Not told of yet. */
  readonly #open: Set<number>;
  readonly #outcomes: Outcome[] = [];
  /** Since when a worker has it. */
  readonly #since = new Map<number, number>();
  /** Of which the last look found neither job nor result: an event with the reason may be on its way. */
  #gone: ReadonlySet<number> = new Set();
  #parent: Promise<Job> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLooking = false;
  #lastAnswer = now();
  #lastProgress = now();
  /** Why the map cannot go on. */
  #failure: { readonly reason: unknown } | undefined;
  #wake = (): void => {};

  constructor(context: Context, task: Task) {
    this.#context = context;
    this.#task = task;
    this.#key = dataKey(context.queue, this.id);
    this.#open = new Set(task.shards.keys());
  }

  async *run(signal: Cancellation): AsyncGenerator<Outcome> {
    const abort = (): void => this.fail(signal.reason);
    signal.throwIfAborted();
    if (this.#open.size === 0) return;
    signal.addEventListener("abort", abort);
    try {
      this.#begin();
      for (let left = this.#task.shards.length; left > 0; left--) yield await this.#next();
    } finally {
      signal.removeEventListener("abort", abort);
      clearTimeout(this.#timer);
      await within(CLEANING, this.#clean());
    }
  }

  /** Ends it with an error. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#wake();
  }

  /** Something happened in the queue: somebody works there. */
  progress(): void {
    this.#lastProgress = now();
  }

  /** A worker took a shard. */
  started(shard: number): void {
    this.#since.set(shard, now());
  }

  /** Its worker died: BullMQ gives it to another one. */
  stalled(shard: number): void {
    this.#since.delete(shard);
  }

  completed(shard: number): void {
    this.#take(shard).catch((error) => this.fail(error));
  }

  failed(shard: number, reason: string): void {
    this.#tell(shard, { shard, error: new Error(reason.slice(0, 1000)) });
  }

  async #next(): Promise<Outcome> {
    for (;;) {
      if (this.#failure) throw this.#failure.reason;
      const outcome = this.#outcomes.shift();
      if (outcome) return outcome;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #tell(shard: number, outcome: Outcome): void {
    if (!this.#open.delete(shard)) return;
    this.#since.delete(shard);
    this.#outcomes.push(outcome);
    this.#wake();
  }

  #begin(): void {
    this.#parent = this.#add();
    this.#parent.catch((error) => this.fail(error));
    const { timeout, patience } = this.#context;
    const interval = Math.min(LOOK, timeout / 4, patience / 4);
    const look = (): void => {
      this.#look();
      this.#timer = setTimeout(look, interval);
    };
    this.#timer = setTimeout(look, interval);
  }

  async #add(): Promise<Job> {
    const { store, flows, queue } = this.#context;
    await store.open(this.#key, this.#task.common);
    const ours = { attempts: 1, removeOnComplete: true, removeOnFail: true };
    const children = this.#task.shards.map((bytes, shard) => ({
      name: NAME,
      queueName: queue,
      data: shardData(bytes),
      // Retries are the business of whoever gathers; the parent is a barrier, which failures pass too.
      opts: { ...ours, jobId: idOf(this.id, shard), ignoreDependencyOnFailure: true, stackTraceLimit: 0 },
    }));
    const parent = { name: "map", queueName: parentsOf(queue), data: {}, opts: { ...ours, jobId: this.id } };
    return (await flows.add({ ...parent, prefix: PREFIX, children: children.map(withPrefix) })).job;
  }

  async #take(shard: number): Promise<void> {
    if (!this.#open.has(shard)) return;
    const { largest } = this.#task;
    const { size, bytes } = await this.#context.store.take(this.#key, shard, largest);
    if (size > largest)
      this.#tell(shard, { shard, error: new MessageError("partial", `at most ${largest} bytes`, `${size}`) });
    else if (size === 0) this.#tell(shard, { shard, error: new MessageError("partial", "bytes", "none") });
    else this.#tell(shard, { shard, partial: bytes });
  }

  /** At the shards, unless the last look still waits for its answer. */
  #look(): void {
    const { patience, address } = this.#context;
    if (!this.#isLooking) {
      this.#isLooking = true;
      this.#compare()
        .catch((error) => this.fail(error))
        .finally(() => {
          this.#isLooking = false;
        });
    } else if (now() - this.#lastAnswer > patience) {
      const expected = `a server of Redis or Valkey that answers at ${address}`;
      this.fail(new QueueError("redis", expected, `none for ${patience / 1000} s`));
    }
  }

  async #compare(): Promise<void> {
    await this.#parent;
    const { store, queue, timeout } = this.#context;
    const shards = [...this.#open];
    const states = await store.look(this.#key, jobKey(queue, `${this.id}.`), shards);
    const workers = await this.#context.countWorkers();
    this.#lastAnswer = now();
    const gone = new Set<number>();
    for (const [i, shard] of shards.entries()) {
      const state = states?.[i] ?? GONE;
      if (state === DONE) await this.#take(shard);
      else if (state === ACTIVE) {
        const since = this.#since.get(shard) ?? now();
        this.#since.set(shard, since);
        if (now() - since > timeout) await this.#stop(shard);
      } else if (state === GONE && (!states || this.#gone.has(shard)))
        this.#tell(shard, {
          shard,
          error: new QueueError("redis", "a job for each shard", "none: the server lost it"),
        });
      else if (state === GONE) gone.add(shard);
    }
    this.#gone = gone;
    if (states?.includes(ACTIVE)) this.progress();
    this.#checkWorkers(workers);
  }

  /** Nobody took a shard for long: there is no worker, or those that are connected do nothing. */
  #checkWorkers(workers: number): void {
    const { address, queue, timeout, patience } = this.#context;
    const idle = now() - this.#lastProgress;
    if (this.#open.size === 0 || idle <= (workers > 0 ? Math.max(timeout, patience) : patience)) return;
    const start = `npx reparam worker --redis ${address} --queue ${queue} --module FILE`;
    const seconds = Math.round(idle / 1000);
    const received =
      workers > 0
        ? `${workers} that took nothing for ${seconds} s`
        : `none for ${seconds} s; this starts one: ${start}`;
    this.fail(new QueueError(`queue "${queue}"`, "workers that take shards", received));
  }

  /** It takes too long: another worker may do better. */
  async #stop(shard: number): Promise<void> {
    const { store, jobs, queue, timeout } = this.#context;
    const id = idOf(this.id, shard);
    await store.redis.publish(cancelChannel(queue), id);
    // BullMQ removes no job that someone holds; whoever did finds it gone.
    await store.redis.unlink(lockKey(queue, id));
    await jobs.remove(id);
    this.#tell(shard, { shard, error: new QueueError("worker", `a partial result in ${timeout / 1000} s`, "none") });
  }

  /** Leaves nothing in Redis, and tells workers what not to go on with. */
  async #clean(): Promise<void> {
    const { store, queue } = this.#context;
    const shards = this.#open.size;
    // In this order on one connection: whatever `add` may still send goes first.
    const parent = await this.#parent?.catch(() => undefined);
    await store.redis.unlink(this.#key);
    if (shards > 0) await store.redis.publish(cancelChannel(queue), this.id);
    if (!parent) return;
    // Then nobody can take another one, and only those are left that are held.
    if (shards > 0) await parent.removeUnprocessedChildren();
    await parent.remove({ removeChildren: true }).catch(async () => {
      const locks = this.#task.shards.map((_, shard) => lockKey(queue, idOf(this.id, shard)));
      await store.redis.unlink(...locks);
      await parent.remove({ removeChildren: true });
    });
  }
}

const withPrefix = <T extends object>(flow: T): T & { readonly prefix: string } => ({ ...flow, prefix: PREFIX });

const now = (): number => performance.now();
