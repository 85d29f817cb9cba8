import { describe, expect, test } from "vitest";
import { Bernoulli, Binomial, Geometric, NegativeBinomial, Poisson } from "../../bindings/distributions/index.ts";
import { step, type Tensor } from "../../bindings/graph/index.ts";
import { logGamma } from "../reference/statistics.ts";

interface Quantiles {
  cdf(value: readonly number[]): Tensor;
  icdf(p: readonly number[]): Tensor;
}

const quantiles = (d: Quantiles, p: readonly number[]): number[] => step(() => [...d.icdf(p).toArray()]);

/** The float32 after a positive one. */
const after = (p: number): number => {
  const bits = new Uint32Array(Float32Array.of(p).buffer);
  return new Float32Array(Uint32Array.of((bits[0] as number) + 1).buffer)[0] as number;
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("the ends of p are the ends of the support", () => {
  test.each<[string, () => Quantiles, number, number]>([
    ["Bernoulli", () => new Bernoulli({ logits: 0.3 }), 0, 1],
    ["Bernoulli that is rarely 1", () => new Bernoulli({ probs: 1e-20 }), 0, 1],
    ["Bernoulli that is never 1", () => new Bernoulli({ logits: -Infinity }), 0, 0],
    ["Bernoulli that is always 1", () => new Bernoulli({ probs: 1 }), 0, 1],
    ["Geometric", () => new Geometric({ logits: -3 }), 0, Infinity],
    ["Geometric by probs", () => new Geometric({ probs: 0.999 }), 0, Infinity],
    ["Geometric of sure success", () => new Geometric({ probs: 1 }), 0, 0],
    ["Geometric of infinite log-odds", () => new Geometric({ logits: Infinity }), 0, 0],
    ["Poisson", () => new Poisson({ rate: 1e6 }), 0, Infinity],
    ["Poisson of nothing", () => new Poisson({ rate: 0 }), 0, 0],
    ["Binomial", () => new Binomial({ totalCount: 1_000_000, logits: -7 }), 0, 1_000_000],
    ["Binomial of no trials", () => new Binomial({ totalCount: 0, probs: 0.5 }), 0, 0],
    ["Binomial that never succeeds", () => new Binomial({ totalCount: 9, probs: 0 }), 0, 0],
    ["Binomial that always succeeds", () => new Binomial({ totalCount: 9, probs: 1 }), 0, 9],
    ["NegativeBinomial", () => new NegativeBinomial({ totalCount: 0.2, logits: 2 }), 0, Infinity],
    ["NegativeBinomial of nothing", () => new NegativeBinomial({ totalCount: 3, probs: 0 }), 0, 0],
  ])("%s", (_, make, least, largest) => {
    expect(step(() => [...make().icdf([0, 1]).toArray()])).toEqual([least, largest]);
  });
});

describe("a p that is exactly P(X <= k) gives k, the next float k + 1", () => {
  const check = (d: Quantiles, cdf: readonly number[]): void => {
    expect(cdf.map(Math.fround), "the test's own numbers are floats").toEqual(cdf);
    expect(quantiles(d, cdf)).toEqual(cdf.map((_, k) => k));
    expect(quantiles(d, cdf.map(after))).toEqual(cdf.map((_, k) => k + 1));
  };
  const running = (n: number, mass: (k: number) => number): number[] => {
    let sum = 0;
    return range(0, n - 1).map((k) => (sum += mass(k)));
  };
  const choose = (n: number, k: number): number => range(1, k).reduce((ways, i) => (ways * (n - k + i)) / i, 1);

  test("Bernoulli", () => {
    check(new Bernoulli({ logits: 0 }), [0.5]);
    for (const probs of [0.3, 0.7, 0.999].map(Math.fround)) check(new Bernoulli({ probs }), [1 - probs]);
  });
  test("Geometric", () => {
    check(
      new Geometric({ logits: 0 }),
      running(23, (k) => 0.5 ** (k + 1)),
    );
    check(
      new Geometric({ probs: 0.75 }),
      running(11, (k) => 0.75 * 0.25 ** k),
    );
  });
  test.each([1, 2, 7, 20, 24])("Binomial of %d trials", (n) => {
    const cdf = running(n, (k) => choose(n, k) * 0.5 ** n);
    check(new Binomial({ totalCount: n, logits: 0 }), cdf);
    check(new Binomial({ totalCount: n, probs: 0.5 }), cdf);
  });
  test.each([1, 3, 8])("NegativeBinomial of %d failures", (r) => {
    const cdf = running(23 - r, (k) => choose(k + r - 1, k) * 0.5 ** (k + r));
    check(new NegativeBinomial({ totalCount: r, logits: 0 }), cdf);
    check(new NegativeBinomial({ totalCount: r, probs: 0.5 }), cdf);
  });
});

/** Laws with what the test sums: log p(k) in naive float64, from the least to the largest count that has any mass. */
interface Law {
  readonly name: string;
  readonly make: () => Quantiles;
  readonly logPmf: (k: number) => number;
  readonly from: number;
  readonly to: number;
  readonly mean: number;
}

const poisson = (rate: number): Law => ({
  name: `Poisson of rate ${rate}`,
  make: () => new Poisson({ rate }),
  logPmf: (k) => k * Math.log(rate) - rate - logGamma(k + 1),
  from: Math.max(0, Math.floor(rate - 16 * Math.sqrt(rate))),
  to: Math.ceil(rate + 16 * Math.sqrt(rate) + 30),
  mean: rate,
});

const binomial = (n: number, by: "logits" | "probs", x: number): Law => {
  const at = Math.fround(x);
  const p = by === "probs" ? at : 1 / (1 + Math.exp(-at));
  const width = 16 * Math.sqrt(n * p * (1 - p)) + 30;
  return {
    name: `Binomial of ${n} trials, ${by} ${x}`,
    make: () => new Binomial({ totalCount: n, [by]: at }),
    logPmf: (k) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p),
    from: Math.max(0, Math.floor(n * p - width)),
    to: Math.min(n, Math.ceil(n * p + width)),
    mean: n * p,
  };
};

