/**
 * Pareto-smoothed importance sampling by the host's functions, written after `psis` and `gpdfit` of the R package loo 2.8 (Vehtari et
 * al.): weights by sorted places and in logarithms, nothing of the library.
 */
export interface Reference {
  readonly k: number;
  readonly weights: readonly number[];
}

export function psis(logWeights: readonly number[]): Reference {
  const S = logWeights.length;
  const max = Math.max(
    ...logWeights.slice(0, 1),
    logWeights.reduce((a, b) => Math.max(a, b)),
  );
  const lw = logWeights.map((l) => l - max);
  const length = Math.ceil(Math.min(0.2 * S, 3 * Math.sqrt(S)));
  let k = Infinity;
  if (length >= 5) {
    const order = lw.map((_, i) => i).sort((a, b) => lw[a] - lw[b]);
    const ids = order.slice(S - length);
    const cutoff = lw[order[S - length - 1]];
    const fit = gpdfit(ids.map((i) => Math.exp(lw[i]) - Math.exp(cutoff)));
    k = fit.k;
    for (const [j, i] of ids.entries()) {
      const p = (j + 0.5) / length;
      const q = (fit.sigma * Math.expm1(-k * Math.log1p(-p))) / k;
      lw[i] = Math.min(0, Math.log(q + Math.exp(cutoff)));
    }
  }
  const total = lw.reduce((sum, l) => sum + Math.exp(l), 0);
  return { k, weights: lw.map((l) => Math.exp(l) / total) };
}

function gpdfit(x: readonly number[]): { k: number; sigma: number } {
  const N = x.length;
  const M = 30 + Math.floor(Math.sqrt(N));
  const xstar = x[Math.floor(N / 4 + 0.5) - 1];
  const mean = (a: number): number => x.reduce((sum, each) => sum + Math.log1p(-a * each), 0) / N;
  const theta = Array.from({ length: M }, (_, j) => 1 / x[N - 1] + (1 - Math.sqrt(M / (j + 1 - 0.5))) / 3 / xstar);
  const l = theta.map((t) => {
    const k = mean(t);
    return N * (Math.log(-t / k) - k - 1);
  });
  const w = l.map((lj) => 1 / l.reduce((sum, li) => sum + Math.exp(li - lj), 0));
  const hat = theta.reduce((sum, t, j) => sum + t * w[j], 0);
  const k = mean(hat);
  return { k: (k * N + 0.5 * 10) / (N + 10), sigma: -k / hat };
}
