import { dot, jacobian, type Model, softmax, unit } from "./model.ts";
import { expectRelaxed } from "./quadrature.ts";

/** The mean of an estimator's gradients by the logits. */
export type Mean = (model: Model, logits: readonly number[]) => number[];

/** d E[f(D)]: what unbiased estimators have for their mean. */
export const exact: Mean = (model, logits) => {
  const p = softmax(logits);
  const costs = p.map((_, k) => model.cost(unit(k, p.length), p));
  return plus(jacobian(p, costs), ofProbs(model, p));
};

/** E[M(D) f'(D)] by enumeration of D, for estimators that send f'(D) back through a matrix of D alone. */
const through =
  (matrix: (logits: readonly number[], k: number, slope: readonly number[]) => number[]): Mean =>
  (model, logits) => {
    const p = softmax(logits);
    const sent = p.map((each, k) => matrix(logits, k, model.slope(unit(k, p.length), p)).map((value) => each * value));
    return plus(...sent, ofProbs(model, p));
  };

/** J(p) f'(D) */
export const straightThrough: Mean = through((logits, _, slope) => jacobian(softmax(logits), slope));

/** f'(y) d y, y the relaxed sample: the derivative of the relaxed model. */
export const gumbelSoftmax =
  (tau: number): Mean =>
  (model, logits) => {
    const p = softmax(logits);
    const relaxed = expectRelaxed(logits, tau, (y) => {
      const explicit = model.slopeOfProbs ? jacobian(p, model.slopeOfProbs(y, p)) : undefined;
      return jacobian(y, model.slope(y, p)).map((each, i) => each / tau + (explicit?.[i] ?? 0));
    });
    return relaxed;
  };

/** f'(D) d y, y the relaxed sample of the noise that D is made of. Gumbel-Rao has the same mean. */
export const straightThroughGumbelSoftmax =
  (tau: number): Mean =>
  (model, logits) => {
    const p = softmax(logits);
    const slopes = p.map((_, k) => model.slope(unit(k, p.length), p));
    const sent = expectRelaxed(logits, tau, (y, k) => jacobian(y, slopes[k] as number[]).map((each) => each / tau));
    return plus(sent, ofProbs(model, p));
  };

/** The same with f' at softmax(z / forward), J and the slope of y at `backward`: y_f is y to the power backward / forward, normalized. */
export const decoupledGumbelSoftmax =
  (forward: number, backward: number): Mean =>
  (model, logits) => {
    const p = softmax(logits);
    return expectRelaxed(logits, backward, (y) => {
      const powers = y.map((each) => each ** (backward / forward));
      const total = powers.reduce((sum, each) => sum + each, 0);
      const point = powers.map((each) => each / total);
      const explicit = model.slopeOfProbs ? jacobian(p, model.slopeOfProbs(point, p)) : undefined;
      return jacobian(y, model.slope(point, p)).map((each, i) => each / backward + (explicit?.[i] ?? 0));
    });
  };

/** J(y) f'(D) / tau at y = softmax(moved / tau), the drawn logit lifted to the largest, the others `gap` below it or further. */
export const gappedStraightThrough = (tau: number, gap: number): Mean =>
  through((logits, k, slope) => {
    const top = Math.max(...logits);
    const moved = logits.map((each, j) => (j === k ? top : Math.min(each, top - gap)));
    return jacobian(softmax(moved, tau), slope).map((each) => each / tau);
  });

/** 2 J((p + D) / 2) f'(D) - J(p) f'(D) / 2; exact where f is quadratic. ZGR has the same mean. */
export const reinMax: Mean = through((logits, k, slope) => {
  const p = softmax(logits);
  const half = p.map((each, j) => (each + (j === k ? 1 : 0)) / 2);
  const away = jacobian(p, slope);
  return jacobian(half, slope).map((each, i) => 2 * each - (away[i] as number) / 2);
});

/** E[∂f/∂p] through p = softmax(logits), of draws. */
function ofProbs(model: Model, p: readonly number[]): number[] {
  const { slopeOfProbs } = model;
  if (!slopeOfProbs) return p.map(() => 0);
  const slopes = p.map((_, k) => slopeOfProbs(unit(k, p.length), p));
  const mean = p.map((_, i) =>
    dot(
      p,
      slopes.map((each) => each[i] as number),
    ),
  );
  return jacobian(p, mean);
}

const plus = (...vectors: readonly (readonly number[])[]): number[] =>
  (vectors[0] as readonly number[]).map((_, i) => vectors.reduce((sum, each) => sum + (each[i] as number), 0));
