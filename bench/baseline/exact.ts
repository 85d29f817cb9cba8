/** Exact sums over discrete variables, as one writes them out for one model: probabilities in double precision. */

/** Of chains [plates, T, K] of log values with one [K, K] table: the log evidence of each, and gradients of their sum. */
export class ForwardBackward {
  readonly dInitial: Float32Array;
  readonly dTransition: Float32Array;
  readonly dEmission: Float32Array;
  readonly #length: number;
  readonly #states: number;
  readonly #alpha: Float64Array;
  readonly #seen: Float64Array;
  readonly #beta: Float64Array;
  readonly #out: Float64Array;
  readonly #table: Float64Array;
  readonly #pairs: Float64Array;

  constructor(plates: number, length: number, states: number) {
    this.#length = length;
    this.#states = states;
    this.#alpha = new Float64Array(length * states);
    this.#seen = new Float64Array(length * states);
    this.#beta = new Float64Array(states);
    this.#out = new Float64Array(states);
    this.#table = new Float64Array(states * states);
    this.#pairs = new Float64Array(states * states);
    this.dInitial = new Float32Array(states);
    this.dTransition = new Float32Array(states * states);
    this.dEmission = new Float32Array(plates * length * states);
  }

  run(out: Float32Array, initial: Float32Array, transition: Float32Array, emission: Float32Array): void {
    const width = this.#length * this.#states;
    this.dInitial.fill(0);
    this.#pairs.fill(0);
    for (let i = 0; i < transition.length; i++) this.#table[i] = Math.exp(transition[i] as number);
    for (let p = 0; p < out.length; p++) {
      out[p] = this.#forward(initial, emission, p * width);
      this.#backward(p * width);
    }
    for (let i = 0; i < transition.length; i++)
      this.dTransition[i] = (this.#pairs[i] as number) * (this.#table[i] as number);
  }

  #forward(initial: Float32Array, emission: Float32Array, from: number): number {
    const [T, K, alpha, seen, table] = [this.#length, this.#states, this.#alpha, this.#seen, this.#table];
    let log = 0;
    for (let t = 0; t < T; t++) {
      let scale = 0;
      for (let k = 0; k < K; k++) {
        let before = 0;
        if (t === 0) before = Math.exp(initial[k] as number);
        else for (let i = 0; i < K; i++) before += (alpha[(t - 1) * K + i] as number) * (table[i * K + k] as number);
        seen[t * K + k] = Math.exp(emission[from + t * K + k] as number);
        alpha[t * K + k] = before * (seen[t * K + k] as number);
        scale += alpha[t * K + k] as number;
      }
      for (let k = 0; k < K; k++) alpha[t * K + k] = (alpha[t * K + k] as number) / scale;
      log += Math.log(scale);
    }
    return log;
  }

  #backward(from: number): void {
    const [T, K, alpha, seen, beta, out, table] = [
      this.#length,
      this.#states,
      this.#alpha,
      this.#seen,
      this.#beta,
      this.#out,
      this.#table,
    ];
    const pairs = this.#pairs;
    beta.fill(1);
    for (let k = 0; k < K; k++) this.dEmission[from + (T - 1) * K + k] = alpha[(T - 1) * K + k] as number;
    for (let t = T - 2; t >= 0; t--) {
      for (let k = 0; k < K; k++) out[k] = (seen[(t + 1) * K + k] as number) * (beta[k] as number);
      let total = 0;
      for (let i = 0; i < K; i++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += (table[i * K + k] as number) * (out[k] as number);
        beta[i] = sum;
        total += (alpha[t * K + i] as number) * sum;
      }
      for (let i = 0; i < K; i++) {
        beta[i] = (beta[i] as number) / total;
        const a = alpha[t * K + i] as number;
        this.dEmission[from + t * K + i] = a * (beta[i] as number);
        for (let k = 0; k < K; k++) (pairs[i * K + k] as number) += (a * (out[k] as number)) / total;
      }
    }
    for (let k = 0; k < K; k++) (this.dInitial[k] as number) += this.dEmission[from + k] as number;
  }
}

/** log sum_k exp(w_k + d_nk) of each row of d, and the gradients of their sum. */
export function mixture(
  out: Float32Array,
  dWeights: Float32Array,
  dDensities: Float32Array,
  weights: Float32Array,
  densities: Float32Array,
): void {
  const K = weights.length;
  dWeights.fill(0);
  const terms = new Float64Array(K);
  for (let n = 0, from = 0; n < out.length; n++, from += K) {
    let most = -Infinity;
    for (let k = 0; k < K; k++) {
      terms[k] = (weights[k] as number) + (densities[from + k] as number);
      most = Math.max(most, terms[k] as number);
    }
    let sum = 0;
    for (let k = 0; k < K; k++) {
      terms[k] = Math.exp((terms[k] as number) - most);
      sum += terms[k] as number;
    }
    out[n] = most + Math.log(sum);
    for (let k = 0; k < K; k++) {
      const share = (terms[k] as number) / sum;
      dDensities[from + k] = share;
      (dWeights[k] as number) += share;
    }
  }
}
