import { describe, expect, test } from "vitest";
import { HardConcrete, klDivergence } from "../../bindings/distributions/index.ts";
import { step, type Tensor } from "../../bindings/graph/index.ts";
import { key, logistic } from "../../bindings/index.ts";
import { expectFunction } from "./function.ts";
import { integrate } from "./quadrature.ts";

/** Louizos, Welling, Kingma 2018, eq. 10-12, as they stand there. */
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (x: number): number => Math.log(x) - Math.log1p(-x);

type Parameters = Readonly<Record<"logits" | "temperature", readonly number[]>>;

interface Law {
  readonly l: number;
  readonly t: number;
  readonly low: number;
  readonly high: number;
}

const cdf = ({ l, t, low, high }: Law, x: number): number => sigmoid(t * logit((x - low) / (high - low)) - l);
const zero = (law: Law): number => cdf(law, 0);
const one = ({ l, t, low, high }: Law): number => sigmoid(l - t * logit((1 - low) / (high - low)));

function density({ l, t, low, high }: Law, x: number): number {
  const s = (x - low) / (high - low);
  const e = t * logit(s) - l;
  return (t * sigmoid(e) * sigmoid(-e)) / (s * (1 - s)) / (high - low);
}

const average = (law: Law, f: (x: number) => number): number =>
  zero(law) * f(0) +
  one(law) * f(1) +
  integrate((x) => f(x) * density(law, x), 0, 1, [
    Math.min(0.999, Math.max(0.001, law.low + (law.high - law.low) * sigmoid(law.l / law.t))),
  ]);

/** log p(x) - log q(x), from log-odds: what is left of a law far from another does not underflow. */
function logRatio(p: Law, q: Law, x: number): number {
  const softplus = (v: number): number => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
  const log = ({ l, t, low, high }: Law): number => {
    const e = t * logit((x - low) / (high - low)) - l;
    if (x === 0) return -softplus(-e);
    if (x === 1) return -softplus(e);
    return Math.log(t) - softplus(e) - softplus(-e);
  };
  return log(p) - log(q);
}

const SETTINGS = [
  [0.5, 2 / 3, -0.1, 1.1],
  [-3, 0.2, -0.1, 1.1],
  [2, 6, -0.5, 1.2],
  [0.3, 0.02, -0.05, 3],
  [-1, 40, -0.01, 1.01],
] as const;

