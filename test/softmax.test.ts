import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logSoftmax, logSumExp, softmax } from "../bindings/index.ts";
import { maxError } from "./bounds.ts";
import { onEveryBuild } from "./builds.ts";
import * as oracle from "./reference/relax.ts";
import { mulberry32 } from "./reference/statistics.ts";

type Tau = number | Float32Array;

const relative = maxError("softmax", "softmaxForward", "relative where y > 1e-30, cols <= 200000, |x| <= 1e4");
const ofLogSoftmax = maxError("softmax", "logSoftmaxForward", "* max(1, |y|), cols <= 200000, |x| <= 1e4");
const ofLogSumExp = maxError("softmax", "logSumExpForward", "* max(1, |y|), cols <= 200000, |x| <= 1e4");
const FLOOR = 1e-30;

/** Compares element by element; the first that is off by more than `allowed` fails, and so does any NaN. */
function expectClose(actual: Float32Array, exact: Float64Array, allowed: (y: number) => number, what: string): void {
  expect(actual).toHaveLength(exact.length);
  for (let i = 0; i < exact.length; i++) {
    const [got, want] = [actual[i] as number, exact[i] as number];
    if (!(got === want || Math.abs(got - want) <= allowed(want)))
      expect.fail(`${what}, element ${i}: ${got}, exactly ${want}`);
  }
}

/** All three functions against the oracle, and what holds without one. */
function expectOracle(logits: Float32Array, cols: number, tau: Tau): void {
  const what = `cols ${cols}, tau ${tau}`;
  const y = softmax(logits, { cols, tau });
  // Below the floor a result may be off by more, but not by more than the floor.
  const ofSoftmax = (p: number): number => relative * Math.max(p, FLOOR);
  expectClose(y, oracle.rows(logits, cols, tau, oracle.softmax), ofSoftmax, `softmax, ${what}`);
  const log = logSoftmax(logits, { cols, tau });
  const ofLog = (bound: number) => (v: number) => bound * Math.max(1, Math.abs(v));
  expectClose(log, oracle.rows(logits, cols, tau, oracle.logSoftmax), ofLog(ofLogSoftmax), `logSoftmax, ${what}`);
  const total = logSumExp(logits, { cols, tau });
  expectClose(total, oracle.rows(logits, cols, tau, oracle.logSumExp), ofLog(ofLogSumExp), `logSumExp, ${what}`);
  logits.forEach((x, i) => {
    if (x === Number.NEGATIVE_INFINITY && (y[i] !== 0 || log[i] !== x)) expect.fail(`absent category ${i}: ${y[i]}`);
  });
}

/** Logits in (-size, size), some absent when asked for, never a whole row. */
function logitsOf(seed: number, rows: number, cols: number, size: number, absent = false): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length: rows * cols }, (_, i) => {
    const x = (random() / 2 ** 31 - 1) * size;
    return absent && i % cols > 0 && random() % 3 === 0 ? Number.NEGATIVE_INFINITY : x;
  });
}

