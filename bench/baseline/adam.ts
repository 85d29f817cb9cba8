const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Step number `t` (from 1) of Adam (Kingma, Ba 2015, algorithm 1), its bias corrections outside the loop. */
export function adam(
  x: Float32Array,
  dx: Float32Array,
  mean: Float32Array,
  square: Float32Array,
  rate: number,
  t: number,
): void {
  const step = rate / (1 - BETA1 ** t);
  const scale = 1 / (1 - BETA2 ** t);
  for (let i = 0; i < x.length; i++) {
    const d = dx[i];
    const m = mean[i] + (1 - BETA1) * (d - mean[i]);
    const v = square[i] + (1 - BETA2) * (d * d - square[i]);
    mean[i] = m;
    square[i] = v;
    x[i] -= (step * m) / (Math.sqrt(v * scale) + EPSILON);
  }
}
