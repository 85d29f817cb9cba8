/**
 * The k best of a stream of pairs (index, score), in memory: indices: u32[k], scores: f32[k]. Of equal scores the lower
 * index is better. A heap with the worst at its root, so that a newcomer meets one pair and takes log k steps.
 */

/**
 * Takes in a pair after `seen` others, of lower indices: one of the first k, or with a score above the bound so far.
 * @returns the bound: the worst score of the k, -Infinity until there are k
 */
@inline
export function keepBest(indices: usize, scores: usize, k: usize, seen: usize, index: u32, score: f32): f32 {
  if (seen >= k) sink(indices, scores, 0, k, index, score);
  else {
    put(indices, scores, seen, index, score);
    if (seen + 1 < k) return -Infinity;
    heapify(indices, scores, k);
  }
  return f32.load(scores);
}

/** Makes a heap of pairs in any order. */
export function heapify(indices: usize, scores: usize, k: usize): void {
  for (let i = k >> 1; i > 0; ) {
    i--;
    sink(indices, scores, i, k, load<u32>(indices + (i << 2)), f32.load(scores + (i << 2)));
  }
}

/** Best first. A heap emptied from its root is sorted in place. */
@inline
export function sortBest(indices: usize, scores: usize, k: usize): void {
  for (let last = k; last > 1; ) {
    last--;
    const index = load<u32>(indices + (last << 2));
    const score = f32.load(scores + (last << 2));
    put(indices, scores, last, load<u32>(indices), f32.load(scores));
    sink(indices, scores, 0, last, index, score);
  }
}

@inline
function put(indices: usize, scores: usize, at: usize, index: u32, score: f32): void {
  store<u32>(indices + (at << 2), index);
  f32.store(scores + (at << 2), score);
}

@inline
function isWorse(scoreA: f32, indexA: u32, scoreB: f32, indexB: u32): bool {
  return scoreA < scoreB || (scoreA == scoreB && indexA > indexB);
}

/** Puts (index, score) where it belongs below `at` in a heap of `count`, worst at the root. */
function sink(indices: usize, scores: usize, at: usize, count: usize, index: u32, score: f32): void {
  for (let child = at * 2 + 1; child < count; child = at * 2 + 1) {
    if (child + 1 < count) {
      const i = indices + (child << 2);
      const s = scores + (child << 2);
      // Added, not branched on: which child is worse is a toss-up that no processor predicts.
      child += usize(isWorse(f32.load(s, 4), load<u32>(i, 4), f32.load(s), load<u32>(i)));
    }
    const childScore = f32.load(scores + (child << 2));
    const childIndex = load<u32>(indices + (child << 2));
    if (!isWorse(childScore, childIndex, score, index)) break;
    put(indices, scores, at, childIndex, childScore);
    at = child;
  }
  put(indices, scores, at, index, score);
}
