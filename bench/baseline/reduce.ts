/** Sums in f64, with four accumulators: one alone waits for each addition to end before the next begins. */

function sumOf(x: Float32Array, from: number, to: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const even = to - ((to - from) % 4);
  for (let i = from; i < even; i += 4) {
    a += x[i];
    b += x[i + 1];
    c += x[i + 2];
    d += x[i + 3];
  }
  for (let i = even; i < to; i++) a += x[i];
  return a + b + (c + d);
}

export const sum = (x: Float32Array): number => sumOf(x, 0, x.length);

export function sumRows(out: Float32Array, x: Float32Array, cols: number): void {
  for (let row = 0, from = 0; row < out.length; row++, from += cols) out[row] = sumOf(x, from, from + cols);
}

/** Row by row, as the matrix lies in memory. `work`: f64 of the length of `out`. */
export function sumColumns(out: Float32Array, x: Float32Array, work: Float64Array): void {
  const cols = out.length;
  work.fill(0);
  for (let from = 0; from < x.length; from += cols) for (let col = 0; col < cols; col++) work[col] += x[from + col];
  out.set(work);
}

export function sumOfSquares(x: Float32Array): number {
  return dot(x, x);
}

export function dot(x: Float32Array, y: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const even = x.length - (x.length % 4);
  for (let i = 0; i < even; i += 4) {
    a += x[i] * y[i];
    b += x[i + 1] * y[i + 1];
    c += x[i + 2] * y[i + 2];
    d += x[i + 3] * y[i + 3];
  }
  for (let i = even; i < x.length; i++) a += x[i] * y[i];
  return a + b + (c + d);
}
