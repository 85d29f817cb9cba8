import { draw, ULP, words } from "../baseline/random.ts";

/**
 * Many draws from softmax(logits), one row, in good plain JavaScript: what all of them share is computed once, and a draw is
 * a binary search. `work`: [cols].
 */
export function categoricalDraws(out: Int32Array, logits: Float32Array, work: Float64Array): void {
  const cols = logits.length;
  let max = -Infinity;
  for (let k = 0; k < cols; k++) if (logits[k] > max) max = logits[k];
  let sum = 0;
  for (let k = 0; k < cols; k++) {
    sum += Math.exp(logits[k] - max);
    work[k] = sum;
  }
  for (let start = 0; start < out.length; ) {
    const count = draw(start, out.length);
    for (let i = 0; i < count; i++) out[start + i] = search(work, (words[i] + 0.5) * ULP * sum);
    start += count;
  }
}

/** The first place whose cumulative sum is above the value. */
function search(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
