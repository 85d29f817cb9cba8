/** Estimators that compare antithetic samples, naive and in float64, from the noise on, as their papers write them. */
import { type F, sigmoid } from "./estimators.ts";

/** Yin, Zhou 2019, eq. 8: (f(1[u > sigmoid(-l)]) - f(1[u < sigmoid(l)])) (u - 1/2) */
export function arm(logits: readonly number[], f: F, u: readonly number[]): number[] {
  const difference =
    f(logits.map((l, v) => (u[v] > sigmoid(-l) ? 1 : 0))) - f(logits.map((l, v) => (u[v] < sigmoid(l) ? 1 : 0)));
  return u.map((each) => difference * (each - 0.5));
}

/** Uniform on the simplex, the first coordinate such that (1 - d_1)^(n - 1) = u, the rest shared by exponential variates. */
export function simplexPoint(u: number, shares: readonly number[]): number[] {
  const d = 1 - u ** (1 / shares.length);
  const total = shares.reduce((sum, e) => sum + e, 0);
  return [d, ...shares.map((e) => ((1 - d) * e) / total)];
}

/** The copies of one variable, of d on the simplex: the less likely value has probability q. */
export const copiesOf = (logit: number, d: readonly number[]): number[] =>
  d.map((each) => {
    const unlikely = (1 - each) ** (d.length - 1) < sigmoid(-Math.abs(logit));
    return unlikely === logit > 0 ? 0 : 1;
  });

/** Correlation of two copies: P(d_1 > t, d_2 > t) = max(0, 1 - 2 t)^(n - 1). */
export function correlation(logit: number, n: number): number {
  const q = sigmoid(-Math.abs(logit));
  const t = 1 - q ** (1 / (n - 1));
  return (Math.max(0, 1 - 2 * t) ** (n - 1) - q * q) / (q * (1 - q));
}

/** Dimitriev, Zhou 2021: sum of (f(b_i) - mean f)(b_i - p) / ((n - 1)(1 - rho)), for copies [n][variables]. */
export function arms(logits: readonly number[], f: F, copies: readonly (readonly number[])[]): number[] {
  const n = copies.length;
  const costs = copies.map(f);
  const mean = costs.reduce((sum, c) => sum + c, 0) / n;
  return logits.map(
    (l, v) =>
      copies.reduce((sum, b, i) => sum + (costs[i] - mean) * (b[v] - sigmoid(l)), 0) /
      ((n - 1) * (1 - correlation(l, n))),
  );
}

/** The gradient of E f(z) of independent categories z, by enumeration. */
export function categoricalGradient(logits: readonly (readonly number[])[], f: F): number[][] {
  const probs = logits.map(softmax);
  const total = logits.map((row) => row.map(() => 0));
  for (const z of categories(logits.map((row) => row.length))) {
    const weight = z.reduce((p, k, v) => p * probs[v][k], 1);
    if (weight > 0)
      for (const [v, k] of z.entries())
        for (const j of probs[v].keys()) total[v][j] += weight * f(z) * ((j === k ? 1 : 0) - probs[v][j]);
  }
  return total;
}

export const softmax = (row: readonly number[]): number[] => {
  const top = Math.max(...row);
  const terms = row.map((l) => Math.exp(l - top));
  const total = terms.reduce((sum, x) => sum + x, 0);
  return terms.map((x) => x / total);
};

export const categories = (counts: readonly number[]): number[][] =>
  counts.reduce<number[][]>(
    (so, count) => so.flatMap((head) => Array.from({ length: count }, (_, k) => [...head, k])),
    [[]],
  );

/** The categories of a row, likeliest first, and the probabilities of the sticks in this order. */
export function sticks(row: readonly number[]): { order: number[]; p: number[] } {
  const probs = softmax(row);
  const order = [...probs.keys()].sort((a, b) => probs[b] - probs[a] || a - b);
  const after = order.map((_, i) => order.slice(i).reduce((sum, k) => sum + probs[k], 0));
  return { order, p: order.slice(0, -1).map((k, i) => probs[k] / after[i]) };
}

/** P(b' = 1 | b) of an antithetic pair of bits. */
export const opposed = (p: number, b: number): number =>
  b === 1 ? Math.max(0, 2 * p - 1) / p : Math.min(p, 1 - p) / (1 - p);

/**
 * Dong, Mnih, Tucker 2021: DisARM for each stick up to the later of two stops (places in the order), averaged over the bits of each
 * sample that lie beyond its own stop.
 */
export function categoricalDisarm(
  logits: readonly (readonly number[])[],
  difference: number,
  places: readonly number[],
  others: readonly number[],
): number[][] {
  return logits.map((row, v) => {
    const { order, p } = sticks(row);
    const probs = softmax(row);
    const gradient = row.map(() => 0);
    for (let k = 0; k <= Math.max(places[v], others[v]) && k < p.length; k++) {
      const known = (stop: number): (0 | 1)[] => (k < stop ? [0] : k === stop ? [1] : [0, 1]);
      let weight = 0;
      let coefficient = 0;
      for (const b of known(places[v]))
        for (const c of known(others[v])) {
          const alone = b ? p[k] : 1 - p[k];
          if (alone === 0) continue;
          const together = alone * (c ? opposed(p[k], b) : 1 - opposed(p[k], b));
          weight += together;
          if (b !== c) coefficient += together * 0.5 * difference * (-1) ** c * Math.max(p[k], 1 - p[k]);
        }
      if (coefficient === 0) continue;
      // psi_k = l_k - log sum of exp l_j over j after k
      const after = order.slice(k + 1);
      const rest = after.reduce((sum, j) => sum + probs[j], 0);
      gradient[order[k]] += coefficient / weight;
      for (const j of after) gradient[j] -= ((coefficient / weight) * probs[j]) / rest;
    }
    return gradient;
  });
}
