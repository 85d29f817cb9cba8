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

/** Standard gamma variates of one shape of 1 or more: Marsaglia and Tsang 2000, with Box and Muller's normals. */
export function gammaSample(out: Float32Array, concentration: number): void {
  const d = concentration - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let i = 0; i < out.length; i++)
    for (;;) {
      const x = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
      const v = 1 + c * x;
      if (v <= 0) continue;
      const cube = v * v * v;
      const u = 1 - Math.random();
      if (u < 1 - 0.0331 * x ** 4 || Math.log(u) < 0.5 * x * x + d * (1 - cube + Math.log(cube))) {
        out[i] = d * cube;
        break;
      }
    }
}

/** out[row] = the log-density of y = log x, x a relaxed one-hot sample (Maddison, Mnih, Teh 2017, app. C.3). */
export function concreteLogProb(
  out: Float32Array,
  y: Float32Array,
  logits: Float32Array,
  cols: number,
  tau: number,
): void {
  let constant = (cols - 1) * Math.log(tau);
  for (let k = 2; k < cols; k++) constant += Math.log(k);
  for (let row = 0, from = 0; row < out.length; row++, from += cols) {
    let max = -Infinity;
    let sum = 0;
    for (let i = from; i < from + cols; i++) {
      const z = logits[i] - tau * y[i];
      sum += z;
      if (z > max) max = z;
    }
    let total = 0;
    for (let i = from; i < from + cols; i++) total += Math.exp(logits[i] - tau * y[i] - max);
    out[row] = constant + sum - cols * (max + Math.log(total));
  }
}