const negativeBinomial = (r: number, by: "logits" | "probs", x: number): Law => {
  const [shape, at] = [Math.fround(r), Math.fround(x)];
  const p = by === "probs" ? at : 1 / (1 + Math.exp(-at));
  const mean = (shape * p) / (1 - p);
  const width = 16 * Math.sqrt(mean / (1 - p)) + 60 / (1 - p);
  return {
    name: `NegativeBinomial of ${r} failures, ${by} ${x}`,
    make: () => new NegativeBinomial({ totalCount: shape, [by]: at }),
    logPmf: (k) => logGamma(k + shape) - logGamma(k + 1) - logGamma(shape) + k * Math.log(p) + shape * Math.log1p(-p),
    from: Math.max(0, Math.floor(mean - width)),
    to: Math.ceil(mean + width),
    mean,
  };
};

const LAWS: readonly Law[] = [
  ...[1e-6, 0.7, 30, 1e4, 1e6].map(poisson),
  ...[
    binomial(30, "logits", 3),
    binomial(1000, "probs", 0.3),
    binomial(1_000_000, "logits", 0),
    binomial(1_000_000, "probs", 0.9999),
    binomial(1_000_000, "probs", 1e-6),
  ],
  ...[
    negativeBinomial(0.01, "logits", 6),
    negativeBinomial(2.5, "logits", -1),
    negativeBinomial(1e6, "logits", 0),
    negativeBinomial(1e6, "probs", 1e-3),
    negativeBinomial(40, "probs", 0.999),
  ],
];

