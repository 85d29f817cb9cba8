/** Levels of the tree whose 31 nodes have their bits in one word. */
const LEVELS = 5;
const WORDS = 5;
/** Levels in all: below them the bits of a fraction are not looked at. */
export const DEPTH = LEVELS * WORDS;
/** Random words that make a scrambling. */
export const SEEDS = 2 * WORDS;

/**
 * Nested uniform scrambling of a fraction's first 25 bits (the highest first): each bit is turned, or not, by a random bit that belongs
 * to those before it, a node of a binary tree. So each number is uniform, and numbers that share k bits share exactly k afterwards: a
 * net remains one. Owen 1995, "Randomly permuted (t,m,s)-nets and (t,s)-sequences".
 *
 * The random bits are hashed: those of the 31 nodes below a node five levels up, or the root, are one word, a bijection of a random
 * word, and so uniform; words of different nodes are as independent as the hash is good. Burley 2020, "Practical hash-based Owen
 * scrambling", has a faster hash whose bits depend on each other, which shows in the variance.
 *
 * @param seeds SEEDS random words from `at` on
 * @returns 25 bits
 */
export function scrambled(fraction: number, seeds: Uint32Array, at: number): number {
  let result = 0;
  for (let g = 0; g < WORDS; g++) {
    const shift = 32 - LEVELS * (g + 1);
    // What comes before: of 32 bits a shift by 32 would be none.
    const before = g === 0 ? 0 : fraction >>> (shift + LEVELS);
    const word = hash(before ^ (seeds[at + 2 * g] as number), seeds[at + 2 * g + 1] as number);
    const bits = (fraction >>> shift) & 31;
    // Node 1 is the root, nodes 2 n and 2 n + 1 are below n.
    const turn =
      (((word >>> 1) & 1) << 4) |
      (((word >>> (2 | (bits >>> 4))) & 1) << 3) |
      (((word >>> (4 | (bits >>> 3))) & 1) << 2) |
      (((word >>> (8 | (bits >>> 2))) & 1) << 1) |
      ((word >>> (16 | (bits >>> 1))) & 1);
    result = (result << LEVELS) | (bits ^ turn);
  }
  return result;
}

/** A bijection of x: two rounds of a mixer whose flips of output bits by input bits are next to even ("hash-prospector", Wellons). */
export function hash(x: number, seed: number): number {
  return mix(mix(x) + seed);
}

function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}
