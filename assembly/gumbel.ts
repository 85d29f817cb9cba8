import { LOG2_E } from "./ln2";
import { add, load, size, store } from "./lanes";
import { groupsOf, setKey } from "./philox";
import { rowMax } from "./rows";
import { fillExponentials, fillWords, groupGumbels, groupHasBelow, gumbel, TILE, tails } from "./variates";

/**
 * z = x + G, G standard Gumbel noise: argmax z has the law softmax(x) (Gumbel-max), softmax(z / tau) is its relaxation.
 * z, x: f32[4 blocks]; noise element 4 b + w as in noise.ts. Reads and writes whole groups: both have room for a
 * multiple of 16 elements. z may equal x.
 * Source: Gumbel 1954; Maddison, Tarlow, Minka 2014; Jang, Gu, Poole 2017, eq. 1.
 */
function perturb<V>(z: usize, x: usize, blocks: usize, k0: u32, k1: u32, block: u64): void {
  setKey<V>(k0, k1);
  for (let left = blocks; left > 0; ) {
    const count = min(left, TILE / 4);
    const groups = groupsOf<V>(count);
    fillExponentials<V>(groups, block);
    for (let i: usize = 0, end = groups * 4 * size<V>(); i < end; i += size<V>())
      store<V>(z + i, add<V>(load<V>(x + i), gumbel<V>(load<V>(tails + i))));
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

/**
 * argmax of one row x: f32[cols] plus its noise, the first of equals, without the noise that cannot win: the same index as
 * from perturb, for a fifth of the work on long rows. Element i has noise element `shift` + i from `block` on.
 * Bound: -log(1 - v) >= v, so G <= -log v, and x + G > best needs v < exp(max x - best). Words are compared with that,
 * rounded up to a power of two; only where one is below it are logarithms taken.
 */
function lazyArgmax<V>(x: usize, cols: usize, shift: usize, k0: u32, k1: u32, block: u64): usize {
  setKey<V>(k0, k1);
  let best: f32 = -Infinity;
  let index: usize = 0;
  const end = shift + cols;
  for (let start: usize = 0; start < end; start += TILE, block += TILE / 4) {
    const first = max(start, shift);
    const last = min(start + TILE, end);
    const largest = rowMax<V>(x + ((first - shift) << 2), (last - first) << 2);
    if (largest == -Infinity) continue;
    const groups = groupsOf<V>((last - start + 3) >> 2);
    fillWords<V>(groups, block);
    let limit = winningWords(largest, best);
    for (let group: usize = 0; group < groups; group++) {
      const at = group * 4 * size<V>();
      if (limit != ALL && !groupHasBelow<V>(at, limit)) continue;
      groupGumbels<V>(at, block + (at >> 4));
      const from = start + (at >> 2);
      for (let i = max(from, first), to = min(from + size<V>(), last); i < to; i++) {
        const score = f32.load(x + ((i - shift) << 2)) + f32.load(tails + ((i - start) << 2));
        if (score > best) {
          best = score;
          index = i - shift;
          limit = winningWords(largest, best);
        }
      }
    }
  }
  return index;
}

const ALL: u32 = ~0;

/**
 * Words below this may give logit + G > best, where no logit exceeds `largest`; ALL: any may. A G that matters is at most
 * best - largest, and computed to within 5e-7 of max(1, |G|) (test/bounds.ts); the margin is twenty times that.
 */
function winningWords(largest: f32, best: f32): u32 {
  if (best == -Infinity) return ALL;
  const gap = f64(largest) - f64(best);
  const margin = 1e-5 * (1 + Math.abs(f64(largest)) + Math.abs(f64(best)));
  const exponent = Math.ceil((gap + margin) * LOG2_E);
  if (exponent >= 0) return ALL;
  return exponent <= -32 ? 1 : 1 << (32 + i32(exponent));
}

/** As above; block = (high, low). The position of the argmax. */
export function gumbelArgmax(x: usize, cols: usize, shift: usize, k0: u32, k1: u32, low: u32, high: u32): usize {
  assert(cols > 0 && shift < 4);
  const block = (u64(high) << 32) | u64(low);
  if (ASC_FEATURE_SIMD) return lazyArgmax<v128>(x, cols, shift, k0, k1, block);
  else return lazyArgmax<f32>(x, cols, shift, k0, k1, block);
}
