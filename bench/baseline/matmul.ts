/** Rows of B that stay in the second-level cache while all rows of A pass over them. */
const BLOCK = 64;

/**
 * c += A B in the order i-k-j, four k at a time: one load and one store of c for four products. c is [m, n] and b [k, n],
 * both dense; A(i, p) is a[i ai + p ap], so that A may be a transpose. k is a multiple of 4.
 *
 * f64 arithmetic: rounding each product with Math.fround, for f32 instructions, is slower on V8, and so are tiles of 2 × 4
 * held in variables.
 */
export function matmul(
  c: Float32Array,
  a: Float32Array,
  b: Float32Array,
  m: number,
  n: number,
  k: number,
  ai = k,
  ap = 1,
): void {
  for (let first = 0; first < k; first += BLOCK) {
    const end = Math.min(first + BLOCK, k);
    for (let i = 0; i < m; i++) {
      const row = i * n;
      for (let p = first; p < end; p += 4) {
        const at = i * ai + p * ap;
        const a0 = a[at];
        const a1 = a[at + ap];
        const a2 = a[at + 2 * ap];
        const a3 = a[at + 3 * ap];
        const b0 = p * n;
        const b1 = b0 + n;
        const b2 = b1 + n;
        const b3 = b2 + n;
        for (let j = 0; j < n; j++) c[row + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + a2 * b[b2 + j] + a3 * b[b3 + j];
      }
    }
  }
}

/** out = the transpose of x, [rows, cols]. */
export function transpose(out: Float32Array, x: Float32Array, rows: number, cols: number): void {
  for (let row = 0; row < rows; row++) for (let col = 0; col < cols; col++) out[col * rows + row] = x[row * cols + col];
}