onEveryBuild("softmax, logSoftmax and logSumExp", () => {
  test("are the oracle's for 1 to 40 categories, logits up to 1e4, absent categories and one temperature", () => {
    for (let cols = 1; cols <= 40; cols++)
      for (const [size, tau] of [
        [3, 1],
        [100, 0.5],
        [1e4, 100],
        [1e4, 0.01],
      ] as const)
        for (const absent of [false, true]) expectOracle(logitsOf(cols, 5, cols, size, absent), cols, tau);
  });

  test("are the oracle's with a temperature for each row, from 0.01 to 100", () => {
    for (const cols of [1, 3, 4, 10, 33]) {
      const random = mulberry32(cols);
      const tau = Float32Array.from({ length: 20 }, () => 10 ** ((random() / 2 ** 32) * 4 - 2));
      expectOracle(logitsOf(cols, 20, cols, 20, true), cols, tau);
      expect(softmax(logitsOf(1, 20, cols, 5), { cols, tau: Array.from(tau) })).toEqual(
        softmax(logitsOf(1, 20, cols, 5), { cols, tau }),
      );
    }
  });

  test("are the oracle's for rows of 1000", () => {
    for (const tau of [0.1, 1, 30]) expectOracle(logitsOf(1, 4, 1000, 50, true), 1000, tau);
  });

  test("are the sums of float64 for a row of 200 000", () => {
    const [cols, tau] = [200_000, 500];
    const logits = logitsOf(2, 1, cols, 1e4);
    const terms = Float64Array.from(logits, (x) => Math.exp((x - 1e4) / tau));
    const total = terms.reduce((a, b) => a + b, 0); // float64: 200 000 roundings cost less than 1e-10
    const log = Math.log(total) + 1e4 / tau;
    expectClose(
      softmax(logits, { tau }),
      Float64Array.from(terms, (t) => t / total),
      (p) => relative * p,
      "softmax",
    );
    expectClose(logSumExp(logits, { tau }), Float64Array.of(log), (v) => ofLogSumExp * Math.abs(v), "logSumExp");
    const exact = Float64Array.from(logits, (x) => x / tau - log);
    expectClose(logSoftmax(logits, { tau }), exact, (v) => ofLogSoftmax * Math.max(1, Math.abs(v)), "logSoftmax");
  });

  test("lose nothing in a sum of 200 000 equal terms", () => {
    const cols = 200_000;
    for (const x of [0, -1e4, 1e4]) {
      const logits = new Float32Array(cols).fill(x);
      const equal = (value: number): Float64Array => new Float64Array(cols).fill(value);
      expectClose(softmax(logits), equal(1 / cols), (p) => relative * p, "softmax");
      expectClose(logSoftmax(logits), equal(-Math.log(cols)), (v) => ofLogSoftmax * Math.abs(v), "logSoftmax");
      const exact = x + Math.log(cols);
      expect(Math.abs((logSumExp(logits)[0] as number) - exact)).toBeLessThanOrEqual(ofLogSumExp * Math.abs(exact));
    }
  });

  test("at any extreme temperature are the limits: equal shares when hot, the largest logits alone when cold", () => {
    const logits = Float32Array.of(1, 2, 2, -1e4, 1e-3, Number.NEGATIVE_INFINITY);
    const fifth = Math.fround(1 / 5);
    expectClose(
      softmax(logits, { tau: 1e30 }),
      Float64Array.of(fifth, fifth, fifth, fifth, fifth, 0),
      (p) => relative * p,
      "hot",
    );
    expect(Array.from(softmax(logits, { tau: 1e-30 }))).toEqual([0, 0.5, 0.5, 0, 0, 0]);
    expectClose(
      logSoftmax(logits, { tau: 1e-30 }),
      oracle.rows(logits, 6, 1e-30, oracle.logSoftmax),
      (v) => ofLogSoftmax * Math.abs(v),
      "cold",
    );
    expect(logSumExp(logits, { tau: 1e-30 })[0]).toBe(Math.fround(2e30));
    expect(logSumExp(logits, { tau: 1e30 })[0]).toBeCloseTo(Math.log(5), 6);
    for (const tau of [1e40, 1e46, Number.MAX_VALUE]) {
      expect(softmax([1, 5, Number.NEGATIVE_INFINITY], { tau })).toEqual(Float32Array.of(0.5, 0.5, 0));
      expect(logSumExp([1, 5, Number.NEGATIVE_INFINITY], { tau })[0]).toBe(Math.fround(Math.LN2));
    }
  });

  test("stay within their bounds on both sides of where the reduction of the argument changes", () => {
    for (const tau of [1.01e-30, 1e-29, 0.37, 1, 41, 1e29, 0.99e30])
      for (const edge of [-512, 512])
        for (const factor of [0.3, 1 - 1e-5, 1 - 1e-7, 1, 1 + 1e-5, 1.5])
          for (const cols of [7, 50]) {
            const best = edge * factor * tau * Math.LN2;
            const terms = logitsOf(edge + cols, 4, cols, 60).map((d, i) => best - (i % cols ? Math.abs(d) : 0) * tau);
            if (terms.every(Number.isFinite)) expectOracle(terms, cols, tau);
          }
  });

  test("give no NaN at the smallest temperatures there are, whose reciprocals are no numbers", () => {
    const logits = Float32Array.of(1, 2, 2, Number.NEGATIVE_INFINITY);
    for (const tau of [Number.MIN_VALUE, 1e-310, 1e-40]) {
      expect(Array.from(softmax(logits, { tau }))).toEqual([0, 0.5, 0.5, 0]);
      const log = Array.from(logSoftmax(logits, { tau }));
      expect(log.slice(1)).toEqual([...Array(2).fill(Math.fround(-Math.LN2)), Number.NEGATIVE_INFINITY]);
      expect(logSumExp(new Float32Array(2), { tau })[0]).toBe(Math.fround(Math.LN2));
    }
  });

  test("logSoftmax and logSumExp divide by the given temperature however small, and overflow only where they have to", () => {
    for (const tau of [1e-35, 1e-36, 1e-37, 1e-38, 1e-40, Number.MIN_VALUE]) {
      const steep = Math.fround(-1 / tau);
      expect(Array.from(logSoftmax([1, 2], { tau }))).toEqual([steep, 0]);
      expect(Array.from(logSumExp([0, 1], { tau }))).toEqual([-steep]);
    }
  });

  test("take a temperature in an array of numbers as the same number alone, not rounded to float32", () => {
    const logits = Float32Array.of(300.5, 299.75, -12);
    for (const f of [softmax, logSoftmax, logSumExp]) {
      expect(f(logits, { tau: [0.1] })).toEqual(f(logits, { tau: 0.1 }));
      expect(f(logits, { tau: Float64Array.of(0.1) })).toEqual(f(logits, { tau: 0.1 }));
    }
  });

  test("sum to 1 and are moved by no constant", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 60 }), (seed, cols) => {
        const logits = logitsOf(seed, 1, cols, 8).map((x) => Math.round(x * 2 ** 10) / 2 ** 10);
        const y = softmax(logits);
        expect(Math.abs(y.reduce((a, b) => a + b, 0) - 1)).toBeLessThanOrEqual(relative);
        const moved = softmax(logits.map((x) => x + 64)); // exact in float32
        expectClose(moved, Float64Array.from(y), (p) => 2 * relative * Math.max(p, FLOOR), "moved by 64");
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  test("treat each row as if it were alone", () => {
    const [rows, cols] = [7, 13];
    const logits = logitsOf(4, rows, cols, 10, true);
    const tau = Float32Array.from({ length: rows }, (_, r) => 0.3 + r);
    for (const f of [softmax, logSoftmax, logSumExp]) {
      const width = f === logSumExp ? 1 : cols;
      const together = f(logits, { cols, tau });
      for (let r = 0; r < rows; r++)
        expect(together.subarray(r * width, (r + 1) * width)).toEqual(
          f(logits.subarray(r * cols, (r + 1) * cols), { tau: tau[r] as number }),
        );
    }
  });

  test("fill `out` and nothing beside it, and leave the logits as they were", () => {
    const logits = logitsOf(6, 3, 5, 4);
    const before = logits.slice();
    for (const f of [softmax, logSoftmax, logSumExp]) {
      const expected = f(logits, { cols: 5 });
      const whole = new Float32Array(30).fill(7);
      const out = whole.subarray(3, 3 + expected.length);
      expect(f(logits, { cols: 5, out })).toBe(out);
      expect(out).toEqual(expected);
      expect(whole.filter((_, i) => i < 3 || i >= 3 + expected.length).every((x) => x === 7)).toBe(true);
    }
    expect(logits).toEqual(before);
  });
});

describe("softmax, logSoftmax and logSumExp", () => {
  test("take arrays of numbers and Float64Arrays as their float32 roundings", () => {
    const doubles = [0.1, -2.3, 1 / 3, Number.NEGATIVE_INFINITY, 7];
    for (const f of [softmax, logSoftmax, logSumExp]) {
      const expected = f(Float32Array.from(doubles), { tau: 0.7 });
      expect(f(doubles, { tau: 0.7 })).toEqual(expected);
      expect(f(Float64Array.from(doubles), { tau: 0.7 })).toEqual(expected);
    }
  });
});
