/** Counts by their mean mu and variance mu + a mu², naively: the families differ in a alone. */

export interface CountLaw {
  readonly name: string;
  readonly mu: number;
  readonly a: number;
  /** p(0), and p(k + 1) / p(k) */
  readonly first: number;
  readonly ratio: (k: number) => number;
}

export const poisson = (rate: number): CountLaw => ({
  name: `Poisson(${rate})`,
  mu: rate,
  a: 0,
  first: Math.exp(-rate),
  ratio: (k) => rate / (k + 1),
});

export const binomial = (n: number, p: number): CountLaw => ({
  name: `Binomial(${n}, ${p})`,
  mu: n * p,
  a: -1 / n,
  first: (1 - p) ** n,
  ratio: (k) => ((n - k) / (k + 1)) * (p / (1 - p)),
});

export const negativeBinomial = (r: number, p: number): CountLaw => ({
  name: `NegativeBinomial(${r}, ${p})`,
  mu: (r * p) / (1 - p),
  a: 1 / r,
  first: (1 - p) ** r,
  ratio: (k) => ((r + k) / (k + 1)) * p,
});

/** Failures before a success of probability p. */
export const geometric = (p: number): CountLaw => ({ ...negativeBinomial(1, 1 - p), name: `Geometric(${p})` });

/** Probabilities of 0, 1, ... to where what is left is below 1e-16 of what there was. */
export function probabilities({ first, ratio }: CountLaw): number[] {
  const p = [first];
  let sum = first;
  for (let k = 0; ; k++) {
    const next = p[k] * ratio(k);
    if (next <= 0 || (next < 1e-17 * sum && ratio(k) < 0.95)) return p;
    p.push(next);
    sum += next;
  }
}

/** d E f / d mu = sum of p(k) f(k) (k - mu) / V */
export function meanGradient(law: CountLaw, f: (z: number) => number): number {
  const variance = law.mu + law.a * law.mu * law.mu;
  return probabilities(law).reduce((sum, p, k) => sum + (p * f(k) * (k - law.mu)) / variance, 0);
}

/**
 * The weight of f'(Z) for the mean as He and Wu make it: the polynomial of x = Z - mu that solves E [w x^j] = E [x^(j + 2)] / (j + 1) / V
 * for j < degree, moments by summation.
 */
export function finiWeight(law: CountLaw, degree: 2 | 3): (z: number) => number {
  const moment = (order: number): number =>
    probabilities(law).reduce((sum, p, k) => sum + p * (k - law.mu) ** order, 0);
  const moments = [0, 1, 2, 3, 4].map(moment);
  const variance = moments[2];
  const rows = Array.from({ length: degree }, (_, j) => [
    ...Array.from({ length: degree }, (_, i) => moments[i + j]),
    moments[j + 2] / (j + 1) / variance,
  ]);
  const solution = solve(rows);
  return (z) => solution.reduce((sum, c, j) => sum + c * (z - law.mu) ** j, 0);
}

/** Gaussian elimination with pivots of [A | b]. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const pivot = rows
      .slice(i)
      .reduce((best, row, j) => (Math.abs(row[i]) > Math.abs(rows[best][i]) ? i + j : best), i);
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const factor = rows[j][i] / rows[i][i];
      rows[j] = rows[j].map((each, k) => each - factor * rows[i][k]);
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}
