/** Gradients of sum (z - t)^2 of each row by two estimators, as one writes them out for this cost. */

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** DisARM: antithetic bits of one uniform number each. @returns the mean cost of the rows */
export function disarm(out: Float32Array, logits: Float32Array, t: number, cols: number): number {
  const [one, two] = [new Uint8Array(cols), new Uint8Array(cols)];
  let total = 0;
  for (let row = 0; row < logits.length; row += cols) {
    let [f, g] = [0, 0];
    for (let j = 0; j < cols; j++) {
      const [u, p] = [Math.random(), sigmoid(logits[row + j])];
      one[j] = u > 1 - p ? 1 : 0;
      two[j] = u < p ? 1 : 0;
      f += (one[j] - t) ** 2;
      g += (two[j] - t) ** 2;
    }
    for (let j = 0; j < cols; j++) {
      const p = sigmoid(logits[row + j]);
      out[row + j] = ((f - g) * (one[j] - two[j]) * Math.max(p, 1 - p)) / 2;
    }
    total += f;
  }
  return total / (logits.length / cols);
}

/** Gumbel-Rao: the mean Jacobian of the softmax over noise that gives the draw. */
export function gumbelRao(
  out: Float32Array,
  logits: Float32Array,
  t: number,
  { cols, tau, draws }: { readonly cols: number; readonly tau: number; readonly draws: number },
): void {
  const y = new Float64Array(cols);
  const exponential = (): number => -Math.log(1 - Math.random());
  for (let row = 0; row < logits.length; row += cols) {
    let [total, place, best] = [0, 0, -Infinity];
    for (let j = 0; j < cols; j++) {
      total += Math.exp(logits[row + j]);
      const z = logits[row + j] - Math.log(exponential());
      if (z > best) [place, best] = [j, z];
      out[row + j] = 0;
    }
    for (let draw = 0; draw < draws; draw++) {
      const top = exponential() / total;
      let [largest, sum, mean] = [-Infinity, 0, 0];
      for (let j = 0; j < cols; j++) {
        y[j] = -Math.log(j === place ? top : exponential() / Math.exp(logits[row + j]) + top) / tau;
        largest = Math.max(largest, y[j]);
      }
      for (let j = 0; j < cols; j++) {
        y[j] = Math.exp(y[j] - largest);
        sum += y[j];
      }
      for (let j = 0; j < cols; j++) {
        y[j] /= sum;
        mean += y[j] * 2 * ((j === place ? 1 : 0) - t);
      }
      for (let j = 0; j < cols; j++) out[row + j] += (y[j] * (2 * ((j === place ? 1 : 0) - t) - mean)) / (tau * draws);
    }
  }
}
