import { describe, expect, test } from "vitest";
import { Binomial, Geometric, NegativeBinomial, Poisson } from "../../bindings/distributions/index.ts";
import { add, exp, mul, step, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { countOf, neighbourOf } from "../../bindings/inference/estimators/count.ts";
import { Factor } from "../../bindings/inference/factor.ts";
import { type Cost, fini, measureValued } from "../../bindings/inference/index.ts";
import * as counts from "../reference/counts.ts";
import { type Case, gradientsOfCases, momentsOf, randomCost, table } from "./given.ts";
import { type Check, checkMeans } from "./unbiased.ts";

const logit = (p: number): number => Math.log(p / (1 - p));

interface Counted {
  readonly law: counts.CountLaw;
  /** Parameters of a row, the library's law of them, and d mu / d parameter. */
  readonly parameter: number;
  readonly of: (parameter: Tensor) => Poisson | Binomial | NegativeBinomial | Geometric;
  readonly slope: number;
  /** Of Z' in d E f / d mu = E [f(Z' + 1) - f(Z')]; the law itself of Poisson. */
  readonly neighbour?: counts.CountLaw;
}

// Parameters are numbers of float32, so that the law is the same here and there.
const fround = Math.fround;

const poisson = (rate: number): Counted => ({
  law: counts.poisson(fround(rate)),
  parameter: rate,
  of: (rate) => new Poisson({ rate }),
  slope: 1,
});

const binomial = (n: number, p: number): Counted => {
  const logits = fround(logit(p));
  const q = 1 / (1 + Math.exp(-logits));
  return {
    law: counts.binomial(n, q),
    parameter: logits,
    of: (logits) => new Binomial({ totalCount: n, logits }),
    slope: n * q * (1 - q),
    neighbour: counts.binomial(n - 1, q),
  };
};

const negativeBinomial = (r: number, p: number): Counted => ({
  law: counts.negativeBinomial(r, fround(p)),
  parameter: p,
  of: (probs) => new NegativeBinomial({ totalCount: r, probs }),
  slope: r / (1 - fround(p)) ** 2,
  neighbour: counts.negativeBinomial(r + 1, fround(p)),
});

const geometric = (p: number): Counted => {
  const logits = fround(logit(p));
  const q = 1 / (1 + Math.exp(-logits));
  return {
    law: counts.geometric(q),
    parameter: logits,
    of: (logits) => new Geometric({ logits }),
    slope: -(1 - q) / q,
    neighbour: counts.negativeBinomial(2, 1 - q),
  };
};

const all = [
  poisson(0.05),
  poisson(1.7),
  poisson(14),
  binomial(1, 0.4),
  binomial(2, 0.7),
  binomial(7, 0.2),
  binomial(20, 0.97),
  negativeBinomial(0.6, 0.5),
  negativeBinomial(4.5, 0.3),
  geometric(0.35),
  geometric(0.8),
];

const rough = randomCost(9);
/** A black box of a count. */
const of = (f: (z: number) => number): Cost<never> => table(1, ([z]) => f(z));

const drawsOf = (law: counts.CountLaw): Case[] =>
  counts.probabilities(law).map((weight, k) => ({ weight, draws: [[k]] }));

describe("differences of two laws", () => {
  checkMeans(
    all.map(({ law, parameter, of: lawOf, slope, neighbour }): Check => {
      return {
        name: law.name,
        estimator: measureValued(),
        parameters: [parameter],
        shape: [],
        law: lawOf,
        cost: of((z) => rough([z])),
        expected: [slope * counts.meanGradient(law, (z) => rough([z]))],
        // The draw itself is of no consequence where Z' is another.
        cases: neighbour
          ? drawsOf(neighbour).map(({ weight, draws }) => ({ weight, draws: [[0]], others: { " one more": draws } }))
          : drawsOf(law),
        naive: ({ draws, others }) => {
          const k = (others?.[" one more"] ?? draws)[0][0];
          return [slope * (rough([k + 1]) - rough([k]))];
        },
      };
    }),
  );
});

const COEFFICIENTS = [0.7, 1.3, 0.4, 0.15];
const polynomial = (degree: number) => ({
  at: (z: number): number => COEFFICIENTS.slice(0, degree + 1).reduceRight((sum, c) => sum * z + c, 0),
  slopeAt: (z: number): number =>
    COEFFICIENTS.slice(0, degree + 1).reduce((sum, c, i) => sum + (i === 0 ? 0 : i * c * z ** (i - 1)), 0),
  cost: ((z: Tensor) => {
    const [last, ...others] = COEFFICIENTS.slice(0, degree + 1).reverse();
    return others.reduce<Tensor>((sum, c) => add(mul(sum, z), c), add(mul(z, 0), last));
  }) as Cost<never>,
});

describe.each([2, 3] as const)("Fini-%i, of a polynomial of its degree", (degree) => {
  const f = polynomial(degree);
  checkMeans(
    all
      .filter(({ law }) => degree === 2 || law.a !== -1)
      .map(({ law, parameter, of: lawOf, slope }): Check => {
        const weight = counts.finiWeight(law, degree);
        return {
          name: law.name,
          estimator: fini({ degree }),
          parameters: [parameter],
          shape: [],
          law: lawOf,
          cost: f.cost,
          expected: [slope * counts.meanGradient(law, f.at)],
          cases: drawsOf(law),
          naive: ({ draws }) => [slope * weight(draws[0][0]) * f.slopeAt(draws[0][0])],
        };
      }),
  );
});

test.each([0.3, 2, 9])("Fini-2 misses Z³ of Poisson(%f) by half the rate, through log rate = parameter", (rate) => {
  const logRate = Math.fround(Math.log(rate));
  const law = counts.poisson(Math.exp(logRate));
  const cube = (z: Tensor): Tensor => mul(z, mul(z, z));
  const setting = {
    parameters: [logRate],
    shape: [],
    law: (log: Tensor) => new Poisson({ rate: exp(log) }),
    cost: cube,
  };
  const exact = law.mu * counts.meanGradient(law, (z) => z ** 3);
  const [mean] = momentsOf({ ...setting, estimator: fini() }, drawsOf(law)).mean;
  expect(Math.abs(mean - exact - law.mu / 2)).toBeLessThan(2e-6 * exact);
  const [third] = momentsOf({ ...setting, estimator: fini({ degree: 3 }) }, drawsOf(law)).mean;
  expect(Math.abs(third - exact)).toBeLessThan(2e-6 * exact);
});

describe("at the ends", () => {
  const square = (z: Tensor): Tensor => mul(z, z);
  const gradient = (law: (parameter: Tensor) => Poisson | Binomial, at: number, z: number, degree: 2 | 3): number =>
    gradientsOfCases(
      { parameters: [at], shape: [], law, cost: (z) => square(add(z, 1)), estimator: fini({ degree }) },
      [{ weight: 1, draws: [[z]] }],
    )[0][0];

  test("a rate of 0: what is left of w, without Z = 1", () => {
    expect(gradient((rate) => new Poisson({ rate }), 0, 0, 2)).toBeCloseTo(1, 6);
    expect(gradient((rate) => new Poisson({ rate }), 0, 0, 3)).toBeCloseTo(2 * (1 / 2 - 1 / 12), 6);
  });

  test("probability 1 is probability 0 of failures", () => {
    const law = (probs: Tensor) => new Binomial({ totalCount: 49, probs });
    expect(gradient(law, 1, 49, 2) / (49 * 100 * 0.5)).toBeCloseTo(1, 6);
    expect(gradient(law, 0, 0, 2) / (49 * 2 * 0.5)).toBeCloseTo(1, 6);
  });

  test("no trials", () => {
    const law = (probs: Tensor) => new Binomial({ totalCount: 0, probs });
    expect(gradient(law, 0.3, 0, 3)).toBe(0);
    const seen = new Set<number>();
    const nothing = {
      parameters: [0.3],
      shape: [],
      law,
      cost: of((z) => +seen.add(z).has(0)),
      estimator: measureValued(),
    };
    expect(gradientsOfCases(nothing, [{ weight: 1, draws: [[0]], others: { " one more": [[0]] } }])[0][0]).toBe(0);
    expect([...seen]).toEqual([0]);
  });
});

test.each(all)("Z' is of the law it should be for $law.name", ({ law, parameter: value, of, neighbour = law }) => {
  step(() => {
    const next = countOf(new Factor("", neighbourOf(new Factor("", of(tensor([value], []))))));
    expect(next.mean().item()).toBeCloseTo(neighbour.mu, 4);
    const variance = neighbour.mu === 0 ? 0 : neighbour.mu + neighbour.a * neighbour.mu ** 2;
    expect(next.variance().item()).toBeCloseTo(variance, 4);
  });
});
