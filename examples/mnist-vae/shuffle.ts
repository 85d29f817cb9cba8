import { bits, type Key } from "reparam";

/** Room for the index below a 32-bit word in the 53 exact bits of a double. */
const INDEX_RANGE = 2 ** 21;

/**
 * A uniformly random order of 0 … length − 1 (length ≤ 2^21), the same for the same key on every engine:
 * each index is given a random word, and the indices are sorted by word, equal words by index.
 */
export function permutation(key: Key, length: number): Uint32Array {
  const ranks = Float64Array.from(bits(key, length), (word, index) => word * INDEX_RANGE + index).sort();
  return Uint32Array.from(ranks, (rank) => rank % INDEX_RANGE);
}
