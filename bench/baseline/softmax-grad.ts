/**
 * Log-softmax and log-sum-exp over the rows of [rows, cols] with their gradients. The forward pass keeps the probabilities,
 * so that the backward pass needs no exponential.
 */

/** logP = log softmax(x) and p = softmax(x), with one exponential an element. */
export function softmaxKeeping(logP: Float32Array, p: Float32Array, x: Float32Array, rows: number, cols: number): void {
  for (let row = 0, from = 0; row < rows; row++, from += cols) {
    const log = probabilities(p, x, from, from + cols);
    for (let i = from; i < from + cols; i++) logP[i] = x[i] - log;
  }
}

/** out[row] = log sum exp of the row, and p = softmax(x). */
export function logSumExpKeeping(out: Float32Array, p: Float32Array, x: Float32Array, cols: number): void {
  for (let row = 0, from = 0; row < out.length; row++, from += cols) out[row] = probabilities(p, x, from, from + cols);
}

/** p = softmax of one row. @returns log sum exp of the row */
function probabilities(p: Float32Array, x: Float32Array, from: number, to: number): number {
  let max = -Infinity;
  for (let i = from; i < to; i++) if (x[i] > max) max = x[i];
  let sum = 0;
  for (let i = from; i < to; i++) {
    const weight = Math.exp(x[i] - max);
    p[i] = weight;
    sum += weight;
  }
  const scale = 1 / sum;
  for (let i = from; i < to; i++) p[i] *= scale;
  return max + Math.log(sum);
}

/** dx += g - p sum(g), row by row. */
export function logSoftmaxGrad(dx: Float32Array, p: Float32Array, g: Float32Array, rows: number, cols: number): void {
  for (let row = 0, from = 0; row < rows; row++, from += cols) {
    let sum = 0;
    for (let i = from; i < from + cols; i++) sum += g[i];
    for (let i = from; i < from + cols; i++) dx[i] += g[i] - p[i] * sum;
  }
}

/** dx += scale p: the derivative of the log-sum-exp of a row is its softmax. */
export function logSumExpGrad(dx: Float32Array, p: Float32Array, scale: number): void {
  for (let i = 0; i < dx.length; i++) dx[i] += scale * p[i];
}
