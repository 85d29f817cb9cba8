import { checkInteger, checkOptions } from "../../core/index.ts";
import { type Cancellation, type Performer, performer } from "../../inference/extend.ts";
import { addressOf, connect, disconnect, reasonOf, settle, within } from "./connect.ts";
import { cancelChannel, checkQueue, PREFIX, printable } from "./messages.ts";
import { loadPeers, type Redis } from "./peers.ts";
import { Store } from "./scripts.ts";
import { Serving } from "./serving.ts";

/** What a worker tells of itself. */
export interface QueueWorkerEvent {
  /**
   * `ready` to take shards; `took` one, and was `done` with it, or `cancelled`: computed for nothing, as the map ended, the shard took too long or
   * another worker has it; `refused` what is no shard, or one that it cannot compute; `error` of the connection: it goes on; `stopping`.
   */
  readonly type: "ready" | "took" | "done" | "cancelled" | "refused" | "error" | "stopping";
  /** Address of the server, without its password: of `ready`. */
  readonly redis?: string;
  /** Where shards are from: of `ready`. */
  readonly queue?: string;
  /** Identity of the map that a shard is of. */
  readonly map?: string;
  /** Number of the shard in its map. */
  readonly shard?: number;
  /** That a shard took: of `done`. */
  readonly milliseconds?: number;
  /** Of the partial result: of `done`. */
  readonly bytes?: number;
  /** Identity of the job: of `refused`. */
  readonly job?: string;
  /** Why it was cancelled, refused, or what the error is. */
  readonly reason?: string;
}

/** How a worker serves. */
export interface ServeQueueOptions {
  /** Address of the server, as redis://host:port, or rediss://user:password@host:port/database for one with TLS and a password. */
  readonly redis: string;
  /** Name of the queue to take shards from: up to 64 letters, digits and _ . - ("reparam"). */
  readonly queue?: string;
  /**
   * Milliseconds after which a worker that says nothing has lost its shard to another one (10 000). While it computes it says so each
   * half of that time, as far as the computation gives it a turn.
   */
  readonly lock?: number;
  /** Most bytes of a message that it reads (268 435 456). */
  readonly largest?: number;
  /** Ends it, after the shard at hand. */
  readonly signal?: Cancellation;
  /** Ends it at once: the shard at hand fails, and the main program sends it again. */
  readonly abort?: Cancellation;
  /** Told of what it does. */
  readonly onEvent?: (event: QueueWorkerEvent) => void;
  /** What computes shards, as one made by `performer`: to watch it, or for messages of another kind. */
  readonly perform?: () => Performer;
}

/**
 * Computes shards of a queue, one at a time, until the signal is aborted: what `npx reparam worker` does, for programs of one's own,
 * which import the modules with the works before.
 *
 *     import "./work.js";
 *     await serveQueue({ redis: "redis://localhost:6379" });
 *
 * @throws ArgumentError for an option; PackageError when `bullmq` or `ioredis` is not installed; QueueError for a server that does not
 *   answer at the beginning: one that goes away later is waited for
 */
export async function serveQueue(options: ServeQueueOptions): Promise<void> {
  checkOptions(options, ["redis", "queue", "lock", "largest", "signal", "abort", "onEvent", "perform"]);
  const { redis, lock = 10_000, largest = 2 ** 28, signal, abort, onEvent = () => {}, perform = performer } = options;
  const queue = checkQueue(options.queue ?? "reparam");
  checkInteger("lock", lock, 100);
  checkInteger("largest", largest, 1);
  const address = addressOf(redis);
  const { bullmq } = await loadPeers();
  const tellError = once((reason) => onEvent({ type: "error", reason }));
  const onError = (error: Error): void => tellError(printable(reasonOf(error)));
  const client = await connect(redis, onError);
  const listener = client.duplicate();
  listener.on("error", onError);
  const serving = new Serving({ queue, store: new Store(client), lock, largest, onEvent, perform });
  let worker: InstanceType<typeof bullmq.Worker> | undefined;
  try {
    listener.on("message", (_, message) => serving.cancel(message));
    await listener.connect();
    await listener.subscribe(cancelChannel(queue));
    worker = new bullmq.Worker(queue, (job) => serving.process(job), {
      connection: client,
      prefix: PREFIX,
      concurrency: 1,
      lockDuration: lock,
      stalledInterval: lock / 2,
      maxStalledCount: 1,
      runRetryDelay: 1000,
    });
    worker.on("error", (error: Error) => {
      if (!serving.isExpected(error)) onError(error);
    });
    worker.on("lockRenewalFailed", () => serving.lose());
    await worker.waitUntilReady();
    onEvent({ type: "ready", redis: address, queue });
    await aborted(signal, abort);
    onEvent({ type: "stopping" });
    const closing = settle(client).then(() => worker?.close());
    await Promise.race([closing, aborted(abort).then(() => serving.giveUp()), lost(client, closing)]);
    // What was given up is a failure that the main program hears of.
    await within(2000, closing);
  } finally {
    serving.giveUp();
    if (worker) await within(1000, worker.close(true));
    await disconnect(client);
  }
}

/** When one of them is. */
function aborted(...signals: readonly (Cancellation | undefined)[]): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) {
      if (signal?.aborted) resolve();
      signal?.addEventListener("abort", resolve);
    }
  });
}

/** When the server has been away for two seconds: the end does not wait for it. */
async function lost(client: Redis, closing: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  closing.then(over, over);
  for (let away = 0; away < 10 && !isOver; away = client.status === "ready" ? 0 : away + 1)
    await new Promise((resolve) => setTimeout(resolve, 200));
}

/** The same error of several connections, and of each attempt, is told once in five seconds. */
function once(tell: (reason: string) => void): (reason: string) => void {
  let [last, until] = ["", 0];
  return (reason) => {
    if (reason === last && performance.now() < until) return;
    [last, until] = [reason, performance.now() + 5000];
    tell(reason);
  };
}
