import {
  count, lanes, lessThanUint, load, mulHigh, mulLow, size, store, storeTransposed, subInt, word, xor,
} from "./lanes";

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
  // 2 to 4 derive keys: bindings/random/key.ts.
  export const GAMMAS: u32 = 5;
  export const COUNTS: u32 = 6;
}

/** The round keys, each in every lane: a table, because a splat a round costs more than a load. */
const roundKeys = memory.data(320, 16);

/** The fourth counter word in every lane: which of several independent draws with the same elements. */
const fourth = memory.data(16, 16);

/** The key of all words from here on, and the draw they are for. */
export function setKey<V>(k0: u32, k1: u32, draw: u32 = 0): void {
  store<V>(fourth, word<V>(draw));
  for (let at = roundKeys, end = roundKeys + ROUNDS * 32; at < end; at += 32, k0 += W0, k1 += W1) {
    store<V>(at, word<V>(k0));
    store<V>(at + 16, word<V>(k1));
  }
}

@inline
export function keyLow(): u32 {
  return i32.load(roundKeys);
}

@inline
export function keyHigh(): u32 {
  return i32.load(roundKeys, 16);
}

@inline
export function drawNumber(): u32 {
  return i32.load(fourth);
}

/** High counter words of the blocks from `block` on: a mask is -1, the carry out of the low word. */
@inline
function highWords<V>(low: V, block: u64): V {
  return subInt<V>(word<V>(u32(block >> 32)), lessThanUint<V>(low, word<V>(u32(block))));
}

/** The multipliers as vectors in memory, where no optimizer takes them for constants: they stay in registers for all rounds. */
const multipliers = memory.data<u32>([M0, M0, M0, M0, M1, M1, M1, M1], 16);

/**
 * Philox4x32-10: block = E_key(counter), counter = (block low, block high, stream, draw).
 * Key and draw are what `setKey` was given. Fills `groups` groups at `out`; a group is one block a lane: 4 words for f32, 16 for v128. Groups are made in pairs, a and
 * b, whose chains of ten rounds fill each other's waits: `out` has room for an even number.
 * Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
export function philox<V>(out: usize, groups: usize, block: u64, stream: u32): void {
  const m0 = load<V>(multipliers);
  const m1 = load<V>(multipliers + 16);
  const group = size<V>() * 4;
  for (const end = out + groups * group; out < end; out += 2 * group, block += 2 * lanes<V>()) {
    const next = block + lanes<V>();
    let a0 = count<V>(u32(block));
    let b0 = count<V>(u32(next));
    let a1 = highWords<V>(a0, block);
    let b1 = highWords<V>(b0, next);
    let a2 = word<V>(stream);
    let b2 = a2;
    let a3 = load<V>(fourth);
    let b3 = a3;
    for (let at = roundKeys, last = roundKeys + ROUNDS * 32; at < last; at += 32) {
      const key0 = load<V>(at);
      const key1 = load<V>(at + 16);
      const ah0 = mulHigh<V>(a0, m0);
      const al0 = mulLow<V>(a0, m0);
      const bh0 = mulHigh<V>(b0, m0);
      const bl0 = mulLow<V>(b0, m0);
      a0 = xor<V>(xor<V>(mulHigh<V>(a2, m1), a1), key0);
      a1 = mulLow<V>(a2, m1);
      b0 = xor<V>(xor<V>(mulHigh<V>(b2, m1), b1), key0);
      b1 = mulLow<V>(b2, m1);
      a2 = xor<V>(xor<V>(ah0, a3), key1);
      a3 = al0;
      b2 = xor<V>(xor<V>(bh0, b3), key1);
      b3 = bl0;
    }
    storeTransposed<V>(out, 16, a0, a1, a2, a3); // word i of each lane: blocks side by side
    storeTransposed<V>(out + group, 16, b0, b1, b2, b3);
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
  i32.store(out, c0);
  i32.store(out, c1, 4);
  i32.store(out, c2, 8);
  i32.store(out, c3, 12);
}
