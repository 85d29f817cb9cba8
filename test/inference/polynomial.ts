import { Bernoulli, OneHotCategorical, type Sampleable } from "../../bindings/distributions/index.ts";
import { add, matmul, mul, reshape, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { key as keyOf, uniform } from "../../bindings/random/index.ts";
import { oneHot, softmax } from "../reference/straight-through.ts";
import { type Case, product } from "./given.ts";

type Row = readonly number[];

const dot = (a: Row, b: Row): number => a.reduce((total, each, i) => total + each * b[i], 0);

/** f(x) = c x + x A x + sum of b_m (w_m x)^3 of a row of numbers. */
export class Polynomial {
  readonly c: Row;
  /** Symmetric; without it f has none. */
  readonly A: readonly Row[];
  readonly W: readonly Row[];

  constructor(n: number, degree: 1 | 2 | 3, seed: number) {
    const all = uniform(keyOf(seed), n + n * n + n * 3);
    // Multiples of 1/128, which are the same in f32.
    const [at, zero] = [(i: number): number => Math.round(128 * all[i] - 64) / 128, Array.from({ length: n }, () => 0)];
    this.c = zero.map((_, i) => at(i));
    this.A = zero.map((_, i) => zero.map((_, j) => (degree > 1 ? at(n + Math.min(i, j) * n + Math.max(i, j)) : 0)));
    this.W = degree > 2 ? [0, 1, 2].map((m) => zero.map((_, i) => at(n + n * n + m * n + i))) : [];
  }

  value(x: Row): number {
    return dot(this.c, x) + dot(this.product(x), x) + this.W.reduce((total, w) => total + dot(w, x) ** 3, 0);
  }

  product(x: Row): number[] {
    return this.A.map((row) => dot(row, x));
  }

  gradient(x: Row): number[] {
    const Ax = this.product(x);
    return this.c.map(
      (each, i) => each + 2 * Ax[i] + this.W.reduce((total, w) => total + 3 * dot(w, x) ** 2 * w[i], 0),
    );
  }

  /** f'''[h, h, h], which is the same everywhere. */
  third(h: Row): number {
    return this.W.reduce((total, w) => total + 6 * dot(w, h) ** 3, 0);
  }

  /** The same of tensors: [n, rows, ...] to [n, rows]. */
  readonly cost = (points: Tensor): Tensor => {
    const [n, rows] = points.shape as [number, number];
    const width = this.c.length;
    const x = reshape(points, [n * rows, width]);
    const terms = [mul(x, tensor([...this.c])), mul(x, matmul(x, tensor(this.A.flat(), [width, width])))];
    let total = add(sum(terms[0], { axis: -1 }), sum(terms[1], { axis: -1 }));
    if (this.W.length > 0) {
      const y = matmul(
        x,
        tensor(
          this.c.flatMap((_, i) => this.W.map((w) => w[i])),
          [width, this.W.length],
        ),
      );
      total = add(total, sum(mul(mul(y, y), y), { axis: -1 }));
    }
    return reshape(total, [n, rows]);
  };
}

/** Independent variables, binary or one-hot, each as the categorical one that the references are about. */
export interface Model {
  readonly name: string;
  readonly thetas: readonly Row[];
  readonly parameters: Row;
  readonly shape: readonly number[];
  readonly law: (parameters: Tensor) => Sampleable;
  /** The numbers of a sample from the categories of its variables. */
  readonly point: (categories: Row) => number[];
  /** From a derivative by these numbers to one by the categories' indicators, for each variable. */
  readonly split: (gradient: Row) => number[][];
  /** From gradients by the logits of each variable to one by the parameters. */
  readonly join: (gradients: readonly Row[]) => number[];
}

/** 1 is category 0, of logit l; 0 is category 1, of logit 0. */
export const binary = (logits: Row): Model => ({
  name: `${logits.length} binary`,
  thetas: logits.map((l) => [l, 0]),
  parameters: logits,
  shape: [logits.length],
  law: (logits) => new Bernoulli({ logits }),
  point: (categories) => categories.map((d) => 1 - d),
  split: (gradient) => gradient.map((each) => [each, 0]),
  join: (gradients) => gradients.map(([first]) => first),
});

export const oneHots = (thetas: readonly Row[]): Model => {
  const K = thetas[0].length;
  return {
    name: `${thetas.length} of ${K} categories`,
    thetas,
    parameters: thetas.flat(),
    shape: [thetas.length, K],
    law: (logits) => new OneHotCategorical({ logits }),
    point: (categories) => categories.flatMap((d) => oneHot(d, K)),
    split: (gradient) => thetas.map((_, v) => gradient.slice(v * K, (v + 1) * K)),
    join: (gradients) => gradients.flat(),
  };
};

export interface State extends Case {
  readonly categories: Row;
}

export const statesOf = ({ thetas, point }: Model): State[] => {
  const probs = thetas.map((theta) => softmax(theta));
  return product(thetas.map((theta) => theta.map((_, d) => d))).map((categories) => ({
    categories,
    weight: categories.reduce((p, d, v) => p * probs[v][d], 1),
    draws: [point(categories)],
  }));
};

/** The categories of the variables in a case. */
export const categoriesOf = ({ thetas }: Model, { draws }: Case): number[] =>
  thetas.map(({ length }, v) => {
    const z = Array.from(draws[0]);
    return z.length === thetas.length ? 1 - z[v] : z.slice(v * length, (v + 1) * length).indexOf(1);
  });

/** sum of p(z) f(z) d log p(z), which is D - p for each variable. */
export function exact(model: Model, f: (x: Row) => number): number[] {
  const total = model.thetas.map((theta) => theta.map(() => 0));
  for (const { weight, categories, draws } of statesOf(model)) {
    const each = weight * f(Array.from(draws[0]));
    for (const [v, theta] of model.thetas.entries())
      for (const [k, p] of softmax(theta).entries()) total[v][k] += each * ((categories[v] === k ? 1 : 0) - p);
  }
  return model.join(total);
}

/** The point whose numbers are the means of the sample's, but for variable v, which is in category d. */
export const meanPoint = ({ thetas, point, ...model }: Model, v = -1, d = 0): number[] => {
  const flat = thetas.map((theta, u) => (u === v ? oneHot(d, theta.length) : softmax(theta)));
  return model.shape.length === 1 ? flat.map(([first]) => first) : flat.flat();
};

/**
 * The mean of an estimator that sends g = f'(D) to variable v as rule(theta, d, g), linear in g, for a quadratic f: variables being
 * independent, E[f'(D) | D_v = d] is f' at the mean point.
 */
export function meanOfRule(
  model: Model,
  f: Polynomial,
  rule: (theta: Row, d: number, g: Row) => readonly number[],
): number[] {
  return model.join(
    model.thetas.map((theta, v) => {
      const total = theta.map(() => 0);
      for (const [d, p] of softmax(theta).entries()) {
        const g = model.split(f.gradient(meanPoint(model, v, d)))[v];
        for (const [k, each] of rule(theta, d, g).entries()) total[k] += p * each;
      }
      return total;
    }),
  );
}
