import { conditional, softmax } from "../reference/straight-through.ts";
import { type Case, product } from "./given.ts";
import { binary, oneHots } from "./polynomial.ts";

type Row = readonly number[];

/** Nodes and weights of the integral over x > 0, x = exp(t - exp(-t)): dense at 0, and as far as exp(-x) is a number. */
export const halfLine = (step: number): { x: number; weight: number }[] =>
  Array.from({ length: Math.round(9 / step) }, (_, i) => {
    const t = -3.7 + i * step;
    const x = Math.exp(t - Math.exp(-t));
    return { x, weight: step * x * (1 + Math.exp(-t)) };
  }).filter(({ x }) => x < 60);

export interface Distance {
  readonly category: number;
  /** By how much the perturbed logit of the category drawn is above the other one. */
  readonly x: number;
  /** Given the category. */
  readonly weight: number;
}

/**
 * The distance between the perturbed logits of two categories, given the largest: the logistic variable theta_d - theta_other + e given
 * that it is above 0, density (1 + exp(a)) exp(x) / (exp(a) + exp(x))^2 with a = theta_d - theta_other.
 */
export const distances = ([first, second]: Row, step: number): Distance[] =>
  [first - second, second - first].flatMap((a, category) =>
    halfLine(step).map(({ x, weight }) => ({
      category,
      x,
      weight: (weight * (1 + Math.exp(-a)) * Math.exp(a - x)) / (Math.exp(a - x) + 1) ** 2,
    })),
  );

/** Cases of binary variables, of noise that made the draw and (another name for the same) of noise given the draw. */
export function binaryCases(logits: Row, step: number): Case[] {
  const model = binary(logits);
  const cells = logits.map((l) => distances([l, 0], step));
  return product(cells).map((all) => ({
    weight: all.reduce((p, { weight, category }, v) => p * weight * softmax([logits[v], 0])[category], 1),
    draws: [model.point(all.map(({ category }) => category))],
    noise: {
      "logistic ": [all.map(({ x, category }, v) => (category === 0 ? x : -x) - logits[v])],
      "logistic conditional 0": [all.map(({ x, category }, v) => freely(category === 0 ? logits[v] : -logits[v], x))],
    },
  }));
}

/** Logistic noise without a condition that the estimator turns into the distance x: l with x = softplus(softplus(a) + l). */
export const freely = (a: number, x: number): number => Math.log(Math.expm1(x)) - Math.log1p(Math.exp(a));

/**
 * Cases of one variable of three categories. What matters of exponential noise E is x_j = log(E_d / E_j), of density
 * 2 exp(-x_1 - x_2) / (1 + exp(-x_1) + exp(-x_2))^3; smooth on the plane, so that a grid is exact up to exp(-2 pi c / step), c being the distance of
 * the next singularity: 3.1 of the density, less of a softmax at a low temperature.
 */
export function threeCases(theta: Row, step = 0.55, reach = 26): Case[] {
  const line = Array.from({ length: 2 * Math.round(reach / step) + 1 }, (_, i) => -reach + i * step);
  return softmax(theta).flatMap((p, d) =>
    product([line, line]).flatMap((x): Case[] => {
      const density = (2 * Math.exp(-x[0] - x[1])) / (1 + Math.exp(-x[0]) + Math.exp(-x[1])) ** 3;
      const weight = p * density * step * step;
      if (!(weight > 1e-13)) return [];
      const g = theta.map((_, j) => (j === d ? 0 : x[j - (j > d ? 1 : 0)]));
      const z = conditional(
        theta,
        d,
        g.map((each) => Math.exp(-each)),
      );
      return [
        {
          weight,
          draws: [oneHots([theta]).point([d])],
          noise: { "gumbel ": [z.map((each, j) => each - theta[j])], "gumbel conditional 0": [g] },
        },
      ];
    }),
  );
}
