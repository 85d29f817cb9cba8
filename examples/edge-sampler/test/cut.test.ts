import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keepCount, keepShare } from "../src/cut.ts";
import { leading } from "./reference.ts";

/** The numbers of the elements that a cut left, which must be as many as it said and unchanged. */
function kept(values: readonly number[], cut: (floats: Float32Array) => number): number[] {
  const floats = Float32Array.from(values);
  const count = cut(floats);
  const left = [...floats.keys()].filter((i) => floats[i] > -Infinity);
  expect(left.length).toBe(count);
  for (const i of left) expect(floats[i]).toBe(Math.fround(values[i]));
  return left;
}

const byCount = (values: readonly number[], count: number): number[] =>
  kept(values, (floats) => keepCount(floats, count));

const byShare = (values: readonly number[], weights: readonly number[], share: number): number[] =>
  kept(values, (floats) => keepShare(floats, Float32Array.from(weights), share));

/** Any float but NaN, +Infinity and -0; few distinct ones as often as many, because ties are where it goes wrong. */
const value = fc.oneof(
  fc.float({ noNaN: true, max: Math.fround(3e38) }).map((x) => x + 0),
  fc.constantFrom(-Infinity, -1, 0, 1, 1 + 2 ** -23, 1 + 2 ** -7, 2 ** -149, -(2 ** -149)),
);

describe("the leading elements are those of a full sort", () => {
  test("by count", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 70 }), (values, k) => {
        expect(byCount(values, k)).toEqual(leading(values.map(Math.fround), k));
      }),
      { numRuns: 2000 },
    );
  });

  test("by share of weight: of whole numbers, whose sums are exact in any order", () => {
    const pairs = fc.array(fc.tuple(value, fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 60 });
    const share = fc.oneof(fc.double({ min: 2 ** -40, max: 1, noNaN: true }), fc.constantFrom(0.25, 0.5, 0.75, 1));
    fc.assert(
      fc.property(pairs, share, (each, share) => {
        const values = each.map(([x]) => Math.fround(x));
        const weights = each.map(([x, weight]) => (x === -Infinity ? 0 : weight));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        expect(byShare(values, weights, share)).toEqual(leading(values, share * total, weights));
      }),
      { numRuns: 3000 },
    );
  });
});

test("of equal values the first are kept", () => {
  expect(byCount([2, 3, 2, 2, 3], 3)).toEqual([0, 1, 4]);
  expect(byShare([5, 5, 5, 5], [1, 1, 1, 1], 0.5)).toEqual([0, 1]);
});

test("of 151 936 equal values too, and of as many that differ in the last bit", () => {
  expect(byCount(new Array(151936).fill(1.5), 3)).toEqual([0, 1, 2]);
  const neighbours = new Float32Array(new Uint32Array(151936).map((_, i) => 0x3f800000 + i).buffer);
  expect(byCount([...neighbours], 2)).toEqual([151934, 151935]);
});

test("a count out of reach keeps all but -Infinity, a share too small for a product keeps one", () => {
  expect(byCount([1, -Infinity, -3e38, 2], 1e9)).toEqual([0, 2, 3]);
  expect(byCount([-Infinity, -Infinity], 1)).toEqual([]);
  expect(byShare([1, 3, 2], [0.2, 0.5, 0.3], Number.MIN_VALUE)).toEqual([1]);
});

test("a run that reaches the share exactly ends there", () => {
  expect(byShare([3, 2, 1], [0.5, 0.25, 0.25], 0.75)).toEqual([0, 1]);
  expect(byShare([3, 2, 1], [0.5, 0.25, 0.25], 0.7500001)).toEqual([0, 1, 2]);
});
