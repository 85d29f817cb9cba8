import { keepBest, sortBest } from "./best";
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
 * cols log k steps at most.
 */
export function selectTopK(indices: usize, scores: usize, z: usize, rows: usize, cols: usize, k: usize): void {
  assert(k > 0 && k <= cols);
  for (; rows > 0; rows--, z += cols << 2, indices += k << 2, scores += k << 2) {
    let bound: f32 = -Infinity;
    for (let i: usize = 0; i < cols; i++) {
      const score = f32.load(z + (i << 2));
      if (i < k || score > bound) bound = keepBest(indices, scores, k, i, u32(i), score);
    }
    sortBest(indices, scores, k);
  }
}
