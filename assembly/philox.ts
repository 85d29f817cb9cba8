import { count, lanes, lessThanUint, mulHigh, mulLow, size, storeTransposed, subInt, word, xor } from "./lanes";

// Multipliers and Weyl increments of Philox4x32 (Salmon et al. 2011, table 2 and section 4.3; Random123 philox.h).
const M0: u32 = 0xd2511f53;
const M1: u32 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9; // golden ratio
const W1: u32 = 0xbb67ae85; // sqrt(3) - 1
const ROUNDS = 10;

/** Uses of the third counter word. A number is never used for two things, so no two uses share a random word. */
export namespace Stream {
  export const WORDS: u32 = 0;
  export const TAILS: u32 = 1;
}

/**
 * Philox4x32-10: block = E_key(counter), counter = (block low, block high, stream, 0).
 * Fills `groups` groups at `out`; a group is one block a lane: 4 words for f32, 16 for v128.
 * Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
export function philox<V>(out: usize, groups: usize, k0: u32, k1: u32, block: u64, stream: u32): void {
  const end = out + groups * 4 * size<V>();
  for (let at = out; at < end; at += 4 * size<V>()) {
    const low = word<V>(u32(block));
    let c0 = count<V>(u32(block));
    let c1 = subInt<V>(word<V>(u32(block >> 32)), lessThanUint<V>(c0, low)); // a mask is -1: the carry out of the low word
    let c2 = word<V>(stream);
    let c3 = word<V>(0);
    let key0 = k0;
    let key1 = k1;
    for (let round = 0; round < ROUNDS; round++) {
      const h0 = mulHigh<V>(c0, word<V>(M0));
      const l0 = mulLow<V>(c0, word<V>(M0));
      const h1 = mulHigh<V>(c2, word<V>(M1));
      const l1 = mulLow<V>(c2, word<V>(M1));
      c0 = xor<V>(xor<V>(h1, c1), word<V>(key0));
      c1 = l1;
      c2 = xor<V>(xor<V>(h0, c3), word<V>(key1));
      c3 = l0;
      key0 += W0;
      key1 += W1;
    }
    storeTransposed<V>(at, 16, c0, c1, c2, c3); // word i of each lane: blocks side by side
    block += lanes<V>();
  }
}

/** Groups that hold `blocks` blocks. */
@inline
export function groupsOf<V>(blocks: usize): usize {
  return (blocks + lanes<V>() - 1) / lanes<V>();
}

/** One block for any counter: keys are derived with it, and the published answers tested. out: u32[4]. */
export function philoxBlock(out: usize, k0: u32, k1: u32, c0: u32, c1: u32, c2: u32, c3: u32): void {
  for (let round = 0; round < ROUNDS; round++) {
    const p0 = u64(M0) * u64(c0);
    const p1 = u64(M1) * u64(c2);
    c0 = u32(p1 >> 32) ^ c1 ^ k0;
    c1 = u32(p1);
    c2 = u32(p0 >> 32) ^ c3 ^ k1;
    c3 = u32(p0);
    k0 += W0;
    k1 += W1;
  }
  store<u32>(out, c0);
  store<u32>(out + 4, c1);
  store<u32>(out + 8, c2);
  store<u32>(out + 12, c3);
}
