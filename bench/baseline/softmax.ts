import { draw, ULP, words } from "./random.ts";

/**
 * Softmax and its relatives over the rows of [rows, cols]: the row's maximum is subtracted first, sums are in f64, and a
 * division by the temperature or the sum is one multiplication an element.
 */

function rowMax(x: Float32Array, from: number, to: number): number {
  let max = -Infinity;
  for (let i = from; i < to; i++) if (x[i] > max) max = x[i];
  return max;
}

export function softmax(out: Float32Array, x: Float32Array, rows: number, cols: number, tau: number): void {
  const inverse = 1 / tau;
  for (let row = 0, from = 0; row < rows; row++, from += cols) {
    const to = from + cols;
    const max = rowMax(x, from, to);
    let sum = 0;
    for (let i = from; i < to; i++) {
      const e = Math.exp((x[i] - max) * inverse);
      out[i] = e;
      sum += e;
    }
    const scale = 1 / sum;
    for (let i = from; i < to; i++) out[i] *= scale;
  }
}

/** log of the sum of exp((x - max) / tau) over a row. */
function logSum(x: Float32Array, from: number, to: number, max: number, inverse: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.exp((x[i] - max) * inverse);
  return Math.log(sum);
}

export function logSumExp(out: Float32Array, x: Float32Array, rows: number, cols: number, tau: number): void {
  const inverse = 1 / tau;
  for (let row = 0, from = 0; row < rows; row++, from += cols) {
    const max = rowMax(x, from, from + cols);
    out[row] = max * inverse + logSum(x, from, from + cols, max, inverse);
  }
}

export function logSoftmax(out: Float32Array, x: Float32Array, rows: number, cols: number, tau: number): void {
  const inverse = 1 / tau;
  for (let row = 0, from = 0; row < rows; row++, from += cols) {
    const to = from + cols;
    const max = rowMax(x, from, to);
    const log = logSum(x, from, to, max, inverse);
    for (let i = from; i < to; i++) out[i] = (x[i] - max) * inverse - log;
  }
}

/** out = x + Gumbel noise. */
export function perturb(out: Float32Array, x: Float32Array): void {
  for (let start = 0; start < out.length; ) {
    const count = draw(start, out.length);
    for (let i = 0; i < count; i++) out[start + i] = x[start + i] - Math.log(-Math.log((words[i] + 0.5) * ULP));
    start += count;
  }
}

export function gumbelSoftmax(out: Float32Array, logits: Float32Array, rows: number, cols: number, tau: number): void {
  perturb(out, logits);
  softmax(out, out, rows, cols, tau);
}

/** Exactly one-hot: 1 at the largest perturbed logit of a row. */
export function gumbelOneHot(out: Float32Array, logits: Float32Array, rows: number, cols: number): void {
  perturb(out, logits);
  oneHot(out, out, rows, cols);
}

/** Straight-through: `out` is one-hot, and `soft` the sample with the same noise, whose gradient is taken. */
export function gumbelStraightThrough(
  out: Float32Array,
  soft: Float32Array,
  logits: Float32Array,
  rows: number,
  cols: number,
  tau: number,
): void {
  gumbelSoftmax(soft, logits, rows, cols, tau);
  oneHot(out, soft, rows, cols);
}

/** out = 1 at the largest x of a row, 0 elsewhere; out may be x. */
function oneHot(out: Float32Array, x: Float32Array, rows: number, cols: number): void {
  for (let row = 0, from = 0; row < rows; row++, from += cols) {
    let best = from;
    for (let i = from + 1; i < from + cols; i++) if (x[i] > x[best]) best = i;
    for (let i = from; i < from + cols; i++) out[i] = 0;
    out[best] = 1;
  }
}

/** out += y (g - <y, g>) / tau, row by row. */
export function gumbelSoftmaxGrad(
  out: Float32Array,
  y: Float32Array,
  g: Float32Array,
  rows: number,
  cols: number,
  tau: number,
): void {
  const inverse = 1 / tau;
  for (let row = 0, from = 0; row < rows; row++, from += cols) {
    const to = from + cols;
    let dot = 0;
    for (let i = from; i < to; i++) dot += y[i] * g[i];
    for (let i = from; i < to; i++) out[i] += y[i] * (g[i] - dot) * inverse;
  }
}
