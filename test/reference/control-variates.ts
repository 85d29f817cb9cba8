import { bernoulliProbability, bernoulliScore, bits, type F, sigmoid } from "./estimators.ts";

/** Control variates, naive and in float64: what the library's are compared with. */

type Vector = readonly number[];
/** A function of a vector and its gradient. */
export interface Smooth {
  readonly value: (z: Vector) => number;
  readonly slope: (z: Vector) => number[];
}

/** L = log mean exp(-cost) */
export function bound(costs: Vector): number {
  const least = Math.min(...costs);
  return Math.log(costs.reduce((sum, c) => sum + Math.exp(least - c), 0) / costs.length) - least;
}

/** Samples of the bound's own law: all m-tuples of states. */
const tuples = (n: number, m: number): number[][][] =>
  m === 0 ? [[]] : tuples(n, m - 1).flatMap((head) => bits(n).map((z) => [...head, z]));

/** The gradient of -E[L] with respect to logits, by enumeration. */
export function boundGradient(logits: Vector, f: F, m: number): number[] {
  const total = logits.map(() => 0);
  for (const draws of tuples(logits.length, m)) {
    const p = draws.reduce((product, z) => product * bernoulliProbability(logits, z), 1);
    const value = -bound(draws.map(f));
    for (const z of draws) for (const [v, s] of bernoulliScore(logits, z).entries()) total[v] += p * value * s;
  }
  return total;
}

/** -sum_j (L - L_j) d log p(z_j) */
export function vimco(logits: Vector, f: F, draws: readonly Vector[]): number[] {
  const costs = draws.map(f);
  const total = logits.map(() => 0);
  for (const [j, z] of draws.entries()) {
    const others = costs.filter((_, i) => i !== j);
    const mean = others.reduce((sum, c) => sum + c, 0) / others.length;
    const gain = bound(costs) - bound([...others, mean]);
    for (const [v, s] of bernoulliScore(logits, z).entries()) total[v] -= gain * s;
  }
  return total;
}

export function softmax(x: Vector): number[] {
  const e = x.map((each) => Math.exp(each - Math.max(...x)));
  const sum = e.reduce((so, each) => so + each, 0);
  return e.map((each) => each / sum);
}

const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** Given the mean and its Jacobian [element of the mean][parameter]. */
function expanded(z: Vector, f: Smooth, mean: Vector, jacobian: readonly Vector[], score: Vector): number[] {
  const slope = f.slope(mean);
  const rest =
    f.value(z) -
    f.value(mean) -
    dot(
      slope,
      z.map((x, i) => x - mean[i]),
    );
  return score.map((s, k) => rest * s + slope.reduce((sum, x, i) => sum + x * jacobian[i][k], 0));
}

export function muProp(logits: Vector, f: Smooth, z: Vector): number[] {
  const p = logits.map(sigmoid);
  const jacobian = p.map((x, i) => p.map((_, k) => (i === k ? x * (1 - x) : 0)));
  return expanded(z, f, p, jacobian, bernoulliScore(logits, z));
}

const softmaxJacobian = (p: Vector): number[][] => p.map((x, i) => p.map((y, k) => (i === k ? x : 0) - x * y));

export function muPropOneHot(logits: Vector, f: Smooth, z: Vector): number[] {
  const p = softmax(logits);
  return expanded(
    z,
    f,
    p,
    softmaxJacobian(p),
    z.map((x, i) => x - p[i]),
  );
}

/** (f(b) - c(z')) d log p(b) + d c(z) - d c(z'), given z and z' and their Jacobians. */
function controlled(
  cost: number,
  c: Smooth,
  score: Vector,
  z: Vector,
  dz: readonly Vector[],
  again: Vector,
  dAgain: readonly Vector[],
): number[] {
  const [slope, slopeAgain] = [c.slope(z), c.slope(again)];
  return score.map(
    (s, k) =>
      (cost - c.value(again)) * s +
      z.reduce((sum, _, i) => sum + slope[i] * dz[i][k] - slopeAgain[i] * dAgain[i][k], 0),
  );
}

