import { MessageError } from "../../core/index.ts";
import type { Cancellation, Performer } from "../../inference/extend.ts";
import { within } from "./connect.ts";
import { dataKey, idOf, printable, readShard } from "./messages.ts";
import type { Job } from "./peers.ts";
import type { Store } from "./scripts.ts";
import type { QueueWorkerEvent } from "./worker.ts";

/** Maps whose common data are kept: main programs take turns. */
const KEPT = 2;
/** Milliseconds that a computation which was cancelled may go on before the next one begins without it. */
const GRACE = 1000;

const ENDED = "its map has ended";

/** What BullMQ says of a job that another worker has, or nobody. */
const EXPECTED =
  /^(?:(?:Missing (?:key|lock)|Lock mismatch|could not renew lock) for job|Job \S+ is not in the \S+ state)/;

interface Settings {
  readonly queue: string;
  readonly store: Store;
  readonly lock: number;
  readonly largest: number;
  readonly onEvent: (event: QueueWorkerEvent) => void;
  readonly perform: () => Performer;
}

/** Of all runtimes that BullMQ runs in. */
declare const AbortController: new () => { readonly signal: Cancellation; abort(reason?: unknown): void };

/** What a worker does with jobs, one at a time. */
export class Serving {
  readonly #settings: Settings;
  #performer: Performer;
  /** By maps, the one used last at the end. */
  readonly #commons = new Map<string, Uint8Array>();
  #current: { readonly map: string; readonly id: string; readonly stop: (reason: string) => void } | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#performer = settings.perform();
  }

  /** @throws (the promise rejects) why there is no partial result: BullMQ tells the main program */
  async process(job: Job): Promise<number> {
    const { largest, onEvent } = this.#settings;
    let shard: ReturnType<typeof readShard>;
    try {
      shard = readShard(job, largest);
    } catch (error) {
      onEvent({ type: "refused", job: printable(String(job.id)).slice(0, 50), reason: messageOf(error) });
      throw plain(error);
    }
    return this.#compute(shard);
  }

  /** A map, or a shard of one, is not wanted any more. */
  cancel(message: string): void {
    const of = message.slice(0, 50);
    if (this.#current?.map === of || this.#current?.id === of) this.#current.stop("it is not wanted any more");
  }

  /** Another worker has the shard now, or nobody wants it. */
  lose(): void {
    this.#current?.stop("the lock of its job was lost");
  }

  giveUp(): void {
    this.#current?.stop("the worker was told to end");
  }

  /** Of jobs that were taken away from this worker: BullMQ finds no lock of its own, or no job. */
  isExpected({ message }: Error): boolean {
    return EXPECTED.test(message);
  }

  async #compute({ map, shard, message }: ReturnType<typeof readShard>): Promise<number> {
    const { queue, store, onEvent } = this.#settings;
    const controller = new AbortController();
    let cancelled: string | undefined;
    const stopped = new Promise<never>((_, reject) => {
      const stop = (reason: string): void => {
        cancelled = reason;
        const error = new Error(reason);
        controller.abort(error);
        reject(error);
      };
      this.#current = { map, id: idOf(map, shard), stop };
    });
    stopped.catch(() => {});
    const watch = this.#watch(map);
    const begin = performance.now();
    let working: Promise<Uint8Array> | undefined;
    try {
      const common = await Promise.race([this.#common(map), stopped]);
      onEvent({ type: "took", map, shard });
      working = this.#performer.perform(common, message, controller.signal);
      const partial = await Promise.race([working, stopped]);
      if (!(await store.store(dataKey(queue, map), shard, partial))) cancelled = ENDED;
      if (cancelled !== undefined) throw new Error(cancelled);
      onEvent({ type: "done", map, shard, milliseconds: performance.now() - begin, bytes: partial.length });
      return partial.length;
    } catch (error) {
      if (cancelled !== undefined) onEvent({ type: "cancelled", map, shard, reason: cancelled });
      else onEvent({ type: "refused", job: idOf(map, shard), reason: messageOf(error) });
      throw plain(error);
    } finally {
      clearInterval(watch);
      this.#current = undefined;
      // The next shard of it looks again whether the map runs.
      if (cancelled !== undefined) this.#commons.delete(map);
      if (cancelled !== undefined && working) await this.#leave(working);
    }
  }

  /** Whether the map still runs: for a message of its end that did not get here, or a main program that died. */
  #watch(map: string): ReturnType<typeof setInterval> {
    const { store, queue, lock } = this.#settings;
    return setInterval(() => {
      store.redis.exists(dataKey(queue, map)).then(
        (count) => {
          if (count === 0 && this.#current?.map === map) this.#current.stop(ENDED);
        },
        () => {},
      );
    }, lock);
  }

  /** A computation that does not end when it is told to keeps its performer; the next shard gets another. */
  async #leave(working: Promise<Uint8Array>): Promise<void> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    await within(GRACE, working.then(over, over));
    if (!isOver) this.#performer = this.#settings.perform();
  }

  async #common(map: string): Promise<Uint8Array> {
    const { store, queue, largest } = this.#settings;
    const known = this.#commons.get(map);
    if (known) {
      this.#commons.delete(map);
      this.#commons.set(map, known);
      return known;
    }
    const { size, bytes } = await store.common(dataKey(queue, map), largest);
    if (size === 0) throw new MessageError("common", "the data of a map that runs", "none: it has ended");
    if (size > largest) throw new MessageError("common", `at most ${largest} bytes`, `${size}`);
    this.#commons.set(map, bytes);
    for (const old of [...this.#commons.keys()].slice(0, -KEPT)) this.#commons.delete(old);
    return bytes;
  }
}

const messageOf = (error: unknown): string => printable(error instanceof Error ? error.message : String(error));

/** BullMQ looks at names of errors, and keeps stacks: of what came of a message it gets the text. */
const plain = (error: unknown): Error => {
  const name = error instanceof Error ? error.name : "Error";
  return new Error(`${name}: ${messageOf(error)}`);
};
