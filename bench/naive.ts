/**
 * What people paste today: arrays, `map`, `reduce`, `Math.random`. A matrix is an array of rows.
 */

const repeat = (n: number, draw: () => number) => Array.from({ length: n }, draw);

export const bits = (n: number) => repeat(n, () => Math.floor(Math.random() * 2 ** 32));
export const uniform = (n: number) => repeat(n, () => Math.random());
export const exponential = (n: number) => repeat(n, () => -Math.log(Math.random()));
export const gumbel = (n: number) => repeat(n, () => -Math.log(-Math.log(Math.random())));

export const logistic = (n: number) =>
  repeat(n, () => {
    const u = Math.random();
    return Math.log(u / (1 - u));
  });

/** Box-Muller, one output of a pair. */
export const normal = (n: number) =>
  repeat(n, () => Math.sqrt(-2 * Math.log(Math.random())) * Math.cos(2 * Math.PI * Math.random()));

/** The usual `Math.max(...xs)`, except where that throws a RangeError: some 100 000 arguments overflow the stack. */
const maximum = (xs: number[]) => (xs.length < 50_000 ? Math.max(...xs) : xs.reduce((a, b) => Math.max(a, b)));

export const total = (xs: number[]) => xs.reduce((a, b) => a + b, 0);

export function softmax(logits: number[], tau = 1): number[] {
  const scaled = logits.map((x) => x / tau);
  const max = maximum(scaled);
  const exps = scaled.map((x) => Math.exp(x - max));
  const sum = total(exps);
  return exps.map((e) => e / sum);
}

export function logSumExp(logits: number[]): number {
  const max = maximum(logits);
  return max + Math.log(total(logits.map((x) => Math.exp(x - max))));
}

export function logSoftmax(logits: number[]): number[] {
  const lse = logSumExp(logits);
  return logits.map((x) => x - lse);
}

const perturb = (logits: number[]) => logits.map((x) => x - Math.log(-Math.log(Math.random())));

export const gumbelSoftmax = (logits: number[], tau = 1) => softmax(perturb(logits), tau);

export function gumbelOneHot(logits: number[]): number[] {
  const z = perturb(logits);
  const best = z.indexOf(maximum(z));
  return z.map((_, i) => (i === best ? 1 : 0));
}

export function gumbelSoftmaxGrad(y: number[], g: number[], tau = 1): number[] {
  const dot = total(y.map((p, i) => p * g[i]));
  return y.map((p, i) => (p * (g[i] - dot)) / tau);
}

export function categorical(logits: number[]): number {
  const probabilities = softmax(logits);
  let left = Math.random();
  return probabilities.findIndex((p) => {
    left -= p;
    return left < 0;
  });
}

export function gumbelMax(logits: number[]): number {
  const z = perturb(logits);
  return z.indexOf(maximum(z));
}

export const topK = (logits: number[], k: number) =>
  perturb(logits)
    .map((score, index) => ({ index, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, k);

export function matmul(a: number[][], b: number[][]): number[][] {
  const columns = b[0].map((_, j) => b.map((row) => row[j]));
  return a.map((row) => columns.map((column) => row.reduce((sum, x, p) => sum + x * column[p], 0)));
}

export const relu = (xs: number[]) => xs.map((x) => Math.max(0, x));
export const tanh = (xs: number[]) => xs.map((x) => Math.tanh(x));
export const sigmoid = (xs: number[]) => xs.map((x) => 1 / (1 + Math.exp(-x)));
export const softplus = (xs: number[]) => xs.map((x) => Math.log(1 + Math.exp(x)));
export const exp = (xs: number[]) => xs.map((x) => Math.exp(x));
export const log = (xs: number[]) => xs.map((x) => Math.log(x));

export function bernoulli(logits: number[], targets: number[]): number {
  const probabilities = sigmoid(logits);
  return total(targets.map((t, i) => t * Math.log(probabilities[i]) + (1 - t) * Math.log(1 - probabilities[i])));
}

export function categoricalKl(logits: number[]): number {
  return total(softmax(logits).map((q) => q * Math.log(q * logits.length)));
}

export const mul = (a: number[], b: number[]) => a.map((x, i) => x * b[i]);
export const addRow = (matrix: number[][], row: number[]) => matrix.map((xs) => xs.map((x, j) => x + row[j]));
export const addColumn = (matrix: number[][], column: number[]) => matrix.map((xs, i) => xs.map((x) => x + column[i]));
export const sumRows = (matrix: number[][]) => matrix.map(total);
export const sumColumns = (matrix: number[][]) => matrix[0].map((_, j) => total(matrix.map((row) => row[j])));
export const concatenate = (a: number[][], b: number[][]) => a.map((row, i) => [...row, ...b[i]]);
export const slice = (matrix: number[][], start: number, end: number) => matrix.map((row) => row.slice(start, end));

export function clip(gradient: number[], maxNorm: number): number[] {
  const norm = Math.sqrt(total(gradient.map((g) => g ** 2)));
  return gradient.map((g) => (g * maxNorm) / norm);
}