describe.each(LAWS)("$name", ({ make, logPmf, from, to, mean }) => {
  const masses = Float64Array.from({ length: to - from + 1 }, (_, i) => Math.exp(logPmf(from + i)));
  /** P(X <= k) and P(X > k), each summed from its own end: all the digits of the smaller. */
  const below = masses.slice();
  for (let i = 1; i < below.length; i++) (below[i] as number) += below[i - 1] as number;
  const above = masses.slice();
  for (let i = above.length - 2; i >= 0; i--) (above[i] as number) += above[i + 1] as number;
  const P = (k: number): number => below[k - from] ?? 0;
  const Q = (k: number): number => above[k + 1 - from] ?? 0;

  test("p from the smallest float to the largest below 1", () => {
    const low = [2 ** -149, 1e-36, 1e-20, 1e-9, 1e-4, 0.02, 0.3, 0.5].map(Math.fround);
    const high = [0.6, 0.9, 1 - 1e-3, 1 - 1e-5, 1 - 2 ** -22, 1 - 2 ** -24].map(Math.fround);
    const got = quantiles(make(), [...low, ...high]);
    // The sums of the test are good to some 1e-8 where the counts are a million.
    for (const [i, p] of low.entries()) {
      const k = got[i] as number;
      expect(P(k), `${k} for ${p}`).toBeGreaterThanOrEqual(p * (1 - 1e-7));
      expect(P(k - 1), `${k} for ${p}`).toBeLessThan(p * (1 + 1e-7));
    }
    for (const [i, p] of high.entries()) {
      const k = got[i + low.length] as number;
      expect(Q(k), `${k} for ${p}`).toBeLessThanOrEqual((1 - p) * (1 + 1e-7));
      if (k > from) expect(Q(k - 1), `${k} for ${p}`).toBeGreaterThan((1 - p) * (1 - 1e-7));
    }
  });

  test("a p below cdf(k) by less than p(k) gives k back", () => {
    const near = range(Math.max(0, Math.floor(mean) - 20), Math.min(to, Math.floor(mean) + 20));
    const cdf = step(() => [...make().cdf(near).toArray()]);
    // Where half of p(k) is more than float32 rounds the cdf and p by.
    const resolved = near.map((k) => Math.exp(logPmf(k)) > 4e-7);
    const ks = near.filter((_, i) => resolved[i]);
    expect(ks.length).toBeGreaterThan(0);
    const ps = near.flatMap((k, i) =>
      resolved[i] ? [(cdf[i] as number) - 1.5e-7, (cdf[i] as number) - 0.5 * Math.exp(logPmf(k))] : [],
    );
    expect(quantiles(make(), ps.map(Math.fround))).toEqual(ks.flatMap((k) => [k, k]));
  });
});

test.each([-20, -3, 0, 4, 20, 45, 80])(
  "counts of any size: a geometric law is negative binomial, logits %d",
  (logits) => {
    const ps = [1e-30, 1e-6, 0.1, 0.5, 0.8, 0.999999].map(Math.fround);
    const geometric = quantiles(new Geometric({ logits: -logits }), ps);
    const counts = quantiles(new NegativeBinomial({ totalCount: 1, logits }), ps);
    for (const [i, k] of counts.entries())
      expect(Math.abs(k - (geometric[i] as number)), `p = ${ps[i]}`).toBeLessThanOrEqual(1.2e-7 * k);
  },
);

test("counts that float32 does not hold become its largest; only p = 1 gives Infinity", () => {
  const largest = 3.4028234663852886e38;
  expect(quantiles(new Geometric({ logits: -200 }), [0.5, 1])).toEqual([Math.fround(largest), Infinity]);
  expect(quantiles(new NegativeBinomial({ totalCount: 2, logits: 200 }), [0.5, 1])).toEqual([largest, Infinity]);
});

test("a p that is none is refused, or gives NaN where that is not looked at", () => {
  const laws = (validateArgs: boolean): Quantiles[] => [
    new Poisson({ rate: 3, validateArgs }),
    new Binomial({ totalCount: 5, probs: 0.2, validateArgs }),
    new NegativeBinomial({ totalCount: 5, logits: 1, validateArgs }),
  ];
  for (const p of [-0.1, 1.1, Number.NaN]) {
    for (const d of laws(true)) expect(() => quantiles(d, [p])).toThrow(/^p: expected .*, got /);
    for (const d of laws(false)) expect(quantiles(d, [p])).toEqual([Number.NaN]);
  }
  expect(quantiles(new Poisson({ rate: Number.NaN, validateArgs: false }), [0.5])).toEqual([Number.NaN]);
});
