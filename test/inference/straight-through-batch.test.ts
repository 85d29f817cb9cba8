import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../bindings/core/index.ts";
import { Bernoulli, Categorical, OneHotCategorical } from "../../bindings/distributions/index.ts";
import {
  add,
  backward,
  type Parameter,
  parameter,
  reshape,
  step,
  sum,
  type Tensor,
} from "../../bindings/graph/index.ts";
import { factorsOf } from "../../bindings/inference/factor.ts";
import {
  blackBox,
  decoupledGumbelSoftmax,
  type Estimator,
  estimate,
  gappedStraightThrough,
  gumbelRao,
  gumbelSoftmax,
  reinMax,
  straightThrough,
  straightThroughGumbelSoftmax,
  zgr,
} from "../../bindings/inference/index.ts";
import { Keyed } from "../../bindings/inference/source.ts";
import { gumbel, key } from "../../bindings/random/index.ts";
import * as reference from "../reference/straight-through.ts";
import { gradientsOfCases } from "./given.ts";
import { binary, oneHots, Polynomial } from "./polynomial.ts";
import { norm } from "./unbiased.ts";

type Row = readonly number[];

/** Six rows of three binary variables and two of four categories, of two samples. */
const [ROWS, V, K, SAMPLES] = [6, 3, 4, 2];
const [ofBits, ofTopics] = [new Polynomial(V, 3, 3), new Polynomial(2 * K, 3, 8)];
const sizes = { bits: ROWS * V, topics: ROWS * 2 * K };
const logits = { bits: gumbel(key(1), sizes.bits), topics: gumbel(key(2), sizes.topics) };
const root = key(77);

interface Run {
  readonly value: Float32Array;
  readonly bits: Float32Array;
  readonly topics: Float32Array;
}

/** Rows `from` to `to` of the batch. */
function run(estimator: Estimator, from = 0, to = ROWS, given = logits, seen?: (laws: object) => void): Run {
  const part = (name: keyof typeof logits, width: number, shape: readonly number[]): Parameter =>
    parameter([to - from, ...shape], given[name].slice(from * width, to * width));
  const [bits, topics] = [part("bits", V, [V]), part("topics", 2 * K, [2, K])];
  try {
    const value = step(() => {
      const laws = { bits: new Bernoulli({ logits: bits }), topics: new OneHotCategorical({ logits: topics }) };
      seen?.(laws);
      const f = ({ bits, topics }: { bits: Tensor; topics: Tensor }): Tensor =>
        add(ofBits.cost(bits), ofTopics.cost(topics));
      const y = estimate(laws, f, { key: root, estimator, samples: SAMPLES, firstRow: from });
      backward(sum(y));
      return y.toArray();
    });
    return { value, bits: bits.grad(), topics: topics.grad() };
  } finally {
    for (const each of [bits, topics]) each.dispose();
  }
}

const tau = 0.7;
type Rule = (theta: Row, d: number, g: Row, noise: (name: string) => Row) => readonly number[];
const estimators: readonly (readonly [estimator: Estimator, rule: Rule | undefined])[] = [
  [straightThrough(), (theta, _, g) => reference.straightThrough(theta, g)],
  [reinMax({ tau: 1.5 }), (theta, d, g) => reference.reinMax(theta, d, g, 1.5)],
  [zgr(), reference.zgr],
  [gappedStraightThrough({ tau }), (theta, d, g) => reference.gapped(theta, d, g, tau, 1)],
  [gappedStraightThrough({ gap: "adaptive" }), (theta, d, g) => reference.gapped(theta, d, g, 1, "adaptive")],
  [straightThroughGumbelSoftmax({ tau }), (theta, _, g, noise) => reference.throughNoise(theta, noise(""), g, tau)],
  [
    gumbelRao({ tau, draws: 5 }),
    (theta, d, g, noise) => {
      const all = [0, 1, 2, 3, 4].map((k) => noise(`conditional ${k}`).map((each) => Math.exp(-each)));
      // Logistic noise l is that of E_1 = exp(-l), E_2 = 1 for the drawn one and the other.
      const each = theta.length === 2 ? all.map((E) => (d === 0 ? [E[0], 1] : [1, E[0]])) : all;
      return reference.gumbelRao(theta, d, each, g, tau);
    },
  ],
  [gumbelSoftmax({ tau }), undefined],
  [decoupledGumbelSoftmax({ forward: 0.4, backward: 1.2 }), undefined],
];

