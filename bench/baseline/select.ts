import { draw, ULP, words } from "./random.ts";

/** One draw from softmax(logits) in each row, by the inverse of the distribution function. `work`: [cols]. */
export function categorical(
  out: Int32Array,
  logits: Float32Array,
  work: Float32Array,
  rows: number,
  cols: number,
): void {
  for (let row = 0, from = 0; row < rows; row++, from += cols) {
    let max = -Infinity;
    for (let i = from; i < from + cols; i++) if (logits[i] > max) max = logits[i];
    let sum = 0;
    for (let k = 0; k < cols; k++) {
      const weight = Math.exp(logits[from + k] - max);
      work[k] = weight;
      sum += weight;
    }
    draw(0, 1);
    let left = (words[0] + 0.5) * ULP * sum;
    let k = 0;
    for (; k < cols - 1; k++) {
      left -= work[k];
      if (left < 0) break;
    }
    out[row] = k;
  }
}

/** The same law by Gumbel-max: the largest of logits + Gumbel noise. One row. */
export function gumbelMax(logits: Float32Array): number {
  let best = 0;
  let most = -Infinity;
  for (let start = 0; start < logits.length; ) {
    const count = draw(start, logits.length);
    for (let i = 0; i < count; i++) {
      const score = logits[start + i] - Math.log(-Math.log((words[i] + 0.5) * ULP));
      if (score > most) {
        most = score;
        best = start + i;
      }
    }
    start += count;
  }
  return best;
}

/** The k largest of logits + Gumbel noise, best first: insertion into a sorted list, which few elements reach. One row. */
export function topK(indices: Int32Array, scores: Float32Array, logits: Float32Array): void {
  const last = scores.length - 1;
  scores.fill(-Infinity);
  for (let start = 0; start < logits.length; ) {
    const count = draw(start, logits.length);
    for (let i = 0; i < count; i++) {
      const score = logits[start + i] - Math.log(-Math.log((words[i] + 0.5) * ULP));
      if (score <= scores[last]) continue;
      let place = last;
      for (; place > 0 && scores[place - 1] < score; place--) {
        scores[place] = scores[place - 1];
        indices[place] = indices[place - 1];
      }
      scores[place] = score;
      indices[place] = start + i;
    }
    start += count;
  }
}

/** Gumbel noise + logits, given that `index` has the largest. One row. */
export function conditionalGumbel(z: Float32Array, logits: Float32Array, index: number): void {
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i]);
  draw(0, 1);
  const top = Math.log(total) - Math.log(-Math.log((words[0] + 0.5) * ULP));
  const floor = Math.exp(-top);
  for (let start = 0; start < logits.length; ) {
    const count = draw(start, logits.length);
    for (let i = 0; i < count; i++)
      z[start + i] = -Math.log(floor - Math.log((words[i] + 0.5) * ULP) * Math.exp(-logits[start + i]));
    start += count;
  }
  z[index] = top;
}
