import { describe, expect, test } from "vitest";
import {
  Bernoulli,
  Beta,
  Binomial,
  Cauchy,
  Dirichlet,
  Exponential,
  ExpRelaxedOneHotCategorical,
  Gamma,
  Geometric,
  Gumbel,
  HalfNormal,
  Kumaraswamy,
  klDivergence,
  Laplace,
  Logistic,
  LogitRelaxedBernoulli,
  LogNormal,
  NegativeBinomial,
  Normal,
  Poisson,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
  type Reparameterized,
  StudentT,
  Uniform,
  Weibull,
} from "../../bindings/distributions/index.ts";
import { backward, parameter, step, sum, type Tensor } from "../../bindings/graph/index.ts";
import { key } from "../../bindings/index.ts";

/** Laws with most of their mass beyond the range of float32, or closer to an end than it resolves. */
const EXTREME: [make: (p: never) => Reparameterized, parameters: Record<string, number>][] = [
  [(p) => new LogNormal(p), { loc: 0, scale: 100 }],
  [(p) => new Weibull(p), { scale: 1, concentration: 1e-3 }],
  [(p) => new Weibull(p), { scale: 1e-30, concentration: 0.05 }],
  [(p) => new Kumaraswamy(p), { concentration1: 1e-3, concentration0: 1e-3 }],
  [(p) => new Kumaraswamy(p), { concentration1: 1e-3, concentration0: 5 }],
  [(p) => new Kumaraswamy(p), { concentration1: 1e3, concentration0: 1e-3 }],
];

test.each(EXTREME)(
  "samples at an end stay inside of it, with finite densities and gradients: %s %j",
  (make, setting) => {
    const parameters = Object.fromEntries(Object.entries(setting).map(([name, x]) => [name, parameter([], [x])]));
    const logs = step(() => {
      const d = make(parameters as never);
      const y = d.logProb(d.rsample(key(3), { shape: [2000] })); // refuses what is outside
      backward(sum(y));
      return y.toArray();
    });
    expect(logs.every(Number.isFinite)).toBe(true);
    for (const [name, p] of Object.entries(parameters)) {
      expect(Number.isFinite(p.grad()[0]), `d ${name}: ${p.grad()[0]}`).toBe(true);
      p.dispose();
    }
  },
);

const unchecked = { validateArgs: false };

describe("log-densities outside of the support are -Infinity, without a gradient", () => {
  const temperature = 0.5;
  const ROWS: [string, (a: Tensor) => { logProb(x: Tensor): Tensor }, number[][]][] = [
    [
      "Dirichlet",
      (concentration) => new Dirichlet({ concentration, ...unchecked }),
      [
        [0.2, 0.3, 0.6],
        [0.2, 0.3, 0.4],
        [-0.5, 0.5, 1],
        [Number.NaN, 0.5, 0.5],
        [Infinity, 0.5, 0.5],
      ],
    ],
    [
      "RelaxedOneHotCategorical",
      (logits) => new RelaxedOneHotCategorical({ temperature, logits, ...unchecked }),
      [
        [0.5, -0.5, 1],
        [1, 1, 0],
        [0.2, 0.3, 0.4],
      ],
    ],
    [
      "ExpRelaxedOneHotCategorical",
      (logits) => new ExpRelaxedOneHotCategorical({ temperature, logits, ...unchecked }),
      [
        [1, 2, 3],
        [-1, -2, -3],
        [-30, -30, 2e-4],
        [-Infinity, -Infinity, -Infinity],
      ],
    ],
  ];

  test.each(ROWS)("%s", (_, make, values) => {
    for (const row of values) {
      const [a, x] = [parameter([3], [1, 2, 3]), parameter([3], row)];
      const y = step(() => {
        const y = make(a).logProb(x);
        backward(y);
        return y.item();
      });
      expect(y, `${row}`).toBe(-Infinity);
      expect([...a.grad(), ...x.grad()], `${row}`).toEqual([0, 0, 0, 0, 0, 0]);
      a.dispose();
      x.dispose();
    }
  });

  test("Infinity is in none", () => {
    const laws = [
      new Cauchy({ loc: 0, scale: 1, ...unchecked }),
      new Exponential({ rate: 1, ...unchecked }),
      new Gamma({ concentration: 2, rate: 1, ...unchecked }),
      new Gumbel({ loc: 0, scale: 1, ...unchecked }),
      new HalfNormal({ scale: 1, ...unchecked }),
      new Laplace({ loc: 0, scale: 1, ...unchecked }),
      new Logistic({ loc: 0, scale: 1, ...unchecked }),
      new LogNormal({ loc: 0, scale: 1, ...unchecked }),
      new Normal({ loc: 0, scale: 1, ...unchecked }),
      new StudentT({ df: 3, ...unchecked }),
      new Weibull({ scale: 1, concentration: 2, ...unchecked }),
    ];
    for (const law of laws)
      expect(
        step(() => law.logProb(Infinity).item()),
        law.constructor.name,
      ).toBe(-Infinity);
  });
});

