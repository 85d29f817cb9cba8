/** Estimators of gradients with respect to logits, naive and in float64: what the library's are compared with. */

export type F = (z: readonly number[]) => number;

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** All of {0, 1}^n. */
export const bits = (n: number): number[][] =>
  Array.from({ length: 2 ** n }, (_, i) => Array.from({ length: n }, (_, v) => (i >> (n - 1 - v)) & 1));

export const bernoulliProbability = (logits: readonly number[], z: readonly number[]): number =>
  logits.reduce((p, l, v) => p * (z[v] === 1 ? sigmoid(l) : sigmoid(-l)), 1);

/** d log p / d logits = z - p */
export const bernoulliScore = (logits: readonly number[], z: readonly number[]): number[] =>
  logits.map((l, v) => z[v] - sigmoid(l));

/** The gradient of E f: sum p(z) f(z) score. */
export function bernoulliGradient(logits: readonly number[], f: F): number[] {
  const total = logits.map(() => 0);
  for (const z of bits(logits.length)) {
    const weight = bernoulliProbability(logits, z) * f(z);
    for (const [v, s] of bernoulliScore(logits, z).entries()) total[v] += weight * s;
  }
  return total;
}

export const scaled = (x: readonly number[], by: number): number[] => x.map((each) => each * by);

/** f(z) d log p(z) */
export const scoreFunction = (logits: readonly number[], f: F, z: readonly number[]): number[] =>
  scaled(bernoulliScore(logits, z), f(z));

/** sum over s of (f(z_s) - mean of the others) d log p(z_s) / S */
export function rloo(logits: readonly number[], f: F, samples: readonly (readonly number[])[]): number[] {
  const costs = samples.map(f);
  const total = logits.map(() => 0);
  for (const [s, z] of samples.entries()) {
    const others = costs.filter((_, t) => t !== s);
    const baseline = others.reduce((sum, c) => sum + c, 0) / others.length;
    for (const [v, score] of bernoulliScore(logits, z).entries())
      total[v] += ((costs[s] - baseline) * score) / samples.length;
  }
  return total;
}

/** (f(b) - f(b')) (-1)^b' 1[b != b'] sigmoid(|logit|) / 2, as Dong, Mnih, Tucker 2020 write it */
export function disarm(logits: readonly number[], f: F, b: readonly number[], opposite: readonly number[]): number[] {
  const difference = f(b) - f(opposite);
  return logits.map((l, v) =>
    b[v] === opposite[v] ? 0 : 0.5 * difference * (-1) ** opposite[v] * sigmoid(Math.abs(l)),
  );
}