/** By the reference, from the draws and the noise of the key. */
function naively(rule: Rule): { bits: number[]; topics: number[] } {
  const total = { bits: new Array(sizes.bits).fill(0), topics: new Array(sizes.topics).fill(0) };
  step(() => {
    const factors = factorsOf({
      bits: new Bernoulli({ logits: parameter([ROWS, V], logits.bits) }),
      topics: new OneHotCategorical({ logits: parameter([ROWS, 2, K], logits.topics) }),
    });
    const source = new Keyed(root, 0);
    for (const factor of factors) {
      const [name, isBits] = [factor.name as "bits" | "topics", factor.name === "bits"];
      const [f, width, cols] = isBits ? [ofBits, V, 1] : [ofTopics, 2 * K, K];
      const draws = source.sample(factor, SAMPLES).toArray();
      for (let at = 0; at < draws.length; at += cols) {
        const row = Math.floor(at / width) * width;
        const slopes = f.gradient([...draws.subarray(row, row + width)]).slice(at - row, at - row + cols);
        const own = [...draws.subarray(at, at + cols)];
        const theta = [...logits[name].subarray(at % factor.size, (at % factor.size) + cols)];
        const noise = (stream: string): number[] => {
          const all = source.noise(factor, isBits ? "logistic" : "gumbel", stream, SAMPLES);
          return isBits ? [all[at], 0] : [...all.subarray(at, at + cols)];
        };
        const g = isBits
          ? rule([theta[0], 0], 1 - own[0], [slopes[0], 0], noise)
          : rule(theta, own.indexOf(1), slopes, noise);
        for (let i = 0; i < cols; i++) total[name][(at % factor.size) + i] += g[i] / SAMPLES;
      }
    }
  });
  return total;
}

describe.each(estimators)("$name", (estimator, rule) => {
  test.runIf(rule)("of several factors, rows and samples: the gradient of the reference", () => {
    const [library, naive] = [run(estimator), naively(rule as Rule)];
    for (const name of ["bits", "topics"] as const)
      expect(norm(naive[name].map((x, i) => x - library[name][i])) / norm(naive[name])).toBeLessThan(1e-6);
  });

  test("has the value of any other estimator, to the bit", () => {
    expect(run(estimator).value).toEqual(run(straightThrough()).value);
  });

  test("has the same gradients, to the bit, however the rows are split", () => {
    const whole = run(estimator);
    for (const cut of [1, 3, 4]) {
      const parts = [run(estimator, 0, cut), run(estimator, cut)];
      for (const name of ["value", "bits", "topics"] as const)
        expect([...parts[0][name], ...parts[1][name]]).toEqual([...whole[name]]);
    }
  });

  test("has finite gradients for logits of any size, and none for an absent category", () => {
    const extreme = {
      bits: logits.bits.map((x, i) => (i % 3 === 0 ? 1e4 : i % 3 === 1 ? -1e4 : 60 * x)),
      topics: logits.topics.map((x, i) => (i % 4 === 3 ? -Infinity : i % 4 === 1 ? 300 * x : x)),
    };
    const { bits, topics } = run(estimator, 0, ROWS, extreme);
    expect([...bits, ...topics].every(Number.isFinite)).toBe(true);
    expect(topics.filter((_, i) => i % 4 === 3).every((x) => x === 0)).toBe(true);
  });
});

test.each([gumbelSoftmax, straightThroughGumbelSoftmax, gumbelRao, straightThrough, reinMax, gappedStraightThrough])(
  "finite gradients at any temperature: %o",
  (make) => {
    for (const tau of [1e-320, 1e-45, 1e-39, 1e-20, 1e-3, 1e3, 1e300]) {
      const { bits, topics } = run(make({ tau }));
      expect([...bits, ...topics].every(Number.isFinite)).toBe(true);
    }
  },
);

