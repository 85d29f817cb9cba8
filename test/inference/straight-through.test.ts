import { describe, expect, test } from "vitest";
import {
  type Estimator,
  gappedStraightThrough,
  reinMax,
  straightThrough,
  zgr,
} from "../../bindings/inference/index.ts";
import * as reference from "../reference/straight-through.ts";
import { gradientsOfCases } from "./given.ts";
import {
  binary,
  categoriesOf,
  exact,
  type Model,
  meanOfRule,
  meanPoint,
  oneHots,
  Polynomial,
  statesOf,
} from "./polynomial.ts";
import { type Check, checkMeans, norm } from "./unbiased.ts";

type Row = readonly number[];
type Rule = (theta: Row, d: number, g: Row) => readonly number[];

/** All that these estimators depend on is the draw: states are the cases. */
const models = [
  binary([0.3, -1.2, 2, 0.7, -0.4]),
  oneHots([[0.3, -0.5, 1.1, -1.4]]),
  oneHots([
    [0.2, 1.3, -0.8],
    [-1.1, 0.4, 0.6],
    [0, 0.9, -2],
  ]),
  oneHots([
    [0.3, -0.5, 1.1, -1.4, 0.2],
    [1.7, 0.1, 0.4, -0.3, -0.9],
  ]),
];
const wide = binary([0.3, -1.2, 2, 0.7, -0.4, 0.1, -2.2, 1.1, 0.05, -0.6, 0.9, -1.6]);

const check = (
  name: string,
  estimator: Estimator,
  rule: Rule,
  model: Model,
  f: Polynomial,
  expected: readonly number[],
): Check => ({
  name: `${name}, ${model.name}`,
  estimator,
  parameters: model.parameters,
  shape: model.shape,
  law: model.law,
  cost: f.cost as never,
  expected,
  cases: statesOf(model),
  naive: (each) => {
    const slopes = model.split(f.gradient(Array.from(each.draws[0])));
    return model.join(categoriesOf(model, each).map((d, v) => rule(model.thetas[v], d, slopes[v])));
  },
});

const degree = (n: 1 | 2 | 3, { parameters }: Model): Polynomial => new Polynomial(parameters.length, n, 7 * n);
const plus = (a: Row, b: Row): number[] => a.map((each, i) => each + b[i]);

const straight: Rule = (theta, _, g) => reference.straightThrough(theta, g);

/** f' at the mean point: d f(p). */
const meanField = (model: Model, f: Polynomial): number[] =>
  model.join(model.split(f.gradient(meanPoint(model))).map((g, v) => reference.straightThrough(model.thetas[v], g)));

/**
 * What a rule of second order is wrong by: f(i) - f(j) is the mean slope between the two, for which stands that at the ends; for a
 * cubic f these differ by f'''[i - j] / 12.
 */
const trapezoid = (model: Model, f: Polynomial): number[] =>
  model.join(
    model.thetas.map((theta, v) => {
      const p = reference.softmax(theta);
      return p.map((pi, i) =>
        p.reduce((total, pj, j) => {
          const [from, to] = [meanPoint(model, v, j), meanPoint(model, v, i)];
          return total + (pi * pj * f.third(to.map((x, k) => x - from[k]))) / 12;
        }, 0),
      );
    }),
  );

const gaps = [1, 0.25, "adaptive"] as const;

checkMeans(
  [...models, wide].flatMap((model) => {
    const [linear, quadratic] = [degree(1, model), degree(2, model)];
    const truth = exact(model, (x) => quadratic.value(x));
    return [
      check(
        "straight-through of a linear f is exact",
        straightThrough(),
        straight,
        model,
        linear,
        exact(model, (x) => linear.value(x)),
      ),
      check(
        "straight-through of a quadratic f is d f(p)",
        straightThrough(),
        straight,
        model,
        quadratic,
        meanField(model, quadratic),
      ),
      check(
        "ReinMax of a quadratic f is exact",
        reinMax(),
        (...of) => reference.reinMax(...of, 1),
        model,
        quadratic,
        truth,
      ),
      check("ZGR of a quadratic f is exact", zgr(), reference.zgr, model, quadratic, truth),
    ];
  }),
);

checkMeans(
  models.flatMap((model) => {
    const [quadratic, cubic] = [degree(2, model), degree(3, model)];
    const truth = plus(
      exact(model, (x) => cubic.value(x)),
      trapezoid(model, cubic),
    );
    const soft: Rule = (theta, _, g) => reference.straightThrough(theta, g, 1.6);
    const heun: Rule = (...of) => reference.reinMax(...of, 1.7);
    return [
      check(
        "ReinMax of a cubic f is the trapezoidal rule",
        reinMax(),
        (...of) => reference.reinMax(...of, 1),
        model,
        cubic,
        truth,
      ),
      check("ZGR of a cubic f is the trapezoidal rule", zgr(), reference.zgr, model, cubic, truth),
      check(
        "straight-through, tau 1.6",
        straightThrough({ tau: 1.6 }),
        soft,
        model,
        quadratic,
        meanOfRule(model, quadratic, soft),
      ),
      check("ReinMax, tau 1.7", reinMax({ tau: 1.7 }), heun, model, quadratic, meanOfRule(model, quadratic, heun)),
      ...gaps.map((gap) => {
        const rule: Rule = (...of) => reference.gapped(...of, 0.8, gap);
        return check(
          `gap ${gap}`,
          gappedStraightThrough({ tau: 0.8, gap }),
          rule,
          model,
          quadratic,
          meanOfRule(model, quadratic, rule),
        );
      }),
    ];
  }),
);

describe.each(models)("$name", (model) => {
  const away = (a: Row, b: Row): number => norm(a.map((x, i) => x - b[i])) / norm(b);

  test("nothing is exact where it should not be: the formulas above are not the gradient itself", () => {
    const [quadratic, cubic] = [degree(2, model), degree(3, model)];
    expect(
      away(
        meanField(model, quadratic),
        exact(model, (x) => quadratic.value(x)),
      ),
    ).toBeGreaterThan(1e-2);
    expect(norm(trapezoid(model, cubic)) / norm(exact(model, (x) => cubic.value(x)))).toBeGreaterThan(1e-2);
  });

  test("ReinMax at tau = 1 is ZGR, draw by draw", () => {
    const setting = { ...model, cost: degree(3, model).cost as never };
    const [a, b] = [reinMax(), zgr()].map((estimator) => gradientsOfCases({ ...setting, estimator }, statesOf(model)));
    for (const [i, each] of a.entries())
      expect(norm(Array.from(each, (x, k) => x - b[i][k]))).toBeLessThan(1e-6 * Math.max(1, norm([...b[i]])));
  });
});
