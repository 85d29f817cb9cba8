/** Matrices side by side, and a part of one. */

/** out = [a | b], of rows as long as both together. `set` copies a run as fast as memory moves. */
export function concatenate(
  out: Float32Array,
  a: Float32Array,
  b: Float32Array,
  rows: number,
  aCols: number,
  bCols: number,
): void {
  for (let row = 0, at = 0; row < rows; row++, at += aCols + bCols) {
    out.set(a.subarray(row * aCols, (row + 1) * aCols), at);
    out.set(b.subarray(row * bCols, (row + 1) * bCols), at + aCols);
  }
}

/** Columns `start` up to, not including, `end` of x, [rows, cols]. */
export function slice(
  out: Float32Array,
  x: Float32Array,
  rows: number,
  cols: number,
  start: number,
  end: number,
): void {
  for (let row = 0; row < rows; row++) out.set(x.subarray(row * cols + start, row * cols + end), row * (end - start));
}
