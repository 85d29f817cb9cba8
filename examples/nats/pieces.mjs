import { headers } from "@nats-io/transport-node";

/** A server refuses messages above 1 MB, if nobody has told it otherwise (max_payload): parameters and gradients go in pieces below. */
const PIECE = 512 * 1024;

export const countPieces = (bytes) => Math.max(1, Math.ceil(bytes / PIECE));

/** A view of piece `index`; empty beyond the last. */
export const pieceOf = (bytes, index) => bytes.subarray(index * PIECE, (index + 1) * PIECE);

export function headersOf(fields) {
  const all = headers();
  for (const [name, value] of Object.entries(fields)) all.set(name, String(value));
  return all;
}

/** Pieces, in any order, until they are whole; no more bytes are held than `largest`. */
export class Puzzle {
  #pieces = [];
  #bytes = 0;
  #missing;
  #largest;

  /** @throws Error for a number of pieces that no message within the limit has */
  constructor(pieces, largest) {
    if (!Number.isInteger(pieces) || pieces < 1 || pieces > countPieces(largest))
      throw new Error(`expected at most ${largest} bytes, received ${pieces} pieces of ${PIECE}`);
    this.#missing = pieces;
    this.#largest = largest;
    this.#pieces.length = pieces;
  }

  /** @returns the whole, with the last piece that was missing */
  add(index, bytes) {
    if (!Number.isInteger(index) || index < 0 || index >= this.#pieces.length) throw new Error(`no piece ${index}`);
    // Twice: a shard computed by two workers is the same shard, so its pieces are the same, too.
    if (this.#pieces[index]) return undefined;
    this.#bytes += bytes.length;
    if (this.#bytes > this.#largest) throw new Error(`expected at most ${this.#largest} bytes, received more`);
    // A copy: these bytes are the connection's, and a Buffer's slice is none.
    this.#pieces[index] = new Uint8Array(bytes);
    return --this.#missing > 0 ? undefined : joined(this.#pieces, this.#bytes);
  }
}

function joined(pieces, length) {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
