import { describe, expect, test } from "vitest";
import {
  Bernoulli,
  ExpRelaxedOneHotCategorical,
  LogitRelaxedBernoulli,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
} from "../../bindings/distributions/index.ts";
import { mul, step } from "../../bindings/graph/index.ts";
import { key, logistic } from "../../bindings/index.ts";
import { expConcrete } from "./concrete-oracle.ts";
import { expectFunction } from "./function.ts";
import { logSoftmax } from "./rows.ts";

const N = 100000;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softabs = (x: number): number => Math.abs(x) + 2 * Math.log1p(Math.exp(-Math.abs(x)));

/** sqrt(n) times the largest distance of the empirical distribution of values from a cdf (Kolmogorov). */
function distance(values: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const gaps = sorted.map((x, i) => Math.max(Math.abs(cdf(x) - i / n), Math.abs(cdf(x) - (i + 1) / n)));
  return Math.sqrt(n) * gaps.reduce((most, gap) => Math.max(most, gap), 0);
}

/** P(distance > 2.75) = 2 exp(-2 2.75^2) = 5e-7. */
const MOST = 2.75;

describe.each([
  [0.4, 0.5],
  [-2, 3],
  [1, 0.02],
])("binary, logits %f, temperature %f", (l, t) => {
  const setting = { logits: l, temperature: t };
  const cdf = (y: number): number => sigmoid(t * y - l);

  test("the log-odds have the law of the density; the first of two relaxed components too", () => {
    const logits = step(() => new LogitRelaxedBernoulli(setting).sample(key(41), { shape: [N] }).toArray());
    expect(distance(logits, cdf)).toBeLessThan(MOST);
    const pairs = step(() =>
      new ExpRelaxedOneHotCategorical({ temperature: t, logits: [l + 0.5, 0.5] })
        .sample(key(42), { shape: [N] })
        .toArray(),
    );
    const differences = Array.from({ length: N }, (_, i) => (pairs[2 * i] as number) - (pairs[2 * i + 1] as number));
    expect(distance(differences, cdf)).toBeLessThan(MOST);
  });

  test("samples are sigmoid of the log-odds with the key, inside of the open interval; rounded, those of Bernoulli", () => {
    step(() => {
      const options = { shape: [5000] };
      const x = new RelaxedBernoulli(setting).sample(key(43), options).toArray();
      const y = new LogitRelaxedBernoulli(setting).sample(key(43), options).toArray();
      for (const [i, v] of x.entries()) {
        expect(v).toBeGreaterThan(0);
        expect(v).toBeLessThan(1);
        expect(Math.abs(v - sigmoid(y[i] as number))).toBeLessThan(1e-7);
      }
      const rounded = new Bernoulli({ logits: l }).sample(key(43), options).toArray();
      expect(x.map((v) => (v > 0.5 ? 1 : 0))).toEqual(rounded);
    });
  });
});

test("logProb of a relaxed Bernoulli sample goes by its log-odds, where the sample has lost them", () => {
  const noise = [...logistic(key(44), 40)];
  const total = (y: number, l: number, t: number): number => Math.log(t) - softabs(l - t * y) + softabs(y);
  expectFunction(
    { logits: { shape: [], values: [0.5] }, temperature: { shape: [], values: [0.01] } },
    (p) => {
      const d = new RelaxedBernoulli(p);
      const x = d.rsample(key(44), { shape: [40] });
      expect([...x.toArray()].filter((v) => v === 1 - 2 ** -24).length).toBeGreaterThan(5);
      return d.logProb(x);
    },
    ({ logits: [l], temperature: [t] }) =>
      noise.map((e) => total((e + (l as number)) / (t as number), l as number, t as number)),
  );
  step(() => {
    const d = new RelaxedBernoulli({ logits: 3, temperature: 0.01 });
    const { sample, logProb } = d.sampleAndLogProb(key(1), { stopGradient: true });
    expect(d.logProb(sample).item()).toBe(logProb.item());
    expect(d.logProb(d.sample(key(1))).item()).toBe(logProb.item());
    expect(d.logProb(mul(sample, 1)).item()).not.toBe(logProb.item()); // a copy
    for (const x of [0, 1]) expect(Number.isFinite(d.logProb(x).item())).toBe(true);
  });
});

test("the density is finite where naive softplus overflows: 1000 from the middle", () => {
  step(() => {
    const d = new LogitRelaxedBernoulli({ logits: 0, temperature: 1 });
    expect([...d.logProb([1000, -1000]).toArray()]).toEqual([-1000, -1000]);
  });
});

/** Cells of the plane of (y1 - y3, y2 - y3) between these lines: 16, whose probabilities are sums over a fine grid. */
test("samples of three categories have the law of the density: chi-square over 16 cells of the plane", () => {
  const [logits, t] = [[0.5, -0.4, 0.2], 0.7];
  const edges = [-2.4, 0, 2.4];
  const cell = (v: number, w: number): number =>
    4 * edges.filter((edge) => v > edge).length + edges.filter((edge) => w > edge).length;
  const expected = new Float64Array(16);
  const h = 0.1;
  for (let i = -400; i < 400; i++)
    for (let j = -400; j < 400; j++) {
      const [v, w] = [(i + 0.5) * h, (j + 0.5) * h];
      const p = Math.exp(expConcrete(logSoftmax([v, w, 0]), logits, t)) * h * h;
      expected[cell(v, w)] = (expected[cell(v, w)] as number) + p;
    }
  expect(expected.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
  const x = step(() =>
    new RelaxedOneHotCategorical({ temperature: t, logits }).sample(key(45), { shape: [N] }).toArray(),
  );
  const counts = new Float64Array(16);
  for (let i = 0; i < x.length; i += 3) {
    const [a, b, c] = [x[i], x[i + 1], x[i + 2]].map((v) => Math.log(v as number)) as [number, number, number];
    const at = cell(a - c, b - c);
    counts[at] = (counts[at] as number) + 1;
  }
  const chi2 = expected.reduce((sum, p, i) => sum + ((counts[i] as number) - N * p) ** 2 / (N * p), 0);
  expect(Math.min(...expected) * N).toBeGreaterThan(100);
  expect(chi2).toBeLessThan(58); // 15 degrees of freedom: exceeded with probability 1e-6
});

/** Five standard deviations each, 9 counts: false alarm 5e-6. */
test("the argmax has the law of the probabilities at every temperature", () => {
  const probs = [0.2, 0.5, 0.3];
  for (const temperature of [0.1, 1, 10]) {
    const x = step(() =>
      new RelaxedOneHotCategorical({ temperature, probs }).sample(key(46), { shape: [N] }).toArray(),
    );
    const counts = [0, 0, 0];
    for (let i = 0; i < x.length; i += 3) {
      const row = x.subarray(i, i + 3);
      const best = row.indexOf(Math.max(...row));
      counts[best] = (counts[best] as number) + 1;
    }
    for (const [k, p] of probs.entries())
      expect(Math.abs((counts[k] as number) - N * p)).toBeLessThan(5 * Math.sqrt(N * p * (1 - p)));
  }
});

test("at temperature 1e10 all components are equal", () => {
  const x = step(() =>
    new RelaxedOneHotCategorical({ temperature: 1e10, logits: [1, 0, 0, -3] }).sample(key(1)).toArray(),
  );
  expect([...x]).toEqual([0.25, 0.25, 0.25, 0.25]);
});
