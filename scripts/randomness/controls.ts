import { oneByOne, pieces } from "./chunks.ts";
import type { Stream } from "./streams.ts";

/** Generators that are known to be bad: what a battery that sees nothing in the library's words has to see in these. */

/** RANDU, x' = 65539 x mod 2^31 (IBM 1968), 31 bits in the high ones of a word. Marsaglia 1968: its triples lie in 15 planes. */
function randu(): Iterable<Uint32Array> {
  let x = 1;
  return oneByOne(() => {
    x = Math.imul(65539, x) & 0x7fffffff;
    return x << 1;
  });
}

/** x' = 1664525 x + 1013904223 mod 2^32 (Numerical Recipes in C, 2nd ed., section 7.1): bit k has period 2^(k+1). */
function lcg(): Iterable<Uint32Array> {
  let x = 1;
  return oneByOne(() => {
    x = (Math.imul(1664525, x) + 1013904223) >>> 0;
    return x;
  });
}

/** High and low half of the 64-bit product of two words. */
function product(a: number, b: number): readonly [high: number, low: number] {
  const low = Math.imul(a, b) >>> 0;
  const [al, ah, bl, bh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = al * bh + Math.floor((al * bl) / 65536);
  const carried = ah * bl + (middle % 65536);
  return [(ah * bh + Math.floor(middle / 65536) + Math.floor(carried / 65536)) >>> 0, low];
}

/** Philox4x32 of fewer rounds than 10, at counters 0, 1, 2, … of key 0 (Salmon et al. 2011, section 3.3). */
function philox(rounds: number): Iterable<Uint32Array> {
  return pieces((piece, first) => {
    for (let i = 0; i < piece.length; i += 4) {
      let [c0, c1, c2, c3, k0, k1] = [(first + i) / 4, 0, 0, 0, 0, 0];
      for (let round = 0; round < rounds; round++) {
        const [h0, l0] = product(0xd2511f53, c0);
        const [h1, l1] = product(0xcd9e8d57, c2);
        [c0, c1, c2, c3] = [(h1 ^ c1 ^ k0) >>> 0, l1, (h0 ^ c3 ^ k1) >>> 0, l0];
        k0 = (k0 + 0x9e3779b9) >>> 0;
        k1 = (k1 + 0xbb67ae85) >>> 0;
      }
      piece.set([c0, c1, c2, c3], i);
    }
  });
}

export const CONTROLS: readonly Stream[] = [
  { id: "randu", title: "RANDU (IBM 1968)", words: randu },
  { id: "lcg", title: "a linear congruential generator modulo 2^32 (Numerical Recipes)", words: lcg },
  { id: "philox-2", title: "Philox4x32 of 2 rounds instead of 10", words: () => philox(2) },
];

/** Philox of any number of rounds, for the test that compares ten of them with the published answers. */
export { philox as philoxOfRounds };
