import type { MessageMemory } from "../../inference/extend.ts";

/** Bytes: smaller messages need none. */
export const LEAST = 0x10000;
/** Bytes that a room has more than its message: the next one may be somewhat longer. */
const MORE = 4096;

/** A page has such memory if it is isolated from others. */
export const canShare = (): boolean => typeof SharedArrayBuffer === "function";

export const isShared = ({ buffer }: Uint8Array): boolean => canShare() && buffer instanceof SharedArrayBuffer;

/** Shared memory for a message: that of a room, if there is one that is large enough. */
export const roomFor = (bytes: number, room?: Uint8Array): Uint8Array =>
  new Uint8Array(
    room && room.buffer.byteLength >= bytes ? room.buffer : new SharedArrayBuffer(bytes < LEAST ? bytes : bytes + MORE),
    0,
    bytes,
  );

/**
 * Shared memory of messages that were read, for others. Of fresh memory each page is set up when it is first written, which takes some times
 * as long as all that is done with the message; and of memory that is handed over, engines count each time as if it were new, and collect
 * garbage.
 */
export class Rooms implements MessageMemory {
  readonly #most: number;
  readonly #free: Uint8Array[] = [];

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  take(bytes: number): Uint8Array {
    return roomFor(bytes, bytes < LEAST ? undefined : this.#free.pop());
  }

  giveBack(message: Uint8Array): void {
    if (message.buffer.byteLength < LEAST || !isShared(message)) return;
    this.#free.push(message);
    if (this.#free.length > this.#most) this.#free.shift();
  }

  clear(): void {
    this.#free.length = 0;
  }
}
