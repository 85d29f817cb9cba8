import { categorical, conditionalGumbel, gumbel, type Key, key, normal, uniform } from "reparam";
import { describe, expect, test } from "vitest";
import { cdf } from "../reference/statistics.ts";
import type { DiscreteLaw } from "./case.ts";
import { repeat } from "./groups/categorical.ts";
import { LOGITS, perturbedTests } from "./groups/conditional.ts";
import { countTails, DEPTHS, drawsOf, TAILS, type Tail, tailTests } from "./groups/tails.ts";
import { hasPassed } from "./outcome.ts";
import { lawTests, moments } from "./samplers.ts";

/** What test:statistics is for: samplers that are a little wrong. Each is caught, and the right one beside it is not. */

const allPass = (outcomes: readonly Parameters<typeof hasPassed>[0][]): boolean => outcomes.every(hasPassed);

describe("a continuous sampler", () => {
  const scaled =
    (scale: number, shift = 0) =>
    (key: Key, n: number): Float32Array =>
      normal(key, n).map((z) => z * scale + shift);
  const law = { kind: "continuous", cdf: cdf.normal } as const;
  const exact = { name: "wrong normal", law, mean: 0, variance: 1, fourthCentralMoment: 3 } as const;

  test("with a scale that is 3 % off has another law", () => {
    expect(allPass(lawTests({ ...exact, draws: scaled(1) }))).toBe(true);
    expect(allPass(lawTests({ ...exact, draws: scaled(1.03) }))).toBe(false);
  });

  test("with a mean off by 0.003, or a scale by 0.2 %, has other moments", () => {
    const passed = (draws: (key: Key, n: number) => Float32Array): boolean[] =>
      moments({ ...exact, draws }, 4e6).map(hasPassed);
    expect(passed(scaled(1))).toEqual([true, true]);
    expect(passed(scaled(1, 0.003))).toEqual([false, true]);
    expect(passed(scaled(1.002))).toEqual([true, false]);
  });
});

describe("a discrete sampler", () => {
  /** Failures before the first success. */
  const geometric = (p: number): DiscreteLaw => ({
    kind: "discrete",
    pmf: (k) => (k < 0 ? 0 : p * (1 - p) ** k),
    from: 0,
    to: 60,
  });
  const draws =
    (p: number, first = 0) =>
    (key: Key, n: number): Float32Array =>
      uniform(key, n).map((u) => first + Math.floor(Math.log(u) / Math.log1p(-p)));
  const passes = (sampler: (key: Key, n: number) => Float32Array): boolean =>
    allPass(lawTests({ name: "wrong geometric", law: geometric(0.3), draws: sampler }));

  test("of the wrong chance, or that counts from 1, has another law", () => {
    expect(passes(draws(0.3))).toBe(true);
    expect(passes(draws(0.303))).toBe(false);
    expect(passes(draws(0.3, 1))).toBe(false);
  });

  test("that gives one value outside the support fails, and one that is no integer is an error", () => {
    const right = draws(0.3);
    const withOne = (value: number) => (key: Key, n: number) => right(key, n).fill(value, 17, 18);
    expect(passes(withOne(-1))).toBe(false);
    expect(() => passes(withOne(0.5))).toThrow("integers");
    expect(() => passes(withOne(Number.NaN))).toThrow("integers");
  });
});

describe("Gumbels given their argmax", () => {
  const rows = 200_000;
  const logits = repeat(LOGITS, rows);
  const cols = LOGITS.length;
  const given = (index: Int32Array): boolean =>
    allPass(perturbedTests("", conditionalGumbel(key(1), logits, { cols, index })));

  test("of another key have the law of all; of the same key, or of other logits, they have not", () => {
    expect(given(categorical(key(2), logits, { cols }))).toBe(true);
    expect(given(categorical(key(1), logits, { cols }))).toBe(false);
    expect(
      given(
        categorical(
          key(2),
          repeat(
            LOGITS.map((x, i) => x + (i ? 0.05 : 0)),
            rows,
          ),
          { cols },
        ),
      ),
    ).toBe(false);
  });
});

describe("noise of 24 bits", () => {
  const tail = TAILS.find(({ family, side }) => family === "gumbel" && side === "above") as Tail;

  test("ends before the deepest tail, which expects 32 draws", () => {
    // Each of the 2^24 values 2^30 / 2^24 times: no sample of that generator could be more even.
    const draws = drawsOf("gumbel");
    const each = draws / 2 ** 24;
    const values = Float32Array.from({ length: 2 ** 16 }, (_, i) => -Math.log(-Math.log1p(-(i + 0.5) / 2 ** 24)));
    const counts = countTails([tail], values).map((count) => count * each);
    const failed = tailTests(tail, counts, draws).map((outcome) => !hasPassed(outcome));
    expect(failed).toEqual(DEPTHS.map((k) => k === 25));
  });

  test("the library's does not: its tail in a sample of 2^24 is where it should be", () => {
    const n = 2 ** 24;
    expect(allPass(tailTests(tail, countTails([tail], gumbel({ hi: 1, lo: 2 }, n)), n))).toBe(true);
  });
});
