import { ArgumentError, checkInteger, describe } from "../../core/index.ts";

/** A signal that tells when it is aborted: what executors pass on to workers. An AbortSignal is one. */
export interface Cancellation {
  /** Whether it is. */
  readonly aborted: boolean;
  /** Why: what whoever waits is rejected with. */
  readonly reason: unknown;
  /** Throws the reason of an abort, if there was one. */
  throwIfAborted(): void;
  /** Tells of the abort, once. */
  addEventListener(type: "abort", listener: () => void): void;
  /** Tells no more. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Shards of one computation, as messages that a worker's `performer()` understands: executors carry them, and look into none. */
export interface Task {
  /** What all shards have in common: which work, and at which parameters. May have megabytes: executors send it once to each worker, if they can. */
  readonly common: Uint8Array;
  /** What each shard has of its own: some hundred bytes. */
  readonly shards: readonly Uint8Array[];
  /** Most bytes that a partial result may have: larger ones are refused unread. */
  readonly largest: number;
}

/** Memory for messages that do not leave the process: used again and again, it is set up once. */
export interface MessageMemory {
  /** So many bytes, on a multiple of 8, whatever is in them. */
  take(bytes: number): Uint8Array;
  /** Takes a message back when nobody reads it any more. */
  giveBack(message: Uint8Array): void;
}

/** What came of a shard: its partial result, or the reason why there is none, such as the death of its worker. */
export type Outcome =
  | {
      /** Its number in the task. */
      readonly shard: number;
      /** As the worker's `perform` returned it. */
      readonly partial: Uint8Array;
    }
  | {
      /** Its number in the task. */
      readonly shard: number;
      /** Why: whoever gathers the results tries again, or says so. */
      readonly error: unknown;
    };

/**
 * Whatever computes shards: this thread, others, other machines. It may lose, repeat and reorder them; that results are the same
 * nevertheless is not its concern.
 */
export interface Executor {
  /** How many shards are computed at the same time, as far as it knows: there are a few times as many shards. */
  readonly size: number;
  /**
   * Where messages do not leave the process: memory that its workers see, for what shards have in common. It takes back this memory, and
   * that of partial results, which are read where they are.
   */
  readonly memory?: MessageMemory;
  /**
   * Computes shards and tells of each when it is done, in any order: of each at least once, by a partial result or an error. Ends when
   * all were told of; leaving the loop, or an abort, cancels what still runs.
   * @throws (the loop) the signal's reason; what concerns no single shard, such as a server that is gone
   */
  map(task: Task, signal: Cancellation): AsyncIterable<Outcome>;
  /** Ends workers and connections. Shards that still run are cancelled; another `map` throws a DisposedError. */
  dispose(): Promise<void>;
}

/** @param sizes options that say how large shards are: of use beside an executor only */
export function checkExecutor(executor: unknown, sizes: Readonly<Record<string, unknown>> = {}): void {
  if (executor !== undefined && typeof (executor as Partial<Executor> | null)?.map !== "function")
    throw new ArgumentError("executor", "an executor, such as inline() or await threads(...)", describe(executor));
  // Without one there would be no shards at all: steps without gradients, and nobody would know.
  const { size } = (executor ?? { size: 1 }) as Partial<Executor>;
  if (!Number.isFinite(size) || (size as number) < 0)
    throw new ArgumentError("executor.size", "a number of 0 or more", describe(size));
  for (const [name, size] of Object.entries(sizes)) {
    if (size === undefined) continue;
    if (executor === undefined) throw new ArgumentError(name, "an executor beside it", "none");
    checkInteger(name, size, 1);
  }
}
