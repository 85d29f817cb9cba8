// The relaxed structures as their papers write them, in float64 and without care for extremes.

type Row = readonly number[];

export const softmax = (w: Row): number[] => {
  const most = Math.max(...w);
  const e = w.map((x) => Math.exp(x - most));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((x) => x / total);
};

/** Xie and Ermon 2019. */
export function relaxedTopK(x: Row, tau: number, k: number): number[] {
  let alpha = [...x];
  const y = x.map(() => 0);
  for (let j = 0; j < k; j++) {
    const a = softmax(alpha.map((v) => v / tau));
    for (const [i, v] of a.entries()) (y[i] as number) += v;
    alpha = alpha.map((v, i) => v + Math.log(1 - (a[i] as number)));
  }
  return y;
}

/** Mena et al. 2018: rows, then columns, of a matrix that is kept as logarithms. */
export function sinkhorn(x: Row, tau: number, iterations: number): number[] {
  const n = Math.sqrt(x.length);
  let w = x.map((v) => v / tau);
  const logSum = (terms: Row): number => {
    const most = Math.max(...terms);
    return most + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - most), 0));
  };
  for (let turn = 0; turn < iterations; turn++) {
    w = w.map((v, e) => v - logSum(w.filter((_, f) => Math.floor(f / n) === Math.floor(e / n))));
    w = w.map((v, e) => v - logSum(w.filter((_, f) => f % n === e % n)));
  }
  return w.map(Math.exp);
}

/** Prillo and Eisenschlos 2020. */
export function softSort(x: Row, tau: number): number[] {
  const sorted = [...x].sort((a, b) => b - a);
  return sorted.flatMap((s) => softmax(x.map((v) => -Math.abs(s - v) / tau)));
}

/** Grover et al. 2019. */
export function neuralSort(x: Row, tau: number): number[] {
  const n = x.length;
  const b = x.map((v) => x.reduce((sum, u) => sum + Math.abs(v - u), 0));
  return x.flatMap((_, i) => softmax(x.map((v, j) => ((n + 1 - 2 * (i + 1)) * v - (b[j] as number)) / tau)));
}

/** All orders of 0, ..., n - 1. */
export function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}

/** Subsets of k of n, as rows of ones and zeros. */
export function subsets(n: number, k: number): number[][] {
  if (k > n) return [];
  if (n === 0) return [[]];
  return [
    ...(k > 0 ? subsets(n - 1, k - 1).map((rest) => [1, ...rest]) : []),
    ...subsets(n - 1, k).map((rest) => [0, ...rest]),
  ];
}

/** The probability that draws without replacement give the members in any order: the sum over the orders. */
export function subsetProbability(members: Row, logits: Row): number {
  const chosen = members.flatMap((x, i) => (x === 1 ? [i] : []));
  const weights = logits.map(Math.exp);
  const others = weights.filter((_, i) => !chosen.includes(i));
  let probability = 0;
  for (const order of permutations(chosen.length)) {
    let product = 1;
    // From the last one on: what is left to draw from is added up, as a difference would cancel.
    let left = others.reduce((a, b) => a + b, 0);
    for (const place of order) {
      const w = weights[chosen[place] as number] as number;
      left += w;
      product *= w / left;
    }
    probability += product;
  }
  return probability;
}
