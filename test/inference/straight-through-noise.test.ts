import { describe, expect, test } from "vitest";
import {
  decoupledGumbelSoftmax,
  type Estimator,
  gumbelRao,
  gumbelSoftmax,
  straightThroughGumbelSoftmax,
} from "../../bindings/inference/index.ts";
import * as reference from "../reference/straight-through.ts";
import { type Case, gradientsOfCases, momentsOf } from "./given.ts";
import { binary, categoriesOf, exact, type Model, meanOfRule, oneHots, Polynomial } from "./polynomial.ts";
import { binaryCases, distances, threeCases } from "./quadrature.ts";
import { type Check, checkMeans, norm } from "./unbiased.ts";

type Row = readonly number[];

const one = [0.6];
const two = [0.6, -1.1];
const theta = [0.4, -0.7, 0.9];
const settings: readonly { model: Model; cases: Case[]; taus: readonly number[] }[] = [
  { model: binary(one), cases: binaryCases(one, 1 / 16), taus: [1, 0.5] },
  { model: binary(two), cases: binaryCases(two, 1 / 7), taus: [0.5] },
  { model: oneHots([theta]), cases: threeCases(theta), taus: [0.8] },
];

const stream = ({ noise = {} }: Case, name: string): number[] => Array.from(noise[name][0]);
const gumbelOf = (each: Case): number[] => stream(each, "gumbel ");

/** Gumbel noise of each variable's categories; of a binary one, that of the difference. */
const noisesOf = ({ thetas, parameters }: Model, each: Case): number[][] => {
  const isBinary = thetas.length === parameters.length;
  const all = isBinary ? stream(each, "logistic ") : gumbelOf(each);
  return thetas.map(({ length }, v) => (isBinary ? [all[v], 0] : all.slice(v * length, (v + 1) * length)));
};

/** The relaxed sample, as the numbers of a point. */
const relaxedPoint = (model: Model, each: Case, tau: number): number[] =>
  noisesOf(model, each).flatMap((noise, v) => {
    const y = reference.softmax(
      model.thetas[v].map((t, k) => t + noise[k]),
      tau,
    );
    return model.thetas.length === model.parameters.length ? [y[0]] : y;
  });

const slopesAt = (model: Model, f: Polynomial, x: Row): number[][] => model.split(f.gradient(x));

const through = (model: Model, each: Case, slopes: readonly Row[], tau: number): number[] => {
  const noises = noisesOf(model, each);
  return model.join(model.thetas.map((t, v) => reference.throughNoise(t, noises[v], slopes[v], tau)));
};

/** Exponential noise with the given draw that the paper's formula turns into the same distances. */
const exponentials = (model: Model, each: Case): number[][] => {
  if (model.thetas.length < model.parameters.length)
    return [stream(each, "gumbel conditional 0").map((g) => Math.exp(-g))];
  const l = stream(each, "logistic conditional 0");
  return Array.from(each.draws[0], (z, v) => (z === 1 ? [1, Math.exp(l[v])] : [Math.exp(l[v]), 1]));
};

/**
 * The mean of ST-Gumbel-Softmax is that of f'(D) with the Jacobian's mean given D: for two categories E[y (1 - y)] / tau over the
 * distance, for three from the plane. Other nodes than those of the cases.
 */
const expectedRule = (tau: number, theta: Row) => {
  const p = reference.softmax(theta);
  const parts: readonly (readonly { weight: number; z: Row }[])[] = theta.map((_, d) =>
    theta.length === 2
      ? distances(theta, 1 / 21)
          .filter(({ category }) => category === d)
          .map(({ x, weight }) => ({ weight, z: [0, 1].map((k) => (k === d ? x : 0)) }))
      : others
          .filter(({ draws }) => draws[0][d] === 1)
          .map((each) => ({
            weight: each.weight / p[d],
            z: gumbelOf(each).map((g, k) => theta[k] + g),
          })),
  );
  const means = parts.map((all) =>
    theta.map((_, k) => {
      const total = theta.map(() => 0);
      for (const { weight, z } of all)
        for (const [i, x] of reference.jacobian(reference.softmax(z, tau), reference.oneHot(k, theta.length)).entries())
          total[i] += (weight * x) / tau;
      return total;
    }),
  );
  return (_: Row, d: number, g: Row): number[] =>
    theta.map((_, i) => g.reduce((total, slope, k) => total + slope * means[d][k][i], 0));
};
const others = threeCases(theta, 0.5);

