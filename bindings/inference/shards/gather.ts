import {
  ArgumentError,
  describe,
  IDENTITY,
  KeyError,
  MessageError,
  ReparamError,
  ShapeError,
  ShardError,
} from "../../core/index.ts";
import type { Signal } from "../async-step.ts";
import type { Cancellation, Executor, MessageMemory } from "./executor.ts";
import type { Work } from "./shared.ts";
import { checksumOf, type Data, decode, encode } from "./wire.ts";

/** Times that a shard is tried: workers die, messages are lost. */
const ATTEMPTS = 3;

/** Which function computes, of which work, with which options: the same through a whole run. */
export type Job = {
  readonly kind: string;
  readonly work: { readonly name: string; readonly input: Data };
  /** Names of the parts among those of the work. */
  readonly parts: Readonly<Record<string, string>>;
  readonly options: Data;
};

export const jobOf = (kind: string, { made, properties }: Work, options: Data): Job => ({
  kind,
  work: { name: made.name, input: made.input },
  parts: properties,
  options,
});

/** Shards for each worker, where nobody says how large they are: the last one to come is late by a small part of all. */
export const SHARDS_EACH = 16;

/** What is computed now. */
export interface Batch {
  readonly job: Job;
  /** What changes from one map to the next: parameters' values. */
  readonly state: Data;
  readonly shards: readonly Data[];
  /** Bytes of a partial result: what is larger is none. */
  readonly largest: number;
}

/** What an answer holds, beside the number of its shard and what it is the answer to. */
type Answer = { readonly value: Data } | { readonly error: Failure };

/** An error as data. */
export type Failure = {
  readonly name: string;
  readonly message: string;
  /** Of errors of this library. */
  readonly argument?: string;
  readonly expected?: string;
  readonly received?: string;
};

/** Characters of each text of it, and bytes that an answer with one has room for. */
const [LONGEST, ROOM] = [1000, 2 ** 14];

/** Errors that come again however often a shard is tried. */
const LASTING = { ArgumentError, KeyError, ShapeError };

/** Of messages in this process, by which their checksums differ. */
let serial = 0;

/** Messages of a batch. */
export function messagesOf(
  { job, state, shards }: Batch,
  memory?: MessageMemory,
): { common: Uint8Array; shards: Uint8Array[] } {
  const told = { job: encode({ library: IDENTITY, ...job }), state };
  const common = memory ? encode({ ...told, serial: serial++ }, (bytes) => memory.take(bytes)) : encode(told);
  const of = checksumOf(common);
  return { common, shards: shards.map((value, shard) => encode({ of, shard, value })) };
}

/** What a worker answers. */
export const answerOf = (of: number, shard: number, answer: Answer, take?: (bytes: number) => Uint8Array): Uint8Array =>
  encode({ of, shard, ...answer }, take);

/**
 * Has shards computed, and hands over each partial result once, as they come. A shard without one is tried again, up to three times in
 * all: its worker died, or its answer is none that `receive` takes. Those that failed come first, and where nothing but failures comes, they do
 * so soon: what always hangs has an end after about eight times the time that a shard may take.
 *
 * @param receive takes a partial result, of which it keeps no array, or throws a MessageError for what is none and takes nothing;
 *   "enough" ends everything
 * @param options `onShard` is called, and awaited, after each that was taken
 * @throws ShardError naming the shard and why; ArgumentError, KeyError and ShapeError as the worker threw them; the signal's reason
 */
