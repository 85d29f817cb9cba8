import { describe, expect, test } from "vitest";
import {
  ExpRelaxedOneHotCategorical,
  klDivergence,
  LogitRelaxedBernoulli,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
} from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, tensor } from "../../bindings/graph/index.ts";
import { expectClose, expectFunction } from "./function.ts";
import { integrate } from "./quadrature.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softabs = (x: number): number => Math.abs(x) + 2 * Math.log1p(Math.exp(-Math.abs(x)));

/** E f(y) over the log-odds y = (l + e) / t, cut where f turns and where the law is. */
const binaryAverage = (l: number, t: number, f: (y: number) => number): number =>
  integrate((e) => f((l + e) / t) * Math.exp(-softabs(e)), -45, 45, [-l - 30 * t, -l, -l + 30 * t, 0]);

const binaryMean = (l: number, t: number): number => binaryAverage(l, t, sigmoid);

const BINARY = [
  [0.4, 2 / 3],
  [-7, 1e-3],
  [3, 0.05],
  [0, 1],
  [2, 10],
  [-30, 7],
  [0.1, 300],
] as const;

describe("of two categories, functionals are exact", () => {
  test.each(BINARY)("binary with logits %f and temperature %f: mean, variance, entropy", (l, t) => {
    const leaves = { logits: { shape: [], values: [l] }, temperature: { shape: [], values: [t] } };
    const of =
      (f: (l: number, t: number) => number) =>
      (p: Readonly<Record<"logits" | "temperature", readonly number[]>>): number[] => [
        f(p.logits[0] as number, p.temperature[0] as number),
      ];
    expectFunction(leaves, (p) => new RelaxedBernoulli(p).mean().value, of(binaryMean));
    const variance = (a: number, b: number): number => {
      const m = binaryMean(a, b);
      return binaryAverage(a, b, (y) => (sigmoid(y) - m) ** 2);
    };
    expectFunction(leaves, (p) => new RelaxedBernoulli(p).variance().value, of(variance));
    const entropy = (a: number, b: number): number => 2 - Math.log(b) - binaryAverage(a, b, softabs);
    expectFunction(leaves, (p) => new RelaxedBernoulli(p).entropy().value, of(entropy));
  });

  test.each(BINARY)("log x of two categories with logits %f and temperature %f: mean, variance", (l, t) => {
    const leaves = { logits: { shape: [2], values: [l, -0.25] }, temperature: { shape: [], values: [t] } };
    type Values = Readonly<Record<"logits" | "temperature", readonly number[]>>;
    const log = (y: number): number => Math.min(y, 0) - Math.log1p(Math.exp(-Math.abs(y)));
    const mean = (a: number, b: number): number => binaryAverage(a, b, log);
    const variance = (a: number, b: number): number => {
      const m = mean(a, b);
      return binaryAverage(a, b, (y) => (log(y) - m) ** 2);
    };
    const both =
      (f: (l: number, t: number) => number) =>
      ({ logits: [first, second], temperature: [b] }: Values): number[] => {
        const a = (first as number) - (second as number);
        return [f(a, b as number), f(-a, b as number)];
      };
    expectFunction(leaves, (p) => new ExpRelaxedOneHotCategorical(p).mean().value, both(mean));
    expectFunction(leaves, (p) => new ExpRelaxedOneHotCategorical(p).variance().value, both(variance));
  });

  test("a single category is certain: no key, no gradient", () => {
    const logits = parameter([2, 1], [3, -1]);
    const temperature = parameter([], [0.5]);
    step(() => {
      const x = new RelaxedOneHotCategorical({ logits, temperature });
      const log = new ExpRelaxedOneHotCategorical({ logits, temperature });
      const zeros = [x.variance(), x.entropy(), log.mean(), log.variance(), klDivergence(x, x), klDivergence(log, log)];
      expect(x.mean().value.toArray()).toEqual(Float32Array.of(1, 1));
      expect(x.mean().value.shape).toEqual([2, 1]);
      for (const { value, standardError } of zeros) {
        expect([...value.toArray()].map(Math.abs)).toEqual([0, 0]);
        expect([...standardError.toArray()]).toEqual([0, 0]);
      }
      for (const { value } of [x.mean(), ...zeros]) backward(sum(mul(value, 0.7)));
    });
    expect([...logits.grad(), ...temperature.grad()].map(Math.abs)).toEqual([0, 0, 0]);
    for (const p of [logits, temperature]) p.dispose();
  });

  test("and the same of the one-hot variable: both components, standard error 0, no key", () => {
    step(() => {
      const two = new RelaxedOneHotCategorical({ temperature: [0.5, 3], logits: tensor([1, 0, -2, 0.5], [2, 2]) });
      const one = new RelaxedBernoulli({ temperature: [0.5, 3], logits: [1, -2.5] });
      const means = [...one.mean().value.toArray()];
      const pairs = two.mean();
      expectClose("mean", pairs.value.toArray(), [means[0], 1 - means[0], means[1], 1 - means[1]] as number[], 2e-7);
      expect([...pairs.standardError.toArray()]).toEqual([0, 0, 0, 0]);
      const variances = [...one.variance().value.toArray()];
      expectClose(
        "variance",
        two.variance().value.toArray(),
        variances.flatMap((v) => [v, v]),
        2e-7,
      );
      expect(two.entropy().value.toArray()).toEqual(one.entropy().value.toArray());
      expect(two.entropy().value.shape).toEqual([2]);
    });
  });

  test("with one of them absent nothing is random, and nothing NaN", () => {
    const logits = parameter([2], [0, -Infinity]);
    const temperature = parameter([], [1.5]);
    step(() => {
      const d = new RelaxedOneHotCategorical({ logits, temperature });
      expect([...d.mean().value.toArray(), ...d.variance().value.toArray(), d.entropy().value.item()]).toEqual([
        1, 0, 0, 0, 0,
      ]);
      expect(klDivergence(d, d).value.item()).toBe(0);
      const log = new ExpRelaxedOneHotCategorical({ logits, temperature });
      expect([...log.mean().value.toArray(), ...log.variance().value.toArray()].map((v) => v + 0)).toEqual([
        0,
        -Infinity,
        0,
        0,
      ]);
      const all = [d.mean(), d.variance(), d.entropy(), log.mean(), log.variance()];
      for (const { value: x } of all) backward(sum(mul(x, 0.7)));
    });
    expect([...logits.grad(), ...temperature.grad()]).toEqual([0, 0, 0]);
    for (const p of [logits, temperature]) p.dispose();
  });
});

