import { softmax } from "./model.ts";

export interface Node {
  readonly at: number;
  readonly weight: number;
}

/** Gauss-Legendre nodes of [0, 1], by Newton's method on the Legendre polynomial. */
function legendre(n: number): Node[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    for (let pass = 0; pass < 8; pass++) x -= polynomial(n, x).value / polynomial(n, x).slope;
    const { slope } = polynomial(n, x);
    return { at: (x + 1) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
}

function polynomial(n: number, x: number): { value: number; slope: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, slope: (n * (x * value - before)) / (x * x - 1) };
}

/** Of [0, 64], in panels that double: beyond, e^-s is below 1e-27; near 0 they follow e^(-s / tau) down to tau = 0.1. */
const EDGES = [0, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
const RULE = legendre(8);
const HALF_LINE: readonly Node[] = EDGES.slice(1).flatMap((to, i) =>
  RULE.map(({ at, weight }) => {
    const from = EDGES[i] as number;
    return { at: from + (to - from) * at, weight: weight * (to - from) };
  }),
);

/**
 * E[h(y, k)] over z = logits + Gumbel noise, with y = softmax(z / tau) and k = argmax z; for 2 or 3 categories. Where k is the
 * largest, z_j - z_k = -s_j with s_j > 0 has the density Γ(K) Π a_j / (Σ a_j)^K, a_j = exp(logits_j + s_j), a_k = exp(logits_k):
 * smooth, so that no jump of argmax is inside of a region.
 */
export function expectRelaxed(
  logits: readonly number[],
  tau: number,
  h: (y: readonly number[], k: number) => readonly number[],
): number[] {
  const categories = logits.length;
  if (categories > 3) throw new Error(`expected 2 or 3 categories, got ${categories}`);
  const total = logits.map(() => 0);
  for (let k = 0; k < categories; k++) {
    const others = logits.flatMap((_, j) => (j === k ? [] : [j]));
    for (const nodes of grid(others.length)) {
      const s = logits.map(() => 0);
      let weight = categories === 3 ? 2 : 1;
      for (const [i, j] of others.entries()) {
        s[j] = (nodes[i] as Node).at;
        weight *= (nodes[i] as Node).weight;
      }
      for (const each of softmax(logits.map((each, j) => each + (s[j] as number)))) weight *= each;
      const y = softmax(
        s.map((each) => -each),
        tau,
      );
      for (const [j, each] of h(y, k).entries()) (total[j] as number) += weight * each;
    }
  }
  return total;
}

const PAIRS = HALF_LINE.flatMap((a) => HALF_LINE.map((b) => [a, b]));
const SINGLE = HALF_LINE.map((a) => [a]);
const grid = (dimensions: number): readonly (readonly Node[])[] => (dimensions === 1 ? SINGLE : PAIRS);
