import { bits, foldIn, type Key } from "../../random/index.ts";

/** Room for the number of a row below a 32-bit word in the 53 exact bits of a double. */
const MOST_ROWS = 2 ** 21;

/** Which rows each step takes: one order of the data after another, each of its own key; all of them, in order, where a batch is all. */
export class Batches {
  readonly rows: number;
  readonly batch: number;
  readonly #key: Key;
  #epoch = -1;
  #order: Uint32Array = new Uint32Array();

  constructor(key: Key, rows: number, batch: number) {
    this.#key = key;
    this.rows = rows;
    this.batch = batch;
  }

  /** Numbers of the rows of a step; undefined for all. */
  at(step: number): Uint32Array | undefined {
    const { rows, batch } = this;
    if (batch === rows) return undefined;
    return Uint32Array.from({ length: batch }, (_, i) => {
      const place = step * batch + i;
      return this.#orderOf(Math.floor(place / rows))[place % rows] as number;
    });
  }

  #orderOf(epoch: number): Uint32Array {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#order = permutation(foldIn(this.#key, epoch), this.rows);
    }
    return this.#order;
  }
}

/** A uniformly random order of 0 to length - 1: numbers sorted by a random word each, equal words by number. */
function permutation(key: Key, length: number): Uint32Array {
  const words = bits(key, length);
  if (length <= MOST_ROWS) {
    const ranks = new Float64Array(length);
    for (let i = 0; i < length; i++) ranks[i] = (words[i] as number) * MOST_ROWS + i;
    ranks.sort();
    return new Uint32Array(ranks.map((rank) => rank % MOST_ROWS));
  }
  return Uint32Array.from({ length }, (_, i) => i).sort((a, b) => (words[a] as number) - (words[b] as number) || a - b);
}
