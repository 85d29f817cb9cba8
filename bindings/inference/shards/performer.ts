import { ArgumentError, describe, IDENTITY, MessageError } from "../../core/index.ts";
import type { Signal } from "../async-step.ts";
import { answerOf, failureOf, type Job } from "./gather.ts";
import type { Kind, Prepared } from "./kind.ts";
import { type Made, madeOf } from "./shared.ts";
import { checksumOf, type Data, decode, encode, wordsOf } from "./wire.ts";

/** Works, and jobs, that are kept: a program alternates between few. */
const [KEPT_WORKS, KEPT_JOBS] = [4, 16];

/** What a worker does with messages. */
export interface Performer {
  /**
   * Computes a shard: the bytes of its partial result, or of an error. One at a time, in the order of the calls.
   * @param take memory for the partial result, if it does not leave the process: fresh memory by default
   * @throws (the promise rejects) MessageError for bytes that are no such message; the signal's reason
   */
  perform(
    common: Uint8Array,
    shard: Uint8Array,
    signal?: Signal,
    take?: (bytes: number) => Uint8Array,
  ): Promise<Uint8Array>;
}

/** The last ones that were asked for, by the bytes that say what they are. */
class Kept<T> {
  readonly #most: number;
  readonly #all: { readonly of: Uint8Array; readonly value: T }[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** @param make from a copy of the bytes, which nobody changes */
  get(of: Uint8Array, make: (of: Uint8Array) => T): T {
    const known = this.#all.findIndex((each) => isSame(each.of, of));
    const [found] = known < 0 ? [entryOf(new Uint8Array(of), make)] : this.#all.splice(known, 1);
    // One of the two.
    const { value } = found as { readonly value: T };
    this.#all.unshift(found as { readonly of: Uint8Array; readonly value: T });
    this.#all.splice(this.#most);
    return value;
  }
}

const entryOf = <T>(of: Uint8Array, make: (of: Uint8Array) => T) => ({ of, value: make(of) });

/** The message before. */
interface Before {
  /** As it was handed in: whoever did may put another into the same bytes, but shards of that say so by their `of`. */
  readonly common: Uint8Array;
  readonly of: number;
  readonly prepared: Prepared;
}

/** With the kinds of computations that there are. */
export class KindPerformer implements Performer {
  readonly #kinds: Readonly<Record<string, Kind>>;
  /** A work may have read a data set: jobs of one work share it. */
  readonly #works = new Kept<Made>(KEPT_WORKS);
  readonly #jobs = new Kept<Prepared>(KEPT_JOBS);
  #before: Before | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(kinds: Readonly<Record<string, Kind>>) {
    this.#kinds = kinds;
  }

  perform(
    common: Uint8Array,
    shard: Uint8Array,
    signal?: Signal,
    take?: (bytes: number) => Uint8Array,
  ): Promise<Uint8Array> {
    // Parameters hold the values of one message at a time.
    const result = this.#last.then(() => this.#perform(common, shard, signal, take));
    this.#last = result.catch(() => {});
    return result;
  }

  async #perform(
    common: Uint8Array,
    shard: Uint8Array,
    signal: Signal | undefined,
    take: ((bytes: number) => Uint8Array) | undefined,
  ): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const { of, shard: number, value } = (decode(shard, "shard") ?? {}) as Record<string, Data>;
    if (!Number.isSafeInteger(of) || !Number.isSafeInteger(number))
      throw new MessageError("shard", "a shard, with its number", describe(value));
    try {
      const prepared = this.#at(common, of as number);
      const answer = await prepared.run(value as never, signal);
      const partial = answerOf(of as number, number as number, { value: answer }, take);
      prepared.told?.();
      return partial;
    } catch (error) {
      signal?.throwIfAborted();
      // Not of the computation: the bytes are of something else, and another attempt may bring the right ones.
      if (error instanceof MessageError) throw error;
      return answerOf(of as number, number as number, { error: failureOf(error) }, take);
    }
  }

  /** Ready to compute at the parameters of the message. */
  #at(common: Uint8Array, of: number): Prepared {
    // The array itself needs no comparing: of megabytes it would take a millisecond for each shard.
    const before = this.#before?.of === of ? this.#before : undefined;
    if (before && (before.common === common || isSame(before.common, common))) {
      this.#before = { ...before, common };
      return before.prepared;
    }
    if (checksumOf(common, "common") !== of)
      throw new MessageError("common", "what the shard is of", "another message");
    const { job, state } = (decode(common, "common") ?? {}) as Record<string, Data>;
    const prepared = this.#jobs.get(job as Uint8Array, (bytes) => this.#prepare(bytes));
    this.#before = undefined;
    prepared.set(state as never);
    this.#before = { common, of, prepared };
    return prepared;
  }

  #prepare(bytes: Uint8Array): Prepared {
    // What `decode` returns, the main program's `encode` got from `messagesOf`, and here and above it is what the kind says: what is not of
    // that form is found when it is used.
    const { library, kind, work, parts, options } = decode(bytes, "job") as Job & { readonly library: Data };
    if (library !== IDENTITY)
      throw new ArgumentError("worker", `${library as string}, as the main program has`, IDENTITY);
    if (typeof kind !== "string" || !Object.hasOwn(this.#kinds, kind))
      throw new ArgumentError("job.kind", `one of ${Object.keys(this.#kinds).join(", ")}`, describe(kind));
    const made = this.#works.get(encode([work.name, work.input]), () => madeOf(work.name, work.input));
    const part = Object.fromEntries(
      Object.entries(parts).map(([name, property]) => {
        if (!Object.hasOwn(made.parts, property))
          throw new ArgumentError(`shared("${work.name}")`, `a part "${property}"`, Object.keys(made.parts).join(", "));
        return [name, made.parts[property]];
      }),
    );
    return (this.#kinds[kind] as Kind)(part as never, options as never, made.parameters);
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const [x, y] = [wordsOf(a), wordsOf(b)];
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}
