import { heapify, keepBest, sortBest } from "./best";
import { add, allTrue, atMost, lanes, load, size, splat, store } from "./lanes";
import { groupsOf, setKey } from "./philox";
import {
  fillExponentials, fillWords, groupGumbels, groupMayExceed, gumbel, MOST_GUMBEL, TILE, tails,
} from "./variates";

/**
 * z = x + G, G standard Gumbel noise: argmax z has the law softmax(x) (Gumbel-max), softmax(z / tau) is its relaxation.
 * z, x: f32[4 blocks]; noise element 4 b + w as in noise.ts. Reads and writes whole groups: both have room for a
 * multiple of 16 elements. z may equal x.
 * Source: Gumbel 1954; Maddison, Tarlow, Minka 2014; Jang, Gu, Poole 2017, eq. 1.
 */
function perturb<V>(z: usize, x: usize, blocks: usize, k0: u32, k1: u32, block: u64, draw: u32): void {
  setKey<V>(k0, k1, draw);
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

/** As above; block = (high, low), draw the fourth word of the counter. */
export function gumbelPerturb(z: usize, x: usize, blocks: usize, k0: u32, k1: u32, low: u32, high: u32, draw: u32): void {
  const block = (u64(high) << 32) | u64(low);
  if (ASC_FEATURE_SIMD) perturb<v128>(z, x, blocks, k0, k1, block, draw);
  else perturb<f32>(z, x, blocks, k0, k1, block, draw);
}

/**
 * The k largest of x + G in one row x: f32[cols], the same as of perturb, without the noise that cannot be among them.
 * Element i has noise element `shift` + i from `block` on. Logarithms are taken where gumbelBound could lift an element above
 * `least`, the worst of the k best so far. Rounding is monotone: x + bound, rounded, is never below x + G, rounded.
 * NaN is never below anything, so it is met on the way: nobody has to look through x before.
 */
function lazyTopK<V>(
  indices: usize, scores: usize, x: usize, cols: usize, k: usize, shift: usize, k0: u32, k1: u32, block: u64, draw: u32,
  bound: f32,
): i32 {
  setKey<V>(k0, k1, draw);
  const origin = x - (shift << 2);
  const end = shift + cols;
  let least = bound;
  let seen: usize = 0;
  for (let start: usize = 0; start < end; start += TILE, block += TILE / 4) {
    const tile = origin + (start << 2);
    const groups = groupsOf<V>((min(end - start, TILE) + 3) >> 2);
    if (!tileMayExceed<V>(tile, groups, least)) continue;
    fillWords<V>(groups, block);
    for (let at: usize = 0, bytes = groups * 4 * size<V>(); at < bytes; at += 4 * size<V>()) {
      if (!groupMayExceed<V>(at, tile + at, least)) continue;
      groupGumbels<V>(at, block + (at >> 4));
      const first = start + (at >> 2);
      for (let e = max(first, shift), to = min(first + 4 * lanes<V>(), end); e < to; e++) {
        const score = f32.load(origin + (e << 2)) + f32.load(tails + ((e - start) << 2));
        if (score <= least) continue;
        if (!(score < Infinity)) return -1;
        least = max(bound, keepBest(indices, scores, k, seen++, u32(e - shift), score));
      }
    }
  }
  const found = min(seen, k);
  if (seen < k) heapify(indices, scores, found);
  sortBest(indices, scores, found);
  return i32(found);
}

/** Whether the largest noise could lift a logit of the tile above `least`, or one is NaN: most tiles answer at their first vector. */
function tileMayExceed<V>(x: usize, groups: usize, least: f32): bool {
  for (const end = x + groups * 4 * size<V>(); x < end; x += size<V>())
    if (!allTrue<V>(atMost<V>(add<V>(load<V>(x), splat<V>(MOST_GUMBEL)), splat<V>(least)))) return true;
  return false;
}

/**
 * As above; block = (high, low). indices: i32[k], scores: f32[k], best first, of equals the lower index; only those above
 * `bound`. @returns how many there are; -1 if one of x is +Infinity, or NaN
 * Reads the whole groups of its noise: 3 elements before x, 15 after, of any value.
 */
export function gumbelTopK(
  indices: usize, scores: usize, x: usize, cols: usize, k: usize, shift: usize, k0: u32, k1: u32, low: u32, high: u32,
  draw: u32, bound: f32,
): i32 {
  assert(k > 0 && shift < 4);
  const block = (u64(high) << 32) | u64(low);
  if (ASC_FEATURE_SIMD) return lazyTopK<v128>(indices, scores, x, cols, k, shift, k0, k1, block, draw, bound);
  else return lazyTopK<f32>(indices, scores, x, cols, k, shift, k0, k1, block, draw, bound);
}
