import { describe, expect, test } from "vitest";
import {
  Binomial,
  type Distribution,
  Geometric,
  klDivergence,
  NegativeBinomial,
  Poisson,
} from "../../bindings/distributions/index.ts";
import { step } from "../../bindings/graph/index.ts";
import { key } from "../../bindings/index.ts";
import { chiSquare, chiSquarePValue } from "../reference/statistics.ts";
import type { Setting, Univariate } from "./case.ts";
import { binomial } from "./univariate/binomial.ts";
import { geometric } from "./univariate/geometric.ts";
import { negativeBinomial } from "./univariate/negative-binomial.ts";
import { poisson } from "./univariate/poisson.ts";

/** Keys are fixed; over keys, right laws would fail one of the 26 tests of laws here with probability 2.6e-5. */
const FALSE_ALARM = 1e-6;
const N = 100_000;

/** Neighbouring counts, put together until each cell expects 10 draws or more; the first and the last take the tails. */
function cells(family: Univariate, setting: Setting): { edges: number[]; expected: number[] } {
  const { from, to } = (family.counts as NonNullable<Univariate["counts"]>)(setting);
  const edges: number[] = [];
  const expected: number[] = [];
  let mass = 0;
  for (let k = from; k <= to; k++) {
    mass += N * Math.exp(family.logProb(k, setting));
    if (mass < Math.max(10, N / 200)) continue;
    edges.push(k);
    expected.push(mass);
    mass = 0;
  }
  edges[edges.length - 1] = Infinity;
  expected[expected.length - 1] = (expected.at(-1) as number) + mass;
  return { edges, expected };
}

function observed(drawn: Float32Array, edges: readonly number[]): number[] {
  const sorted = drawn.sort();
  let at = 0;
  return edges.map((edge) => {
    const first = at;
    while (at < sorted.length && (sorted[at] as number) <= edge) at++;
    return at - first;
  });
}

const draw = (make: () => Distribution, seed: number): Float32Array =>
  step(() =>
    make()
      .sample(key(seed), { shape: [N] })
      .toArray(),
  );

const SAMPLED: readonly (readonly [name: string, family: Univariate, settings: readonly Setting[]])[] = [
  ["Poisson", poisson, [0.1, 1, 9.99, 10, 37, 1000, 1e6].map((rate) => ({ rate }))],
  [
    "Binomial",
    binomial[0] as Univariate,
    // Means at both sides of the switch of algorithms, 10, from few and from many trials, and failures the rarer.
    [
      { totalCount: 5, logits: 0 },
      { totalCount: 20, logits: -0.01 },
      { totalCount: 20, logits: 0.01 },
      { totalCount: 21, logits: 0 },
      { totalCount: 1000, logits: -4.6 },
      { totalCount: 1000, logits: 4.59 },
      { totalCount: 1000, logits: 1 },
      { totalCount: 1_000_000, logits: -12 },
      { totalCount: 16_777_216, logits: 0.5 },
    ],
  ],
  ["Binomial", binomial[1] as Univariate, [{ totalCount: 100, probs: 0.25 }]],
  ["Geometric", geometric[0] as Univariate, [-6, 0, 3].map((logits) => ({ logits }))],
  ["Geometric", geometric[1] as Univariate, [{ probs: 0.001 }]],
  [
    "NegativeBinomial",
    negativeBinomial[0] as Univariate,
    [
      { totalCount: 0.1, logits: 0 },
      { totalCount: 1, logits: 3 },
      { totalCount: 9.99, logits: 0 },
      { totalCount: 1000, logits: 1 },
      { totalCount: 1000, logits: 6.9 },
    ],
  ],
];