export async function gather(
  executor: Executor,
  batch: Batch,
  receive: (shard: number, value: Data) => unknown,
  { signal, onShard }: { readonly signal?: Signal | undefined; readonly onShard?: (shard: number) => unknown } = {},
): Promise<void> {
  const { memory } = executor;
  const { common, shards } = messagesOf(batch, memory);
  const of = checksumOf(common);
  const largest = Math.max(batch.largest, ROOM);
  const done = new Set<number>();
  const failures = new Map<number, number>();
  const fail = (shard: number, why: unknown): void => {
    const times = (failures.get(shard) ?? 0) + 1;
    if (times === ATTEMPTS) throw failed(shard, shards.length, why);
    failures.set(shard, times);
  };
  const cancellation = new Cancelled(signal);
  try {
    while (done.size < shards.length) {
      const open = [...new Set([...failures.keys(), ...shards.keys()])].filter((shard) => !done.has(shard));
      const silent = new Set(open);
      let inARow = 0;
      const task = { common, shards: open.map((shard) => shards[shard] as Uint8Array), largest };
      for await (const outcome of executor.map(task, cancellation.signal)) {
        signal?.throwIfAborted();
        const shard = open[outcome.shard];
        // Told of twice: a shard computed twice is the same shard.
        if (shard === undefined || done.has(shard)) continue;
        let isEnough = false;
        try {
          if ("error" in outcome) throw outcome.error;
          isEnough = receive(shard, answered(outcome.partial, { of, shard, largest })) === "enough";
          done.add(shard);
        } catch (error) {
          if (isLasting(error)) throw error;
          if (silent.delete(shard)) fail(shard, error);
          if (++inARow >= ATTEMPTS * executor.size) break;
          continue;
        }
        inARow = 0;
        if ("partial" in outcome) memory?.giveBack(outcome.partial);
        await onShard?.(shard);
        if (isEnough) return;
      }
      if (inARow < ATTEMPTS * executor.size) for (const shard of silent) if (!done.has(shard)) fail(shard, undefined);
    }
    // A worker that failed may have it still.
    if (failures.size === 0) memory?.giveBack(common);
  } finally {
    cancellation.end();
  }
}

const isLasting = (error: unknown): boolean => error instanceof ReparamError && Object.hasOwn(LASTING, error.name);

const failed = (shard: number, of: number, cause: unknown): ShardError =>
  Object.assign(
    new ShardError(
      `shard ${shard} of ${of}`,
      `a partial result in ${ATTEMPTS} attempts`,
      cause === undefined ? "no answer" : cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    ),
    { cause },
  );

/** The value of an answer. @throws MessageError for what is no answer to this; what the worker threw */
function answered(
  partial: unknown,
  { of, shard, largest }: { readonly of: number; readonly shard: number; readonly largest: number },
): Data {
  const size = (partial as Uint8Array | undefined)?.byteLength ?? 0;
  if (size > largest) throw new MessageError("partial", `at most ${largest} bytes`, `${size}`);
  const answer = decode(partial as Uint8Array, "partial") as Record<string, Data> | null;
  if (typeof answer !== "object" || answer === null || answer.of !== of || answer.shard !== shard)
    throw new MessageError("partial", `the answer to shard ${shard}`, `one to ${describe(answer?.shard)}`);
  if (answer.error !== undefined) throw errorOf(answer.error);
  return answer.value as Data;
}

function errorOf(data: Data): Error {
  const { name, message, argument, expected, received } = (data ?? {}) as Partial<Record<string, Data>>;
  // A user's error may have the same name, and no such parts.
  const isOurs = typeof argument === "string" && typeof expected === "string" && typeof received === "string";
  const Lasting = isOurs && Object.hasOwn(LASTING, String(name)) && LASTING[name as keyof typeof LASTING];
  if (Lasting) return new Lasting(argument, expected, received);
  return Object.assign(new Error(String(message)), { name: String(name) });
}

/** What a worker tells of an error. */
export function failureOf(error: unknown): Failure {
  const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  if (!(error instanceof Error)) return { name: "Error", message: short(String(error)) };
  const { name, message } = error;
  const told = { name: short(String(name)), message: short(String(message)) };
  if (!(error instanceof ReparamError)) return told;
  const { argument, expected, received } = error;
  return { ...told, argument: short(argument), expected: short(expected), received: short(received) };
}

/** Of all runtimes: neither the types of browsers nor those of Node are among ours. */
declare const AbortController: new () => { readonly signal: Cancellation; abort(reason?: unknown): void };

/** The caller's signal as one that executors can listen to; ends with the loop, too. */
class Cancelled {
  readonly #own = new AbortController();
  readonly #given: Partial<Cancellation> | undefined;
  readonly #listener = (): void => this.#own.abort(this.#given?.reason);

  constructor(given: Signal | undefined) {
    given?.throwIfAborted();
    this.#given = given as Partial<Cancellation> | undefined;
    this.#given?.addEventListener?.("abort", this.#listener);
  }

  get signal(): Cancellation {
    return this.#own.signal;
  }

  end(): void {
    this.#given?.removeEventListener?.("abort", this.#listener);
  }
}