describe("the divergence of binary laws", () => {
  /** methods.md 4.10; at equal temperatures a coth(a / 2) - 2. */
  test.each([
    [0.7, 0.7, 2, 0.6261],
    [0.1, 0.1, 4, 2.1493],
    [2 / 3, 0.5, 0, 0.053],
    [2 / 3, 0.5, 2, 0.4595],
    [2 / 3, 0.5, 4, 1.4966],
  ])("of temperatures %f and %f, logits %f apart, is %f", (t, u, a, expected) => {
    step(() => {
      const p = new RelaxedBernoulli({ temperature: t, logits: a });
      const q = new RelaxedBernoulli({ temperature: u, logits: 0 });
      const { value, standardError } = klDivergence(p, q);
      expect(value.item()).toBeCloseTo(expected, 4);
      expect(standardError.item()).toBe(0);
    });
  });

  test.each([
    [0.4, 0.5, -1, 0.7],
    [3, 2, 0.5, 0.3],
    [-2, 0.01, 4, 0.02],
    [0, 1, 0, 1],
  ])("(%f, %f) from (%f, %f), and its gradients", (l, t, m, u) => {
    const one = (x: number) => ({ shape: [], values: [x] });
    const oracle = (p: Readonly<Record<"l" | "t" | "m" | "u", readonly number[]>>): number[] => {
      const [a, b, c, d] = [p.l, p.t, p.m, p.u].map(([x]) => x as number) as [number, number, number, number];
      return [binaryAverage(a, b, (y) => Math.log(b / d) - softabs(a - b * y) + softabs(c - d * y))];
    };
    const leaves = { l: one(l), t: one(t), m: one(m), u: one(u) };
    for (const Family of [RelaxedBernoulli, LogitRelaxedBernoulli])
      expectFunction(
        leaves,
        (p) =>
          klDivergence(
            new Family({ logits: p.l, temperature: p.t }) as RelaxedBernoulli,
            new Family({ logits: p.m, temperature: p.u }) as RelaxedBernoulli,
          ).value,
        oracle,
      );
    for (const Family of [RelaxedOneHotCategorical, ExpRelaxedOneHotCategorical])
      step(() => {
        const p = new Family({ logits: [l, 0], temperature: t }) as RelaxedOneHotCategorical;
        const q = new Family({ logits: [0, -m], temperature: u }) as RelaxedOneHotCategorical;
        expectClose(
          "two categories",
          [klDivergence(p, q).value.item()],
          oracle({ l: [l], t: [t], m: [m], u: [u] }),
          1e-5,
        );
      });
  });
});

/**
 * Of three categories: estimates from samples against quadrature over the plane, each within 5 of its own standard errors:
 * 26 comparisons with fixed keys; a right program fails one with probability 26 * 6e-7 = 2e-5.
 */
