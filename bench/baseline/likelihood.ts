import { softmaxKeeping } from "./softmax-grad.ts";

/** out[row] = sum over the row of t l - softplus(l). */
export function bernoulli(out: Float32Array, logits: Float32Array, targets: Float32Array, cols: number): void {
  for (let row = 0, from = 0; row < out.length; row++, from += cols) {
    let sum = 0;
    for (let i = from; i < from + cols; i++) {
      const l = logits[i];
      const size = Math.abs(l);
      sum += targets[i] * l - 0.5 * (l + size) - Math.log1p(Math.exp(-size));
    }
    out[row] = sum;
  }
}

/** dLogits += scale (t - sigmoid(l)). */
export function bernoulliGrad(dLogits: Float32Array, logits: Float32Array, targets: Float32Array, scale: number): void {
  for (let i = 0; i < logits.length; i++) dLogits[i] += scale * (targets[i] - 1 / (1 + Math.exp(-logits[i])));
}

/** out[row] = KL(softmax(logits) || uniform) = log cols + sum of q log q, with log q = l - max - log sum exp(l - max). */
export function categoricalKl(out: Float32Array, logits: Float32Array, cols: number): void {
  const uniform = Math.log(cols);
  for (let row = 0, from = 0; row < out.length; row++, from += cols) {
    let max = -Infinity;
    for (let i = from; i < from + cols; i++) if (logits[i] > max) max = logits[i];
    let sum = 0;
    let dot = 0;
    for (let i = from; i < from + cols; i++) {
      const x = logits[i] - max;
      const weight = Math.exp(x);
      sum += weight;
      if (weight > 0) dot += weight * x;
    }
    out[row] = uniform + dot / sum - Math.log(sum);
  }
}

/** dLogits += scale q (log q - sum of q log q). */
export function categoricalKlGrad(
  dLogits: Float32Array,
  logits: Float32Array,
  rows: number,
  cols: number,
  scale: number,
): void {
  for (let row = 0, from = 0; row < rows; row++, from += cols) {
    let max = -Infinity;
    for (let i = from; i < from + cols; i++) if (logits[i] > max) max = logits[i];
    let sum = 0;
    let dot = 0;
    for (let i = from; i < from + cols; i++) {
      const x = logits[i] - max;
      const weight = Math.exp(x);
      sum += weight;
      if (weight > 0) dot += weight * x;
    }
    const mean = dot / sum;
    const factor = scale / sum;
    for (let i = from; i < from + cols; i++) {
      const x = logits[i] - max;
      const weight = Math.exp(x);
      if (weight > 0) dLogits[i] += factor * weight * (x - mean);
    }
  }
}

/** `categoricalKl` that keeps what its gradient needs: q and log q, [rows, cols]. */
export function categoricalKlKeeping(
  out: Float32Array,
  q: Float32Array,
  logQ: Float32Array,
  logits: Float32Array,
  cols: number,
): void {
  softmaxKeeping(logQ, q, logits, out.length, cols);
  const uniform = Math.log(cols);
  for (let row = 0, from = 0; row < out.length; row++, from += cols) {
    let sum = uniform;
    for (let i = from; i < from + cols; i++) if (q[i] > 0) sum += q[i] * logQ[i];
    out[row] = sum;
  }
}

/** dLogits += scale q (log q - sum of q log q), without another exponential; `kl` is the forward result. */
export function categoricalKlKeptGrad(
  dLogits: Float32Array,
  q: Float32Array,
  logQ: Float32Array,
  kl: Float32Array,
  cols: number,
  scale: number,
): void {
  const uniform = Math.log(cols);
  for (let row = 0, from = 0; row < kl.length; row++, from += cols) {
    const mean = kl[row] - uniform;
    for (let i = from; i < from + cols; i++) if (q[i] > 0) dLogits[i] += scale * q[i] * (logQ[i] - mean);
  }
}