/** The mean of ST-Gumbel-Softmax: variables have rules of their own. */
function expectedMean(model: Model, f: Polynomial, tau: number): number[] {
  const rules = new Map(model.thetas.map((theta) => [theta, expectedRule(tau, theta)]));
  return meanOfRule(model, f, (theta, ...rest) =>
    (rules.get(theta) as ReturnType<typeof expectedRule>)(theta, ...rest),
  );
}

checkMeans(
  settings.flatMap(({ model, cases, taus }) => {
    const f = new Polynomial(model.parameters.length, 2, 31);
    const linear = new Polynomial(model.parameters.length, 1, 5);
    const base = { ...model, cases };
    const cost = f.cost as never;
    const each = (name: string, estimator: Estimator, rest: Pick<Check, "cost" | "expected" | "naive">): Check => ({
      ...base,
      ...rest,
      name: `${name}, ${model.name}`,
      estimator,
    });
    return taus.flatMap((tau) => [
      each(`ST-Gumbel-Softmax, tau ${tau}`, straightThroughGumbelSoftmax({ tau }), {
        cost,
        expected: expectedMean(model, f, tau),
        naive: (c) => through(model, c, slopesAt(model, f, Array.from(c.draws[0])), tau),
      }),
      each(`Gumbel-Rao of one draw, tau ${tau}`, gumbelRao({ tau, draws: 1 }), {
        cost,
        expected: expectedMean(model, f, tau),
        naive: (c) => {
          const [slopes, E] = [slopesAt(model, f, Array.from(c.draws[0])), exponentials(model, c)];
          return model.join(
            categoriesOf(model, c).map((d, v) => reference.gumbelRao(model.thetas[v], d, [E[v]], slopes[v], tau)),
          );
        },
      }),
      each(`Gumbel-Softmax of a linear f has the mean of ST-Gumbel-Softmax, tau ${tau}`, gumbelSoftmax({ tau }), {
        cost: linear.cost as never,
        expected: expectedMean(model, linear, tau),
        naive: (c) => through(model, c, slopesAt(model, linear, relaxedPoint(model, c, tau)), tau),
      }),
    ]);
  }),
);

describe.each(settings)("$model.name", ({ model, cases }) => {
  const f = new Polynomial(model.parameters.length, 3, 12);
  const gradients = (estimator: Estimator): number[][] =>
    gradientsOfCases({ ...model, cost: f.cost as never, estimator }, cases).map((g) => Array.from(g));
  const worst = (a: readonly Row[], b: readonly Row[]): number =>
    Math.max(...a.map((g, i) => norm(g.map((x, k) => x - b[i][k])) / Math.max(1, norm(b[i]))));

  test("decoupled temperatures: f' at one, the Jacobian of the other", () => {
    const [forward, backward] = [0.4, 1.3];
    const naive = cases.map((c) => through(model, c, slopesAt(model, f, relaxedPoint(model, c, forward)), backward));
    expect(worst(gradients(decoupledGumbelSoftmax({ forward, backward })), naive)).toBeLessThan(4e-6);
  });

  test("decoupled temperatures: equal ones are Gumbel-Softmax, and forward to 0 is ST-Gumbel-Softmax", () => {
    const tau = 0.7;
    // In f32 the largest of perturbed logits may be no longer the only one.
    const clear = cases.map((c) => relaxedPoint(model, c, 1e-6).every((y) => y === 0 || y === 1));
    const onlyClear = <T>(all: readonly T[]): T[] => all.filter((_, i) => clear[i]);
    expect(onlyClear(cases).length).toBeGreaterThan(0.3 * cases.length);
    expect(
      worst(gradients(decoupledGumbelSoftmax({ forward: tau, backward: tau })), gradients(gumbelSoftmax({ tau }))),
    ).toBe(0);
    const limit = gradients(decoupledGumbelSoftmax({ forward: 1e-40, backward: tau }));
    expect(worst(onlyClear(limit), onlyClear(gradients(straightThroughGumbelSoftmax({ tau }))))).toBeLessThan(1e-6);
  });

  test("Gumbel-Rao of one draw is ST-Gumbel-Softmax in distribution: the same for the same perturbed logits", () => {
    const tau = 0.6;
    expect(
      worst(gradients(gumbelRao({ tau, draws: 1 })), gradients(straightThroughGumbelSoftmax({ tau }))),
    ).toBeLessThan(5e-6);
  });

  test("is biased: the mean is not the gradient", () => {
    const truth = exact(model, (x) => f.value(x));
    for (const estimator of [gumbelSoftmax(), straightThroughGumbelSoftmax()]) {
      const { mean } = momentsOf({ ...model, cost: f.cost as never, estimator }, cases);
      expect(norm(mean.map((x, k) => x - truth[k])) / norm(truth)).toBeGreaterThan(1e-2);
    }
  });
});
