import { rowArgmax } from "./rows";

/** Discrete choices from perturbed logits z: f32[rows][cols]. Of equal values the lowest index wins. */

@inline
function argmax(row: usize, bytes: usize): usize {
  if (ASC_FEATURE_SIMD) return rowArgmax<v128>(row, bytes);
  else return rowArgmax<f32>(row, bytes);
}

/** indices: i32[rows]. */
export function selectArgmax(indices: usize, z: usize, rows: usize, cols: usize): void {
  const bytes = cols << 2;
  for (; rows > 0; rows--, z += bytes, indices += 4) i32.store(indices, i32(argmax(z, bytes)));
}

/** y: f32[rows][cols], exactly 1 at the argmax and exactly 0 elsewhere. y must not equal z. */
export function selectOneHot(y: usize, z: usize, rows: usize, cols: usize): void {
  assert(cols > 0 && y != z);
  const bytes = cols << 2;
  memory.fill(y, 0, rows * bytes);
  for (; rows > 0; rows--, z += bytes, y += bytes) f32.store(y + (argmax(z, bytes) << 2), 1);
}

/**
 * The k largest of each row, best first. indices: i32[rows][k], scores: f32[rows][k]; k <= cols.
 * A heap of k pairs with the worst at its root: cols log k steps at most. Emptied from the root, it is sorted in place.
 */
export function selectTopK(indices: usize, scores: usize, z: usize, rows: usize, cols: usize, k: usize): void {
  assert(k > 0 && k <= cols);
  for (; rows > 0; rows--, z += cols << 2, indices += k << 2, scores += k << 2) {
    for (let i: usize = 0; i < k; i++) put(indices, scores, i, i, f32.load(z + (i << 2)));
    for (let i = k >> 1; i > 0; ) {
      i--;
      sink(indices, scores, i, k, load<u32>(indices + (i << 2)), f32.load(scores + (i << 2)));
    }
    for (let i = k; i < cols; i++) {
      const score = f32.load(z + (i << 2));
      if (score > f32.load(scores)) sink(indices, scores, 0, k, i, score);
    }
    for (let last = k - 1; last > 0; last--) {
      const index: usize = load<u32>(indices + (last << 2));
      const score = f32.load(scores + (last << 2));
      put(indices, scores, last, load<u32>(indices), f32.load(scores));
      sink(indices, scores, 0, last, index, score);
    }
  }
}

@inline
function put(indices: usize, scores: usize, at: usize, index: usize, score: f32): void {
  store<u32>(indices + (at << 2), u32(index));
  f32.store(scores + (at << 2), score);
}

@inline
function isWorse(scoreA: f32, indexA: usize, scoreB: f32, indexB: usize): bool {
  return scoreA < scoreB || (scoreA == scoreB && indexA > indexB);
}

/** Puts (index, score) where it belongs below `at` in a heap of `count`, worst at the root. */
function sink(indices: usize, scores: usize, at: usize, count: usize, index: usize, score: f32): void {
  for (let child = at * 2 + 1; child < count; child = at * 2 + 1) {
    let childScore = f32.load(scores + (child << 2));
    let childIndex: usize = load<u32>(indices + (child << 2));
    if (child + 1 < count) {
      const score1 = f32.load(scores + ((child + 1) << 2));
      const index1: usize = load<u32>(indices + ((child + 1) << 2));
      if (isWorse(score1, index1, childScore, childIndex)) {
        child++;
        childScore = score1;
        childIndex = index1;
      }
    }
    if (!isWorse(childScore, childIndex, score, index)) break;
    put(indices, scores, at, childIndex, childScore);
    at = child;
  }
  put(indices, scores, at, index, score);
}