test.each(["adaptive", 1] as const)(
  "a gap of %s for a draw that hardly ever is, and for a category without others",
  (gap) => {
    const setting = (theta: Row) => ({ ...oneHots([theta]), cost: new Polynomial(theta.length, 3, 2).cost as never });
    const estimator = gappedStraightThrough({ gap });
    const rare = { weight: 1, draws: [[0, 1, 0]] };
    const theta = [0, -110, 1];
    const slopes = new Polynomial(3, 3, 2).gradient([0, 1, 0]);
    const [first] = gradientsOfCases({ ...setting(theta), estimator }, [rare]);
    const naive = reference.gapped(theta, 1, slopes, 1, gap);
    expect(norm(naive.map((x, i) => x - first[i]))).toBeLessThan(1e-6);
    expect([...gradientsOfCases({ ...setting([0.5]), estimator }, [{ weight: 1, draws: [[1]] }])[0]]).toEqual([0]);
    const bit = { ...binary([-110]), cost: new Polynomial(1, 3, 2).cost as never, estimator };
    const [slope] = new Polynomial(1, 3, 2).gradient([1]);
    const [toBit] = gradientsOfCases(bit, [{ weight: 1, draws: [[1]] }]);
    expect(Math.abs(toBit[0] - reference.gapped([-110, 0], 0, [slope, 0], 1, gap)[0])).toBeLessThan(1e-6);
  },
);

test("the adaptive gap is the mean distance of the perturbed logit of the category drawn to the next", () => {
  const theta = [0.4, -0.7, 0.9];
  const noise = gumbel(key(5), 3 * 200000);
  const [sums, counts] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let i = 0; i < noise.length; i += 3) {
    const z = theta.map((t, k) => t + noise[i + k]);
    const d = z.indexOf(Math.max(...z));
    sums[d] += z[d] - Math.max(...z.filter((_, k) => k !== d));
    counts[d]++;
  }
  // A standard error of at most 0.007 in 28 000 draws or more: five of them.
  for (const [d, p] of reference.softmax(theta).entries())
    expect(Math.abs(sums[d] / counts[d] + Math.log(1 - p) / p)).toBeLessThan(0.035);
});

describe("refuse", () => {
  const law = (): Bernoulli => new Bernoulli({ logits: parameter([2], [0, 1]) });
  const flat = (z: Tensor): Tensor => sum(reshape(z, [z.shape[0], z.size / z.shape[0]]), { axis: -1 });

  test.each(estimators)("a black box and a distribution of indices: %o", (estimator) => {
    step(() => {
      expect(() =>
        estimate(
          law(),
          blackBox(() => 1),
          { key: root, estimator },
        ),
      ).toThrow(/needs no derivative of the cost, which is a black box/);
      const index = new Categorical({ logits: parameter([3], [0, 1, 2]) });
      expect(() => estimate(index, flat, { key: root, estimator })).toThrow(/Bernoulli or OneHotCategorical/);
    });
  });

  const bad: readonly (readonly [make: (options: never) => Estimator, options: object, argument: RegExp])[] = [
    ...[
      gumbelSoftmax,
      straightThroughGumbelSoftmax,
      gumbelRao,
      straightThrough,
      reinMax,
      gappedStraightThrough,
    ].flatMap((make) => [
      ...[0, -1, NaN, Infinity, "1", null].map((tau) => [make, { tau }, /tau/] as const),
      [make, { temperature: 1 }, /temperature/] as const,
      [make, 0.5 as never, /options/] as const,
    ]),
    ...[0, 1.5, -2, NaN, "3"].map((draws) => [gumbelRao, { draws }, /draws/] as const),
    ...[-1, NaN, Infinity, "adaptively", null].map((gap) => [gappedStraightThrough, { gap }, /gap/] as const),
    ...["forward", "backward"].map((name) => [decoupledGumbelSoftmax, { [name]: 0 }, new RegExp(name)] as const),
  ];

  test.each(bad)("%o of %o", (make, options, argument) => {
    expect(() => make(options as never)).toThrow(ArgumentError);
    expect(() => make(options as never)).toThrow(argument);
  });
});