for (const [name, family, settings] of SAMPLED)
  test.each(settings.map((setting, i) => [setting, 100 + i] as const))(
    `1e5 draws of ${name} %j have its law (chi-square)`,
    (given, seed) => {
      const setting = Object.fromEntries(Object.entries(given).map(([parameter, x]) => [parameter, Math.fround(x)]));
      const { edges, expected } = cells(family, setting);
      const counts = observed(
        draw(() => family.make(setting), seed),
        edges,
      );
      const p = chiSquarePValue(chiSquare(counts, expected), expected.length - 1);
      expect(expected.length).toBeGreaterThan(1);
      expect(p).toBeGreaterThan(FALSE_ALARM);
    },
  );

describe("the ends", () => {
  const always = (make: () => Distribution, value: number): void =>
    expect(new Set(draw(make, 50))).toEqual(new Set([value]));

  test("what is certain is drawn always", () => {
    always(() => new Poisson({ rate: 0 }), 0);
    always(() => new Binomial({ totalCount: 7, probs: 0 }), 0);
    always(() => new Binomial({ totalCount: 7, probs: 1 }), 7);
    always(() => new Binomial({ totalCount: 7, logits: Infinity }), 7);
    always(() => new Binomial({ totalCount: 0, logits: 0 }), 0);
    always(() => new Geometric({ probs: 1 }), 0);
    always(() => new NegativeBinomial({ totalCount: 3, probs: 0 }), 0);
  });

  test("what is certain has log-probability 0, and finite gradients elsewhere", () => {
    const logs = step(() => [
      new Poisson({ rate: 0 }).logProb([0, 1]).toArray(),
      new Binomial({ totalCount: 2, probs: 1 }).logProb([2, 0]).toArray(),
      new Binomial({ totalCount: 2, logits: -Infinity }).logProb([0, 1]).toArray(),
      new Geometric({ probs: 1 }).logProb([0, 3]).toArray(),
      new NegativeBinomial({ totalCount: 2.5, probs: 0 }).logProb([0, 1]).toArray(),
    ]);
    for (const [certain, impossible] of logs) {
      expect(certain).toBeCloseTo(0, 12);
      expect(impossible).toBe(-Infinity);
    }
  });

  /** 50 off is 5 standard deviations, 6e-7; a three among 1e5 draws has probability 1.7e-5. */
  test("rare counts: 1e5 draws of rate 1e-3 have about 100 that are not 0, and no threes", () => {
    const drawn = draw(() => new Poisson({ rate: 1e-3 }), 51);
    const some = drawn.filter((x) => x > 0);
    expect(Math.abs(some.length - 100)).toBeLessThan(50);
    expect(Math.max(...some)).toBeLessThan(3);
  });

  test("heavy tails are rounded to floats, not infinite", () => {
    for (const make of [
      () => new Geometric({ logits: -100 }),
      () => new NegativeBinomial({ totalCount: 1, logits: 100 }),
    ]) {
      const drawn = draw(make, 52);
      expect(drawn.every((x) => Number.isInteger(x))).toBe(true);
      expect(Math.max(...drawn.slice(0, 1000))).toBeGreaterThan(1e30);
    }
  });

  test("counts that float32 cannot hold are refused with the parameter that asks for them", () => {
    expect(() => new Poisson({ rate: 1.7e7 })).toThrow("rate: expected a number from 0 to 16000000, got 17000000");
    expect(() => new Binomial({ totalCount: 2 ** 24 + 2, probs: 0.5 })).toThrow(
      "totalCount: expected an integer from 0 to 16777216, got 16777218",
    );
  });

  test("a list of outcomes needs one totalCount", () => {
    const several = () => new Binomial({ totalCount: [2, 3], probs: 0.5 });
    expect(several().hasEnumerateSupport).toBe(false);
    expect(() => step(() => several().enumerateSupport())).toThrow(
      "totalCount: expected a number, for one list of outcomes, got a shape [2]",
    );
  });
});

test("a divergence between counts of other trials has no closed form", () => {
  const call = () =>
    step(() =>
      klDivergence(new Binomial({ totalCount: 3, probs: 0.5 }), new Binomial({ totalCount: [3, 4], probs: 0.5 })),
    );
  expect(call).toThrow("q: expected a totalCount of 3, as p has, got 4");
});
