import { describe, expect, test } from "vitest";
import { expOf, largestOf, logOf, logSumOf } from "../../bindings/inference/exact/log-space.ts";
import { uniforms } from "../reference/exact.ts";

const random = uniforms(5);

describe("exp and log by arithmetic alone", () => {
  test("exp is within 4e-16 of the host's, from 0 to the smallest normal double", () => {
    for (let i = 0; i < 20_000; i++) {
      const x = -708 * random() ** 2;
      expect(Math.abs(expOf(x) / Math.exp(x) - 1)).toBeLessThan(4e-16);
    }
    for (const x of [0, -0.34657359027997264, -0.3465735902799727, 1e-13, -1e-300])
      expect(expOf(x)).toBeCloseTo(Math.exp(x), 15);
  });

  test("exp ends where a double does, and keeps NaN", () => {
    expect([expOf(0), expOf(-Infinity), expOf(-746), expOf(Number.NaN)]).toEqual([1, 0, 0, Number.NaN]);
    expect(expOf(-740)).toBeGreaterThan(0);
    // Down to the last of the range, where the power of 2 is itself below the smallest double.
    for (let x = -746; x <= -744; x += 1 / 128) expect(Math.abs(expOf(x) - Math.exp(x))).toBeLessThan(1e-323);
  });

  test("log is within 4e-16 of the host's, relative or absolute", () => {
    for (let i = 0; i < 20_000; i++) {
      const x = 1 + random() * 10 ** (9 * random());
      const exact = Math.log(x);
      expect(Math.abs(logOf(x) - exact) / Math.max(1, exact)).toBeLessThan(4e-16);
    }
    expect(logOf(1)).toBe(0);
    expect(logOf(1 + 2 ** -30)).toBeCloseTo(Math.log1p(2 ** -30), 24);
  });

  test("sums, and those of nothing but -Infinity", () => {
    const values = Float64Array.of(9, -1000, -1001, -Infinity, 9);
    expect(logSumOf(values, 1, 3)).toBeCloseTo(-1000 + Math.log(1 + Math.exp(-1)), 12);
    expect(logSumOf(Float64Array.of(-Infinity, -Infinity), 0, 2)).toBe(-Infinity);
    expect(largestOf(Float64Array.of(1, 3, 3), 0, 3)).toBe(1);
    expect(largestOf(Float64Array.of(1, 3, 3), 0, 3, Float32Array.of(0, 5, 0, 1), 1)).toBe(0);
  });
});
