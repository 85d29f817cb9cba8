/** One shard, as a worker in the same process gets it. */
export interface Errand {
  /** Number of the `map` that it is of. */
  readonly map: number;
  /** What the shards of a map have in common: for a worker that has computed none of them since another map. */
  readonly common?: Uint8Array | SharedArrayBuffer;
  /** An Int32 in shared memory: 1 when the map is cancelled. */
  readonly flag?: SharedArrayBuffer;
  readonly shard: Uint8Array;
}

/** What a worker says that has no partial result: bytes that it cannot read, or an abort. */
export interface Refusal {
  readonly name: string;
  readonly message: string;
}

/** A worker of a pool: a thread, a Web Worker. It computes one shard at a time. */
export interface Hand {
  /** When its modules are imported. Rejects with the reason why they are not, which is a reason for no other worker to try. */
  readonly ready: Promise<void>;
  /** Whether it has died, or was ended: another one takes its place. */
  readonly isGone: boolean;
  /** A partial result. Rejects with a refusal, or the reason why the worker is gone. */
  perform(errand: Errand): Promise<Uint8Array>;
  /** Tells a worker that a map is cancelled: of use where there is no flag. */
  cancel(map: number): void;
  /** Stops it, whatever it does: what it performs rejects with the reason. */
  end(reason: Error): Promise<void>;
}

/** An error of a worker, as the main program sees it. */
export const refused = ({ name, message }: Refusal): Error => Object.assign(new Error(message), { name });
