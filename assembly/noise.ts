import { load, size, store } from "./lanes";
import { groupsOf, philox, philoxBlock, setKey, Stream } from "./philox";
import { exponential, fillExponentials, fillTails, fillTailsOfFirsts, gumbel, logistic, storeNormals, TILE, tails, uniform } from "./variates";

/**
 * Noise: element 4 b + w of the result takes word w of Philox block b (variates.ts has the formulas and the ranges).
 * out: f32[4 blocks], written in whole groups: it has room for a multiple of 16 elements.
 * Block numbers are given as two halves; no export takes a 64-bit integer, which JavaScript would pass as a BigInt.
 */
function fill<V>(family: Family, out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  setKey<V>(k0, k1);
  let block = (u64(high) << 32) | u64(low);
  for (let left = blocks; left > 0; ) {
    const count = min(left, TILE / 4);
    const groups = groupsOf<V>(count);
    if (family == Family.Gumbel) fillExponentials<V>(groups, block);
    else if (family == Family.Normal) fillTailsOfFirsts<V>(groups, block);
    else fillTails<V>(groups, block);
    fromTails<V>(family, out, groups * 4 * size<V>());
    left -= count;
    out += TILE * 4;
    block += TILE / 4;
  }
}

const enum Family {
  Uniform,
  Exponential,
  Gumbel,
  Logistic,
  Normal,
}

/** The tile, `bytes` long, from tails to variates. */
@inline
function fromTails<V>(family: Family, out: usize, bytes: usize): void {
  let i: usize = 0;
  if (family == Family.Uniform) for (; i < bytes; i += size<V>()) store<V>(out + i, uniform<V>(load<V>(tails + i)));
  else if (family == Family.Exponential)
    for (; i < bytes; i += size<V>()) store<V>(out + i, exponential<V>(load<V>(tails + i)));
  else if (family == Family.Gumbel) for (; i < bytes; i += size<V>()) store<V>(out + i, gumbel<V>(load<V>(tails + i)));
  else if (family == Family.Logistic)
    for (; i < bytes; i += size<V>()) store<V>(out + i, logistic<V>(load<V>(tails + i)));
  else for (const half = bytes / 2; i < half; i += size<V>()) storeNormals<V>(out + 2 * i, i);
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
  if (ASC_FEATURE_SIMD) words<v128>(out, blocks, k0, k1, low, high);
  else words<f32>(out, blocks, k0, k1, low, high);
}

function words<V>(out: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  setKey<V>(k0, k1);
  philox<V>(out, groupsOf<V>(blocks), (u64(high) << 32) | u64(low), Stream.WORDS);
}

/** One Philox block of any counter: u32[4]. */
export function noiseBlock(out: usize, k0: u32, k1: u32, c0: u32, c1: u32, c2: u32, c3: u32): void {
  philoxBlock(out, k0, k1, c0, c1, c2, c3);
}
