import { DisposedError } from "../../core/index.ts";
import type { Cancellation, Executor, Outcome, Task } from "../../inference/extend.ts";
import type { Errand, Hand } from "./hand.ts";
import { Mailbox } from "./mailbox.ts";

/** Milliseconds that cancelled shards have to end by themselves. Then their workers are ended. */
const GRACE = 1000;

/** Milliseconds: of a shard, and of a worker's start, by default; the longest delay of a timer. */
export const TIMEOUT = 600_000;
export const START = 60_000;
export const LONGEST = 0x7fffffff;

/** A place for a worker. */
interface Place {
  hand: Hand | undefined;
  /** The map of whose shards its worker computed one before. */
  map: number | undefined;
}

/** One `map`. */
interface Run {
  readonly map: number;
  readonly task: Task;
  /** The common part in memory that all workers see, where there is such. */
  readonly shared: { readonly common: SharedArrayBuffer; readonly flag: SharedArrayBuffer } | undefined;
  readonly outcomes: Mailbox<Outcome>;
  /** Workers that compute for it. */
  readonly busy: Set<Hand>;
  next: number;
  isOver: boolean;
  /** Runs when it is cancelled and shards of it go on. */
  grace: ReturnType<typeof setTimeout> | undefined;
}

export interface PoolOptions {
  readonly workers: number;
  /** Milliseconds for a shard. */
  readonly timeout: number;
  /** Starts a worker. */
  readonly hire: () => Hand;
  /** The error for a user, of the reason why a worker cannot be started. */
  readonly explain: (reason: unknown) => unknown;
}

/** Workers in this process: one shard at a time each, another worker in the place of one that died or took too long. */
export class Pool implements Executor {
  readonly size: number;
  readonly #options: PoolOptions;
  readonly #places: Place[];
  readonly #free: Place[];
  /** Who waits for a free place, the first one first. */
  readonly #waiting: ((place: Place) => void)[] = [];
  readonly #runs = new Set<Run>();
  #maps = 0;
  #isOpen = true;

  constructor(options: PoolOptions) {
    this.size = options.workers;
    this.#options = options;
    this.#places = Array.from({ length: options.workers }, () => ({ hand: undefined, map: undefined }));
    this.#free = [...this.#places];
  }

  /** All workers at once, before they are needed. @throws the reason why one cannot be started */
  async start(): Promise<void> {
    await Promise.all(this.#places.map((place) => this.#started(place)));
  }

  async *map(task: Task, signal: Cancellation): AsyncGenerator<Outcome> {
    signal.throwIfAborted();
    if (!this.#isOpen) throw disposed();
    const run: Run = {
      map: ++this.#maps,
      task,
      shared: sharedOf(task.common),
      outcomes: new Mailbox(),
      busy: new Set(),
      next: 0,
      isOver: false,
      grace: undefined,
    };
    const onAbort = (): void => run.outcomes.fail(signal.reason);
    signal.addEventListener("abort", onAbort);
    this.#runs.add(run);
    try {
      for (let lane = Math.min(this.size, task.shards.length); lane > 0; lane--) void this.#work(run);
      for (let told = 0; told < task.shards.length; told++) yield await run.outcomes.next();
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#runs.delete(run);
      this.#cancel(run);
    }
  }

  async dispose(): Promise<void> {
    this.#isOpen = false;
    for (const run of this.#runs) run.outcomes.fail(disposed());
    await Promise.all(this.#places.map(({ hand }) => hand?.end(disposed())));
  }

  /** Shards of a run, one after another, in whichever place is free. */
  async #work(run: Run): Promise<void> {
    while (!run.isOver && run.next < run.task.shards.length) {
      const place = this.#free.shift() ?? (await new Promise<Place>((resolve) => this.#waiting.push(resolve)));
      try {
        if (run.isOver || run.next >= run.task.shards.length) return;
        await this.#perform(run, place, run.next++);
      } catch (error) {
        run.outcomes.fail(error);
        return;
      } finally {
        const next = this.#waiting.shift();
        if (next) next(place);
        else this.#free.push(place);
      }
    }
  }

  /** @throws the reason why a worker cannot be started */
  async #perform(run: Run, place: Place, shard: number): Promise<void> {
    if (!this.#isOpen) throw disposed();
    const hand = await this.#started(place);
    if (run.isOver) return;
    const { timeout } = this.#options;
    const timer = setTimeout(() => void hand.end(new Error(`no answer within ${timeout} ms`)), timeout);
    run.busy.add(hand);
    try {
      const partial = await hand.perform(this.#errandOf(run, place, shard));
      run.outcomes.push({ shard, partial });
    } catch (error) {
      // It may not have got what the shards have in common, either.
      place.map = undefined;
      run.outcomes.push({ shard, error });
    } finally {
      clearTimeout(timer);
      run.busy.delete(hand);
      if (run.busy.size === 0) clearTimeout(run.grace);
    }
  }

  #errandOf({ map, task, shared }: Run, place: Place, shard: number): Errand {
    const isKnown = place.map === map;
    place.map = map;
    const bytes = task.shards[shard] as Uint8Array;
    return { map, shard: bytes, ...(!isKnown && (shared ?? { common: task.common })) };
  }

  async #started(place: Place): Promise<Hand> {
    if (place.hand === undefined || place.hand.isGone) {
      place.hand = this.#options.hire();
      place.map = undefined;
    }
    const { hand } = place;
    try {
      await hand.ready;
    } catch (reason) {
      throw this.#isOpen ? this.#options.explain(reason) : disposed();
    }
    return hand;
  }

  /** Shards that still run are told, and given some time; nobody waits for them, but the places in which they run. */
  #cancel(run: Run): void {
    run.isOver = true;
    if (run.busy.size === 0) return;
    if (run.shared) Atomics.store(new Int32Array(run.shared.flag), 0, 1);
    for (const hand of run.busy) hand.cancel(run.map);
    run.grace = setTimeout(() => {
      for (const hand of run.busy) void hand.end(new Error(`it went on for ${GRACE} ms after it was cancelled`));
    }, GRACE);
  }
}

const disposed = (): Error => new DisposedError("executor", "one that is open", "a disposed one");

/** Not cloned for each worker; a page has such memory if it is isolated from others. */
function sharedOf(bytes: Uint8Array): Run["shared"] {
  if (typeof SharedArrayBuffer !== "function") return undefined;
  const common = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(common).set(bytes);
  return { common, flag: new SharedArrayBuffer(4) };
}
