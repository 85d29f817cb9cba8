import { ArgumentError, describe, MessageError } from "../../core/index.ts";
import type { Signal } from "../async-step.ts";
import { answerOf, failureOf, type Job } from "./gather.ts";
import type { Kind, Prepared } from "./kind.ts";
import { madeOf } from "./shared.ts";
import { checksum, type Data, decode, wordsOf } from "./wire.ts";

/** Jobs whose works are kept: a program alternates between few. */
const KEPT = 4;

/** What a worker does with messages. */
export interface Performer {
  /**
   * Computes a shard: the bytes of its partial result, or of an error. One at a time, in the order of the calls.
   * @throws (the promise rejects) MessageError for bytes that are no such message; the signal's reason
   */
  perform(common: Uint8Array, shard: Uint8Array, signal?: Signal): Promise<Uint8Array>;
}

interface Kept {
  readonly job: Uint8Array;
  readonly prepared: Prepared;
}

/** With the kinds of computations that there are. */
export class KindPerformer implements Performer {
  readonly #kinds: Readonly<Record<string, Kind>>;
  readonly #kept: Kept[] = [];
  #before: { readonly common: Uint8Array; readonly of: number; readonly prepared: Prepared } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(kinds: Readonly<Record<string, Kind>>) {
    this.#kinds = kinds;
  }

  perform(common: Uint8Array, shard: Uint8Array, signal?: Signal): Promise<Uint8Array> {
    // Parameters hold the values of one message at a time.
    const result = this.#last.then(() => this.#perform(common, shard, signal));
    this.#last = result.catch(() => {});
    return result;
  }

  async #perform(common: Uint8Array, shard: Uint8Array, signal?: Signal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const { of, shard: number, value } = (decode(shard, "shard") ?? {}) as Record<string, Data>;
    if (!Number.isSafeInteger(of) || !Number.isSafeInteger(number))
      throw new MessageError("shard", "a shard, with its number", describe(value));
    try {
      const prepared = this.#at(common, of as number);
      return answerOf(of as number, number as number, { value: await prepared.run(value as Data, signal) });
    } catch (error) {
      signal?.throwIfAborted();
      // Not of the computation: the bytes are of something else, and another attempt may bring the right ones.
      if (error instanceof MessageError) throw error;
      return answerOf(of as number, number as number, { error: failureOf(error) });
    }
  }

  /** Ready to compute at the parameters of the message. */
  #at(common: Uint8Array, of: number): Prepared {
    if (this.#before?.of === of && isSame(this.#before.common, common)) return this.#before.prepared;
    if (checksum(common) !== of) throw new MessageError("common", "what the shard is of", "another message");
    const { job, state } = (decode(common, "common") ?? {}) as Record<string, Data>;
    const prepared = this.#prepared(job as Uint8Array);
    this.#before = undefined;
    prepared.set(state as Data);
    this.#before = { common: common.slice(), of, prepared };
    return prepared;
  }

  #prepared(bytes: Uint8Array): Prepared {
    const known = this.#kept.findIndex(({ job }) => isSame(job, bytes));
    if (known >= 0) {
      const [found] = this.#kept.splice(known, 1) as [Kept];
      this.#kept.unshift(found);
      return found.prepared;
    }
    // What `decode` returns, another worker's `encode` got from `messagesOf`: what is not of that form is found when it is used.
    const { kind, work, parts, options } = decode(bytes, "job") as unknown as Job;
    if (typeof kind !== "string" || !Object.hasOwn(this.#kinds, kind))
      throw new ArgumentError("job.kind", `one of ${Object.keys(this.#kinds).join(", ")}`, describe(kind));
    const made = madeOf(work.name, work.input);
    const part = Object.fromEntries(
      Object.entries(parts).map(([name, property]) => {
        if (!Object.hasOwn(made.parts, property))
          throw new ArgumentError(`shared("${work.name}")`, `a part "${property}"`, Object.keys(made.parts).join(", "));
        return [name, made.parts[property]];
      }),
    );
    const prepared = (this.#kinds[kind] as Kind)(part, options, made.parameters);
    this.#kept.unshift({ job: bytes.slice(), prepared });
    for (const { prepared: old } of this.#kept.splice(KEPT)) old.dispose?.();
    return prepared;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  const [x, y] = [wordsOf(a), wordsOf(b)];
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}