const diagonal = (x: Vector): number[][] => x.map((each, i) => x.map((_, k) => (i === k ? each : 0)));

/** Of a draw b = 1[z > 0], z = logits + noise. With uniform v = sigmoid(other): v' = v p + 1 - p if b = 1, v (1 - p) if not, and z' = logits + logit v'. */
export function relaxed(logits: Vector, f: F, c: Smooth, b: Vector, noise: Vector, other: Vector): number[] {
  const z = logits.map((l, v) => l + noise[v]);
  const both = logits.map((l, i) => {
    const [p, q, v, w] = [sigmoid(l), sigmoid(-l), sigmoid(other[i]), sigmoid(-other[i])];
    // v' and 1 - v'
    const [inside, outside] = b[i] === 1 ? [v * p + q, w * p] : [v * q, w + v * p];
    const slope = b[i] === 1 ? -w * p * q : -v * p * q;
    return { z: l + Math.log(inside / outside), d: 1 + slope / (inside * outside) };
  });
  return controlled(
    f(b),
    c,
    bernoulliScore(logits, b),
    z,
    diagonal(z.map(() => 1)),
    both.map(({ z }) => z),
    diagonal(both.map(({ d }) => d)),
  );
}

/** With E = exp(-other): z'_i = -log E_i of the drawn one, -log(E_j / p_j + E_i) of the others. */
export function relaxedOneHot(logits: Vector, f: F, c: Smooth, noise: Vector, other: Vector): number[] {
  const p = softmax(logits);
  const z = p.map((x, i) => Math.log(x) + noise[i]);
  const drawn = z.indexOf(Math.max(...z));
  const [d, e] = [p.map((_, i) => (i === drawn ? 1 : 0)), other.map((g) => Math.exp(-g))];
  const dLogs = p.map((_, i) => p.map((y, k) => (i === k ? 1 : 0) - y));
  const again = p.map((x, j) => -Math.log(j === drawn ? e[j] : e[j] / x + e[drawn]));
  const dAgain = p.map((x, j) => dLogs[j].map((l) => (j === drawn ? 0 : (l * e[j]) / x / (e[j] / x + e[drawn]))));
  return controlled(
    f(d),
    c,
    d.map((x, i) => x - p[i]),
    z,
    dLogs,
    again,
    dAgain,
  );
}

/** eta f(sigmoid(z / tau)) */
export const relaxedCost = (f: Smooth, tau: number, eta: number): Smooth => ({
  value: (z) => eta * f.value(z.map((x) => sigmoid(x / tau))),
  slope: (z) => {
    const y = z.map((x) => sigmoid(x / tau));
    return f.slope(y).map((s, i) => (eta * s * y[i] * sigmoid(-z[i] / tau)) / tau);
  },
});

/** eta f(softmax(z / tau)) */
export const relaxedOneHotCost = (f: Smooth, tau: number, eta: number): Smooth => ({
  value: (z) => eta * f.value(softmax(z.map((x) => x / tau))),
  slope: (z) => {
    const y = softmax(z.map((x) => x / tau));
    const slope = f.slope(y);
    const mean = dot(slope, y);
    return y.map((each, i) => (eta * each * (slope[i] - mean)) / tau);
  },
});

export const plus = (a: Smooth, b: Smooth): Smooth => ({
  value: (z) => a.value(z) + b.value(z),
  slope: (z) => {
    const other = b.slope(z);
    return a.slope(z).map((x, i) => x + other[i]);
  },
});

/** The gradient of E f over one one-hot variable. */
export function oneHotGradient(logits: Vector, f: F): number[] {
  const p = softmax(logits);
  const costs = p.map((_, i) => f(p.map((_, k) => (i === k ? 1 : 0))));
  const mean = dot(p, costs);
  return p.map((x, i) => x * (costs[i] - mean));
}