describe.each(SETTINGS)("hard concrete, logits %f, temperature %f, stretch [%f, %f]", (l, t, low, high) => {
  const stretch = [low, high] as const;
  const leaves = { logits: { shape: [], values: [l] }, temperature: { shape: [], values: [t] } };
  const lawOf = ({ logits: [a], temperature: [b] }: Parameters): Law => ({ l: a as number, t: b as number, low, high });
  const make = (p: { logits: Tensor; temperature: Tensor }): HardConcrete => new HardConcrete({ ...p, stretch });
  const law = { l, t, low, high };

  test("the oracle is a law", () => {
    expect(average(law, () => 1)).toBeCloseTo(1, 8);
  });

  const X = [0, 1e-3, 0.3, 0.6, 0.97, 1];
  test("logProb: log-probabilities of 0 and 1, a log-density between", () => {
    const oracle = (p: Parameters, xs: readonly number[]): number[] =>
      xs.map((x) => Math.log(x === 0 ? zero(lawOf(p)) : x === 1 ? one(lawOf(p)) : density(lawOf(p), x)));
    expectFunction(
      leaves,
      (p) => make(p).logProb(X),
      (p) => oracle(p, X.map(Math.fround)),
    );
    expectFunction(
      { ...leaves, x: { shape: [4], values: X.slice(1, 5) } },
      ({ x, ...p }) => make(p).logProb(x),
      ({ x, ...p }) => oracle(p, x),
    );
  });

  test("cdf, and the probabilities of 0 and of 1", () => {
    const inside = [0, 0.2, 0.5, 0.99].map(Math.fround);
    expectFunction(
      leaves,
      (p) => make(p).cdf(inside),
      (p) => inside.map((x) => cdf(lawOf(p), x)),
    );
    expectFunction(
      leaves,
      (p) => make(p).probZero(),
      (p) => [zero(lawOf(p))],
    );
    expectFunction(
      leaves,
      (p) => make(p).probOne(),
      (p) => [one(lawOf(p))],
    );
    step(() => expect(new HardConcrete({ logits: l, temperature: t, stretch }).cdf(1).item()).toBe(1));
  });

  test("icdf: the inverse of cdf between the ends, 0 and 1 beyond their probabilities, and its gradients", () => {
    const [bottom, top] = [zero(law), 1 - one(law)];
    const p = [0, bottom / 2, ...[0.1, 0.5, 0.9].map((share) => bottom + share * (top - bottom)), (1 + top) / 2, 1];
    expectFunction(
      { ...leaves, p: { shape: [3], values: p.slice(2, 5) } },
      ({ p: shares, ...d }) => make(d).icdf(shares),
      ({ p: shares, logits: [a], temperature: [b] }) =>
        shares.map((share) => low + (high - low) * sigmoid((logit(share) + (a as number)) / (b as number))),
    );
    const got = step(() => [...new HardConcrete({ logits: l, temperature: t, stretch }).icdf(p).toArray()]);
    expect([got[0], got[1], got[5], got[6]]).toEqual([0, 0, 1, 1]);
    for (const x of got.slice(2, 5)) expect(x > 0 && x < 1).toBe(true);
  });

  test("mean and variance", () => {
    const variance = (s: Law): number => {
      const m = average(s, (x) => x);
      return average(s, (x) => (x - m) ** 2);
    };
    expectFunction(
      leaves,
      (p) => make(p).mean().value,
      (p) => [average(lawOf(p), (x) => x)],
    );
    expectFunction(
      leaves,
      (p) => make(p).variance().value,
      (p) => [variance(lawOf(p))],
    );
    step(() => expect(new HardConcrete({ logits: l }).mean().standardError.item()).toBe(0));
  });

  const logDensity = (s: Law, x: number): number => Math.log(x === 0 ? zero(s) : x === 1 ? one(s) : density(s, x));

  test("entropy", () => {
    expectFunction(
      leaves,
      (p) => make(p).entropy().value,
      (p) => [average(lawOf(p), (x) => -logDensity(lawOf(p), x))],
    );
    step(() => expect(new HardConcrete({ logits: l }).entropy().standardError.item()).toBe(0));
  });

  test.each([
    [l, t],
    [l + 1, t * 1.5],
    [l - 2, t / 3],
    [l / 2, t * 20],
  ])("divergence from logits %f, temperature %f", (otherL, otherT) => {
    const others = { m: { shape: [], values: [otherL] }, u: { shape: [], values: [otherT] } };
    expectFunction(
      { ...leaves, ...others },
      ({ m, u, ...p }) => klDivergence(make(p), make({ logits: m, temperature: u })).value,
      ({ m, u, ...p }) => {
        const [one, other] = [lawOf(p), lawOf({ logits: m, temperature: u })];
        return [average(one, (x) => logRatio(one, other, x))];
      },
    );
  });

  test("samples are those of the paper's formula, with their gradients: 0 at the ends", () => {
    const noise = [...logistic(key(4), 20)];
    expectFunction(
      leaves,
      (p) => make(p).rsample(key(4), { shape: [20] }),
      (p) =>
        noise.map((e) => {
          const { l: a, t: b } = lawOf(p);
          return Math.min(1, Math.max(0, low + (high - low) * sigmoid((e + a) / b)));
        }),
    );
  });

  /** 20000 draws, 5 standard deviations of a binomial count each: false alarm 6e-7 for each of 4 counts. */
  test("samples have the law: how many are 0, 1, and below points between", () => {
    const n = 20000;
    const x = step(() =>
      new HardConcrete({ logits: l, temperature: t, stretch }).sample(key(3), { shape: [n] }).toArray(),
    );
    const check = (count: number, p: number): void =>
      expect(Math.abs(count - n * p)).toBeLessThan(5 * Math.sqrt(n * p * (1 - p)) + 1);
    check(x.filter((v) => v === 0).length, zero(law));
    check(x.filter((v) => v === 1).length, one(law));
    for (const q of [0.2, 0.8]) check(x.filter((v) => v <= q).length, cdf(law, q));
  });
});

test("the temperature is 2/3 and the stretch [-0.1, 1.1] unless given", () => {
  step(() => {
    const d = new HardConcrete({ logits: 0 });
    expect(d.temperature.item()).toBe(Math.fround(2 / 3));
    expect(d.stretch).toEqual([-0.1, 1.1]);
  });
});

test("a divergence of far narrower and far wider laws, whose densities bend where the other is flat", () => {
  const laws = [
    { l: 30, t: 100, low: -0.1, high: 1.1 },
    { l: -0.02, t: 0.05, low: -0.1, high: 1.1 },
  ];
  for (const [p, q] of [laws, [...laws].reverse()] as [Law, Law][]) {
    const bend = (s: Law): number => s.low + (s.high - s.low) * sigmoid(s.l / s.t);
    const breaks = [bend(p), bend(q), ...[-0.1, -0.02, 0.02, 0.1].map((d) => bend(p) + d)];
    const expected =
      zero(p) * logRatio(p, q, 0) +
      one(p) * logRatio(p, q, 1) +
      integrate((x) => density(p, x) * logRatio(p, q, x), 0, 1, breaks);
    const make = ({ l, t }: Law): HardConcrete => new HardConcrete({ logits: l, temperature: t });
    const got = step(() => klDivergence(make(p), make(q)).value.item());
    expect(Math.abs(got - expected) / expected).toBeLessThan(1e-6);
  }
});
