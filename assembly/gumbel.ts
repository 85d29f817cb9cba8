import { add, load, size, store } from "./lanes";
import { groupsOf } from "./philox";
import { Family, fillVariates, TILE, variates } from "./variates";

/**
 * z = x + G, G standard Gumbel noise: argmax z has the law softmax(x) (Gumbel-max), softmax(z / tau) is its relaxation.
 * z, x: f32[4 blocks]; noise element 4 b + w as in noise.ts. Reads and writes whole groups: both have room for a
 * multiple of 16 elements. z may equal x.
 * Source: Gumbel 1954; Maddison, Tarlow, Minka 2014; Jang, Gu, Poole 2017, eq. 1.
 */
function perturb<V>(z: usize, x: usize, blocks: usize, k0: u32, k1: u32, block: u64): void {
  for (let left = blocks; left > 0; ) {
    const count = min(left, TILE / 4);
    const groups = groupsOf<V>(count);
    fillVariates<V>(Family.Gumbel, groups, k0, k1, block);
    for (let i: usize = 0, end = groups * 4 * size<V>(); i < end; i += size<V>())
      store<V>(z + i, add<V>(load<V>(x + i), load<V>(variates + i)));
    z += TILE * 4;
    x += TILE * 4;
    block += TILE / 4;
    left -= count;
  }
}

export function gumbelPerturb(z: usize, x: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32): void {
  const block = (u64(high) << 32) | u64(low);
  if (ASC_FEATURE_SIMD) perturb<v128>(z, x, blocks, k0, k1, block);
  else perturb<f32>(z, x, blocks, k0, k1, block);
}
