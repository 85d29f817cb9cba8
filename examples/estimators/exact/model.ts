/**
 * A problem in plain float64, which shares nothing with the library: one categorical variable D of K values with logits theta and
 * a cost f of points of the simplex that may know the probabilities. A Bernoulli variable is K = 2 with logits (phi, 0).
 */
export interface Model {
  readonly categories: number;
  cost(x: readonly number[], p: readonly number[]): number;
  /** Derivatives by x. */
  slope(x: readonly number[], p: readonly number[]): number[];
  /** Derivatives by p, of a cost that knows it. */
  slopeOfProbs?(x: readonly number[], p: readonly number[]): number[];
}

export function softmax(logits: readonly number[], tau = 1): number[] {
  const top = Math.max(...logits);
  const weights = logits.map((each) => Math.exp((each - top) / tau));
  const total = weights.reduce((sum, each) => sum + each, 0);
  return weights.map((each) => each / total);
}

export const unit = (k: number, categories: number): number[] =>
  Array.from({ length: categories }, (_, j) => (j === k ? 1 : 0));

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, each, i) => sum + each * (b[i] as number), 0);

/** J(y) g, J = diag(y) - y yᵀ the Jacobian of softmax. */
export function jacobian(y: readonly number[], g: readonly number[]): number[] {
  const mean = dot(y, g);
  return y.map((each, i) => each * ((g[i] as number) - mean));
}

/** E[f(D)] */
export function expectedCost(model: Model, logits: readonly number[]): number {
  const p = softmax(logits);
  return p.reduce((sum, each, k) => sum + each * model.cost(unit(k, model.categories), p), 0);
}
