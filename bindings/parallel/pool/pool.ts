import { DisposedError } from "../../core/index.ts";
import type { Cancellation, Executor, MessageMemory, Outcome, Task } from "../../inference/extend.ts";
import { type Answers, type Errand, type Hand, outcomeOf } from "./hand.ts";
import { Mailbox } from "./mailbox.ts";
import { canShare, isShared, LEAST, Rooms } from "./rooms.ts";

/** Milliseconds that shards which go to a worker together may take by what the last ones took; and the most of them. */
const TOGETHER = 2;
const MOST = 32;

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
  readonly shared: { readonly common: Uint8Array; readonly flag: SharedArrayBuffer } | undefined;
  readonly outcomes: Mailbox<Outcome>;
  /** Workers that compute for it. */
  readonly busy: Set<Hand>;
  next: number;
  /** Milliseconds that a shard took last. */
  took: number;
  /** Shards that went together with others to a worker that is gone: one of them may be why. */
  readonly alone: number[];
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
  readonly memory?: MessageMemory;
  readonly #options: PoolOptions;
  readonly #rooms: Rooms;
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
    this.#rooms = new Rooms(options.workers + 1);
    if (canShare()) this.memory = this.#rooms;
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
      took: Infinity,
      alone: [],
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
    this.#rooms.clear();
  }

  /** Shards of a run, one after another, in whichever place is free. */
  async #work(run: Run): Promise<void> {
    while (!run.isOver && isOpen(run)) {
      const place = this.#free.shift() ?? (await new Promise<Place>((resolve) => this.#waiting.push(resolve)));
      try {
        if (run.isOver || !isOpen(run)) return;
        await this.#perform(run, place, this.#takeFrom(run));
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

  /**
   * The next shards: quick ones together, as a message takes longer than they do. They have small partial results, and are a small part of
   * all that there is still to do.
   */
  #takeFrom(run: Run): number[] {
    const { task, alone, next, took } = run;
    const one = alone.pop();
    if (one !== undefined) return [one];
    const left = task.shards.length - next;
    const quick = task.largest < LEAST ? Math.min(MOST, TOGETHER / took, left / (2 * this.size)) : 1;
    run.next += Math.max(1, Math.floor(quick));
    return Array.from({ length: run.next - next }, (_, i) => next + i);
  }

  /** @throws the reason why a worker cannot be started */
  async #perform(run: Run, place: Place, shards: number[]): Promise<void> {
    if (!this.#isOpen) throw disposed();
    const hand = await this.#started(place);
    if (run.isOver) return;
    const { timeout } = this.#options;
    const timer = setTimeout(() => void hand.end(new Error(`no answer within ${timeout} ms`)), timeout);
    run.busy.add(hand);
    const begun = performance.now();
    try {
      const answers = await hand.perform(this.#errandOf(run, place, shards));
      run.took = (performance.now() - begun) / shards.length;
      const outcomes = shards.map((shard, i) => outcomeOf(shard, answers[i] as Answers[number]));
      // It may not have got what the shards have in common, either.
      if (outcomes.some((outcome) => "error" in outcome)) place.map = undefined;
      for (const outcome of outcomes) run.outcomes.push(outcome);
    } catch (error) {
      if (shards.length === 1) run.outcomes.push({ shard: shards[0] as number, error });
      else run.alone.push(...shards);
    } finally {
      clearTimeout(timer);
      run.busy.delete(hand);
      if (run.busy.size === 0) clearTimeout(run.grace);
    }
  }

  #errandOf({ map, task, shared }: Run, place: Place, shards: readonly number[]): Errand {
    const isKnown = place.map === map;
    place.map = map;
    // Gradients, which have about the size of parameters. Larger ones make a room of their own.
    const large = Math.min(task.largest, 2 * task.common.length);
    const room = this.memory && large >= LEAST ? this.#rooms.take(large) : undefined;
    const messages = shards.map((shard) => task.shards[shard] as Uint8Array);
    return { map, shards: messages, ...(!isKnown && (shared ?? { common: task.common })), ...(room && { room }) };
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

const isOpen = ({ next, alone, task }: Run): boolean => next < task.shards.length || alone.length > 0;

const disposed = (): Error => new DisposedError("executor", "one that is open", "a disposed one");

/** Not cloned for each worker, and not copied either if it is from the memory of the pool. */
function sharedOf(bytes: Uint8Array): Run["shared"] {
  if (!canShare()) return undefined;
  const flag = new SharedArrayBuffer(4);
  if (isShared(bytes)) return { common: bytes, flag };
  const common = new Uint8Array(new SharedArrayBuffer(bytes.length));
  common.set(bytes);
  return { common, flag };
}