test("cdf is 1 at Infinity, without a gradient", () => {
  const LAWS: [string, (p: Tensor) => { cdf(x: number): Tensor }][] = [
    ["Poisson", (rate) => new Poisson({ rate, ...unchecked })],
    ["Geometric", (logits) => new Geometric({ logits, ...unchecked })],
    ["Binomial", (logits) => new Binomial({ totalCount: 4, logits, ...unchecked })],
    ["NegativeBinomial", (logits) => new NegativeBinomial({ totalCount: 4, logits, ...unchecked })],
    ["NegativeBinomial of probs", (probs) => new NegativeBinomial({ totalCount: 4, probs, ...unchecked })],
    ["NegativeBinomial, trials", (totalCount) => new NegativeBinomial({ totalCount, logits: 0, ...unchecked })],
  ];
  for (const [name, make] of LAWS) {
    const p = parameter([], [0.5]);
    const y = step(() => {
      const y = make(p).cdf(Infinity);
      backward(y);
      return y.item();
    });
    expect([y, ...p.grad()], name).toEqual([1, 0]);
    p.dispose();
  }
});

test("quantiles of what is no probability are not numbers", () => {
  const one = { loc: 0, scale: 1, ...unchecked };
  const laws = [
    new Bernoulli({ logits: 0, ...unchecked }),
    new Bernoulli({ probs: 0.5, ...unchecked }),
    new Beta({ concentration1: 2, concentration0: 3, ...unchecked }),
    new Binomial({ totalCount: 3, logits: 0, ...unchecked }),
    new Cauchy(one),
    new Exponential({ rate: 1, ...unchecked }),
    new Gamma({ concentration: 2, rate: 1, ...unchecked }),
    new Geometric({ logits: 0, ...unchecked }),
    new Gumbel(one),
    new HalfNormal({ scale: 1, ...unchecked }),
    new Kumaraswamy({ concentration1: 2, concentration0: 3, ...unchecked }),
    new Laplace(one),
    new Logistic(one),
    new LogitRelaxedBernoulli({ temperature: 1, logits: 0, ...unchecked }),
    new LogNormal(one),
    new NegativeBinomial({ totalCount: 3, logits: 0, ...unchecked }),
    new Normal(one),
    new Poisson({ rate: 3, ...unchecked }),
    new RelaxedBernoulli({ temperature: 1, logits: 0, ...unchecked }),
    new StudentT({ df: 3, ...unchecked }),
    new Uniform({ low: 0, high: 1, ...unchecked }),
    new Weibull({ scale: 1, concentration: 2, ...unchecked }),
  ];
  for (const law of laws) {
    const q = step(() => [...law.icdf([-0.1, 1.1, Number.NaN, -Infinity, Infinity]).toArray()]);
    expect(q, law.constructor.name).toEqual(q.map(() => Number.NaN));
  }
});

test("the log-odds of a relaxed Bernoulli variable have infinite quantiles at 0 and 1", () => {
  const q = step(() => [...new LogitRelaxedBernoulli({ temperature: 2, logits: 1 }).icdf([0, 0.5, 1]).toArray()]);
  expect(q).toEqual([-Infinity, 0.5, Infinity]);
});

test("no trials tell nothing, whatever their odds", () => {
  const of = (p: number) => new Binomial({ totalCount: [0, 1], probs: p });
  expect(step(() => [...klDivergence(of(1), of(0)).toArray()])).toEqual([0, Infinity]);
});

/** Where the log-odds are infinite. Expected: the derivatives of the textbook formulas. */
describe("gradients to probabilities of 0 and 1", () => {
  const CASES: [string, number, (probs: Tensor) => Tensor, value: number, slope: number][] = [
    ["Bernoulli logProb(1)", 1, (probs) => new Bernoulli({ probs }).logProb(1), 0, 1],
    ["Bernoulli logProb(0)", 0, (probs) => new Bernoulli({ probs }).logProb(0), 0, -1],
    ["Bernoulli cdf(0)", 0, (probs) => new Bernoulli({ probs }).cdf(0), 1, -1],
    ["Bernoulli cdf(0)", 1, (probs) => new Bernoulli({ probs }).cdf(0), 0, -1],
    ["Binomial variance", 0, (probs) => new Binomial({ totalCount: 7, probs }).variance(), 0, 7],
    ["Binomial variance", 1, (probs) => new Binomial({ totalCount: 7, probs }).variance(), 0, -7],
    ["Geometric mean", 1, (probs) => new Geometric({ probs }).mean(), 0, -1],
    ["Geometric variance", 1, (probs) => new Geometric({ probs }).variance(), 0, -1],
    ["Geometric cdf(0)", 1, (probs) => new Geometric({ probs }).cdf(0), 1, 1],
    ["Geometric cdf(1)", 1, (probs) => new Geometric({ probs }).cdf(1), 1, 0],
    ["NegativeBinomial mean", 0, (probs) => new NegativeBinomial({ totalCount: 3, probs }).mean(), 0, 3],
    ["NegativeBinomial variance", 0, (probs) => new NegativeBinomial({ totalCount: 3, probs }).variance(), 0, 3],
  ];
  test.each(CASES)("%s at %d", (_, at, f, value, slope) => {
    const probs = parameter([], [at]);
    const y = step(() => {
      const y = f(probs);
      backward(y);
      return y.item();
    });
    expect([y + 0, ...probs.grad()]).toEqual([value, slope]); // -0 + 0 is 0
    probs.dispose();
  });
});

test("cdf of a relaxed Bernoulli variable is 0 below 0 and 1 above 1", () => {
  const law = new RelaxedBernoulli({ temperature: 0.5, logits: 1, ...unchecked });
  const x = parameter([5], [-0.5, 0, 0.5, 1, 1.5]);
  const y = step(() => {
    const y = law.cdf(x);
    backward(sum(y));
    return [...y.toArray()];
  });
  expect(y).toEqual([0, 0, Math.fround(1 / (1 + Math.E)), 1, 1]);
  expect([...x.grad()].map((g) => g > 0)).toEqual([false, false, true, false, false]);
  x.dispose();
});
