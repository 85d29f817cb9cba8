// Sums are exact: against big integers, for any order and any parts.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExactSum, exactly, minus, ratio, rounded, totalOf } from "../../bindings/inference/expectation/exact-sum.ts";
import { Moments } from "../../bindings/inference/index.ts";
import { mulberry32 } from "../reference/statistics.ts";

/** In units of 2^-360, from the decimal digits of the number in base 2: nothing is shared with the library. */
function unitsOf(x: number): bigint {
  const [whole, part = ""] = Math.abs(x).toString(2).split(".") as [string, string?];
  const size = BigInt(`0b${whole}`) * 2n ** 360n + BigInt(`0b${part.padEnd(360, "0").slice(0, 360)}`);
  return x < 0 ? -size : size;
}

const f32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const f64 = fc.double({ noNaN: true, min: -(2 ** 299), max: 2 ** 299 }).map((x) => (Math.abs(x) < 2 ** -299 ? 0 : x));

describe("an exact sum", () => {
  test("is that of big integers, carried at any time", () => {
    fc.assert(
      fc.property(fc.array(f64, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (xs, full) => {
        const sum = new ExactSum(full);
        for (const x of xs) sum.add(x);
        expect(sum.total).toBe(xs.reduce((total, x) => total + unitsOf(x), 0n));
        expect(totalOf("state", sum.state)).toBe(sum.total);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test("holds 2^26 of the widest numbers of one exponent", () => {
    // The bin of what is next to a power of two: twice 2^25 of them without a carry.
    const x = 2 - 2 ** -52;
    const sum = new ExactSum();
    for (let i = 0; i < 2 ** 26; i++) sum.add(x);
    sum.add(-x);
    expect(sum.total).toBe((2n ** 26n - 1n) * unitsOf(x));
  });

  test("refuses what would be rounded", () => {
    for (const x of [Number.NaN, Infinity, 2 ** 301, 2 ** -301])
      expect(() => new ExactSum().add(x)).toThrow("0, or a number of a size between 2^-300 and 2^300");
  });
});

describe("rational arithmetic", () => {
  test("rounds once, to nearest and even", () => {
    fc.assert(
      fc.property(f64, (x) => void expect(rounded(exactly(x))).toBe(x === 0 ? 0 : x)),
      { seed: 8, numRuns: 500 },
    );
    const halves = [2n ** 53n + 1n, 2n ** 53n + 3n, 2n ** 54n + 2n, 2n ** 54n + 6n, 2n ** 80n + 2n ** 27n, 1n, 3n];
    for (const over of halves)
      for (const more of [0n, 1n, -1n])
        for (const sign of [1n, -1n]) {
          // Number(bigint) rounds to nearest and even; with 2^200 below, the remainder counts as well.
          const whole = sign * (over * 2n ** 200n + more);
          expect(rounded(ratio(whole, 2n ** 200n))).toBe(Number(whole) / 2 ** 200);
        }
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 2 ** 52 }), (a, b) => {
        expect(rounded(ratio(BigInt(a), BigInt(b)))).toBe(a / b + 0); // division of floats rounds once too
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});

describe("moments", () => {
  const parts = (state: ReturnType<typeof mulberry32>, n: number) =>
    Array.from({ length: n }, () => Math.fround((state() / 2 ** 32 - 0.5) * 2 ** ((state() % 250) - 125)));

  test("are the same bits for any order and any parts", () => {
    const random = mulberry32(3);
    const [fs, gs] = [parts(random, 300), parts(random, 300)];
    const all = new Moments();
    fs.forEach((f, i) => void all.add(f, gs[i]));
    const order = fs.map((_, i) => i).sort((i, j) => ((i * 7919) % 300) - ((j * 7919) % 300));
    const some = [new Moments(), new Moments(), new Moments()];
    order.forEach((i) => void some[(i * i) % 3]?.add(fs[i] as number, gs[i]));
    const merged = new Moments();
    for (const each of some.reverse()) merged.merge(JSON.parse(JSON.stringify(each.state)));
    expect(merged.state).toEqual(all.state);
    expect(merged.result(0.75, 2)).toEqual(all.result(0.75, 2));
    expect(merged.coefficient).toBe(all.coefficient);
  });

  test("give mean, standard error and coefficient, to rounding", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(f32, f32), { minLength: 2, maxLength: 20 }), fc.boolean(), (given, paired) => {
        const pairs = given.map(([f, g]) => [Math.fround(f % 8), Math.fround(g % 8)] as const);
        if (paired && pairs.length < 4) return;
        const moments = new Moments(paired ? 2 : 1);
        const units: [number, number][] = [];
        for (let i = 0; i + (paired ? 1 : 0) < pairs.length; i += paired ? 2 : 1) {
          const [[f, g], [f2, g2]] = [pairs[i] as readonly [number, number], pairs[i + 1] ?? [0, 0]];
          if (paired) moments.addPair(f, f2, g, g2);
          else moments.add(f, g);
          units.push(paired ? [(f + f2) / 2, (g + g2) / 2] : [f, g]);
        }
        const n = units.length;
        const [mean, meanG] = [0, 1].map((k) => units.reduce((sum, unit) => sum + (unit[k] as number), 0) / n);
        const across = (a: 0 | 1, b: 0 | 1, m = [mean, meanG] as number[]): number =>
          units.reduce((sum, u) => sum + (u[a] - (m[a] as number)) * (u[b] - (m[b] as number)), 0);
        const { value, standardError } = moments.result(0.5, 3);
        expect(value).toBeCloseTo((mean as number) - 0.5 * ((meanG as number) - 3), 12);
        const spread = across(0, 0) - across(0, 1) + 0.25 * across(1, 1);
        expect(standardError ** 2).toBeCloseTo(spread / (n - 1) / n, 10);
        if (across(1, 1) > 1e-3)
          expect(moments.coefficient / (across(0, 1) / across(1, 1) || 1)).toBeCloseTo(across(0, 1) === 0 ? 0 : 1, 6);
      }),
      { seed: 10, numRuns: 300 },
    );
  });

  test("lose nothing where the mean is large beside the spread", () => {
    const moments = new Moments();
    for (let i = 0; i < 1000; i++) moments.add(2 ** 24 - (i % 2));
    expect(moments.result().value).toBe(2 ** 24 - 0.5);
    expect(moments.result().standardError).toBe(Math.sqrt(250 / 999 / 1000));
  });

  test("refuse states that are none, and are as they were", () => {
    const moments = new Moments();
    moments.add(1.5);
    const { state } = moments;
    const wrong = { ...state.sums, gg: "1.5" };
    for (const [given, message] of [
      [{ ...state, version: 2 }, "state.version"],
      [{ ...state, each: 2 }, "state.each"],
      [{ ...state, units: -1 }, "state.units"],
      [{ ...state, sums: wrong }, "state.sums.gg"],
      [{ ...state, sums: undefined }, "state.sums.f"],
    ] as const) {
      expect(() => moments.merge(given as never)).toThrow(message);
      expect(moments.state).toEqual(state);
    }
    expect(() => moments.result()).toThrow("units");
  });

  test("a difference of equals is nothing", () => expect(rounded(minus(exactly(0.1), exactly(0.1)))).toBe(0));
});
