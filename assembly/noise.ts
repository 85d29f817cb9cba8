import { size } from "./lanes";
import { groupsOf, philox, philoxBlock, Stream } from "./philox";
import { Family, fillVariates, TILE, variates } from "./variates";

/**
 * Noise: element 4 b + w of the result takes word w of Philox block b (variates.ts has the formulas and the ranges).
 * out: f32[4 blocks], written in whole groups: it has room for a multiple of 16 elements.
 * Block numbers are given as two halves; no export takes a 64-bit integer, which JavaScript would pass as a BigInt.
 */
function fill<V>(family: Family, out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  let block = (u64(high) << 32) | u64(low);
  for (let left = blocks; left > 0; ) {
    const count = min(left, TILE / 4);
    const groups = groupsOf<V>(count);
    fillVariates<V>(family, groups, k0, k1, block);
    memory.copy(out, variates, groups * 4 * size<V>());
    left -= count;
    out += TILE * 4;
    block += TILE / 4;
  }
}

@inline
function dispatch(family: Family, out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  if (ASC_FEATURE_SIMD) fill<v128>(family, out, blocks, k0, k1, low, high);
  else fill<f32>(family, out, blocks, k0, k1, low, high);
}

export function noiseUniform(out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  dispatch(Family.Uniform, out, blocks, k0, k1, low, high);
}

export function noiseExponential(out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  dispatch(Family.Exponential, out, blocks, k0, k1, low, high);
}

export function noiseGumbel(out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  dispatch(Family.Gumbel, out, blocks, k0, k1, low, high);
}

export function noiseLogistic(out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  dispatch(Family.Logistic, out, blocks, k0, k1, low, high);
}

export function noiseNormal(out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  dispatch(Family.Normal, out, blocks, k0, k1, low, high);
}

/** The raw words. out: u32[4 blocks], written in pairs of groups: it has room for a multiple of 32. */
export function noiseBits(out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  const block = (u64(high) << 32) | u64(low);
  if (ASC_FEATURE_SIMD) philox<v128>(out, groupsOf<v128>(blocks), k0, k1, block, Stream.WORDS);
  else philox<f32>(out, blocks, k0, k1, block, Stream.WORDS);
}

/** One Philox block of any counter: u32[4]. */
export function noiseBlock(out: usize, k0: u32, k1: u32, c0: u32, c1: u32, c2: u32, c3: u32): void {
  philoxBlock(out, k0, k1, c0, c1, c2, c3);
}
