const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** out[i] = log N(x; loc, scale), one distribution an element. */
export function normalLogProb(out: Float32Array, x: Float32Array, loc: Float32Array, scale: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const z = (x[i] - loc[i]) / scale[i];
    out[i] = -0.5 * z * z - Math.log(scale[i]) - HALF_LOG_TWO_PI;
  }
}

/** The gradients of sum(log N(x; loc, scale)), added. */
export function normalLogProbGrad(
  dx: Float32Array,
  dLoc: Float32Array,
  dScale: Float32Array,
  x: Float32Array,
  loc: Float32Array,
  scale: Float32Array,
): void {
  for (let i = 0; i < x.length; i++) {
    const inverse = 1 / scale[i];
    const z = (x[i] - loc[i]) * inverse;
    dx[i] -= z * inverse;
    dLoc[i] += z * inverse;
    dScale[i] += (z * z - 1) * inverse;
  }
}

/** out[i] = x l - softplus(l). */
export function bernoulliLogProb(out: Float32Array, x: Float32Array, logits: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const l = logits[i];
    out[i] = x[i] * l - Math.max(l, 0) - Math.log1p(Math.exp(-Math.abs(l)));
  }
}
