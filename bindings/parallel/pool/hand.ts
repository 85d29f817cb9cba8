import type { Outcome } from "../../inference/extend.ts";
import { isShared } from "./rooms.ts";

/** A shard, or several quick ones, as a worker in the same process gets them. */
export interface Errand {
  /** Number of the `map` that it is of. */
  readonly map: number;
  /** What the shards of a map have in common: for a worker that has computed none of them since another map. */
  readonly common?: Uint8Array;
  /** An Int32 in shared memory: 1 when the map is cancelled. */
  readonly flag?: SharedArrayBuffer;
  readonly shards: readonly Uint8Array[];
  /** Shared memory for the partial result of a shard that is alone. */
  readonly room?: Uint8Array;
}

/** Whether a worker has said that. */
export const isAnswers = (said: unknown, shards: number): said is Answers =>
  Array.isArray(said) &&
  said.length === shards &&
  said.every((each) => isBytes(each) || (typeof each?.name === "string" && typeof each.message === "string"));

const isBytes = (value: unknown): value is Uint8Array =>
  Object.prototype.toString.call(value) === "[object Uint8Array]";

/** The only answer, if it is handed over: neither copied to the main program, as several small ones are, nor in memory that both see. */
export function handedOver([answer, ...others]: Answers): Uint8Array | undefined {
  return others.length === 0 && answer instanceof Uint8Array && !isShared(answer) ? answer : undefined;
}

/** Of each shard. */
export type Answers = readonly (Uint8Array | Refusal)[];

/** What a worker says that has no partial result: bytes that it cannot read, or an abort. */
export interface Refusal {
  readonly name: string;
  readonly message: string;
}

/** A worker of a pool: a thread, a Web Worker. It has one errand at a time. */
export interface Hand {
  /** When its modules are imported. Rejects with the reason why they are not, which is a reason for no other worker to try. */
  readonly ready: Promise<void>;
  /** Whether it has died, or was ended: another one takes its place. */
  readonly isGone: boolean;
  /** Rejects with the reason why the worker is gone. */
  perform(errand: Errand): Promise<Answers>;
  /** Tells a worker that a map is cancelled: of use where there is no flag. */
  cancel(map: number): void;
  /** Stops it, whatever it does: what it performs rejects with the reason. */
  end(reason: Error): Promise<void>;
}

/** What became of a shard: an error of the worker as the main program sees it, or a partial result. */
export function outcomeOf(shard: number, answer: Uint8Array | Refusal): Outcome {
  if (isBytes(answer)) return { shard, partial: answer };
  return { shard, error: Object.assign(new Error(answer.message.slice(0, 4000)), { name: answer.name }) };
}
