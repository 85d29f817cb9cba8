import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { categorical, gumbel, gumbelSoftmax, gumbelSoftmaxGrad, key } from "../bindings/index.ts";
import { maxError } from "./bounds.ts";
import { onEveryBuild } from "./builds.ts";
import * as oracle from "./reference/relax.ts";
import { mulberry32 } from "./reference/statistics.ts";

const relative = maxError("softmax", "softmaxForward", "relative where y > 1e-30");
const FLOOR = 1e-30;
const k = key(0x90b31);

/** Rows x cols numbers in (-size, size). */
function numbers(seed: number, length: number, size: number): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length }, () => (random() / 2 ** 31 - 1) * size);
}

/** logits + noise as the kernel adds them: in float32. The noise itself is the library's own, tested in noise.test.ts. */
function perturbed(logits: Float32Array, offset: number): Float32Array {
  return gumbel(k, logits.length, { offset }).map((g, i) => g + (logits[i] as number));
}

const shapes = fc.record({
  seed: fc.integer({ min: 0, max: 1e9 }),
  rows: fc.integer({ min: 1, max: 9 }),
  cols: fc.integer({ min: 1, max: 70 }),
  offset: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2 ** 53 - 1000 })),
  tau: fc.double({ min: 0.05, max: 20, noNaN: true }),
});

onEveryBuild("gumbelSoftmax", () => {
  test("is the oracle's softmax((logits + gumbel) / tau) of the same noise, for any shape and offset", () => {
    fc.assert(
      fc.property(shapes, ({ seed, rows, cols, offset, tau }) => {
        const logits = numbers(seed, rows * cols, 6);
        const y = gumbelSoftmax(k, logits, { cols, tau, offset });
        const exact = oracle.rows(perturbed(logits, offset), cols, tau, oracle.softmax);
        exact.forEach((p, i) => {
          expect(Math.abs((y[i] as number) - p)).toBeLessThanOrEqual(relative * Math.max(p, FLOOR));
        });
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  test("is the same for one long row across tiles of noise, with a temperature for each row and an absent category", () => {
    const [rows, cols, offset] = [3, 1111, 7];
    const logits = numbers(2, rows * cols, 3);
    logits[cols + 5] = Number.NEGATIVE_INFINITY;
    const tau = Float32Array.of(0.1, 1, 10);
    const y = gumbelSoftmax(k, logits, { cols, tau, offset });
    const exact = oracle.rows(perturbed(logits, offset), cols, tau, oracle.softmax);
    exact.forEach((p, i) => {
      if (!(Math.abs((y[i] as number) - p) <= relative * Math.max(p, FLOOR))) expect.fail(`element ${i}`);
    });
    expect(y[cols + 5]).toBe(0);
  });

  test("of rows drawn one call at a time, by offset, is the same as of all rows at once", () => {
    const [rows, cols] = [6, 7];
    const logits = numbers(3, rows * cols, 3);
    for (const hard of [false, true]) {
      const together = gumbelSoftmax(k, logits, { cols, tau: 0.5, hard, offset: 2 });
      for (let r = 0; r < rows; r++) {
        const row = logits.subarray(r * cols, (r + 1) * cols);
        const alone = gumbelSoftmax(k, row, { tau: 0.5, hard, offset: 2 + r * cols });
        expect(alone).toEqual(together.subarray(r * cols, (r + 1) * cols));
      }
    }
  });

  test("hard is exactly 1 at the largest perturbed logit and exactly 0 elsewhere, whatever the temperature", () => {
    fc.assert(
      fc.property(shapes, ({ seed, rows, cols, offset, tau }) => {
        const logits = numbers(seed, rows * cols, 6);
        const hot = (row: number[]): number[] => row.map((_, i) => (i === oracle.argmax(row) ? 1 : 0));
        const exact = oracle.rows(perturbed(logits, offset), cols, tau, hot);
        expect(Array.from(gumbelSoftmax(k, logits, { cols, tau, offset, hard: true }))).toEqual(Array.from(exact));
      }),
      { numRuns: 100, seed: 2 },
    );
  });

  test("hard gives a tie to the lowest index: beside 1e9 the noise vanishes in float32", () => {
    for (const cols of [1, 2, 3, 4, 5, 8, 9, 40]) {
      for (let first = 0; first < cols; first++) {
        const logits = Float32Array.from({ length: cols }, (_, i) => (i < first ? -1e9 : 1e9));
        const y = gumbelSoftmax(k, logits, { hard: true });
        expect(y.indexOf(1)).toBe(first);
        expect(y.reduce((a, b) => a + b)).toBe(1);
      }
    }
  });

  test("hard is the first draw of categorical, and the soft sample is largest there", () => {
    const [rows, cols] = [200, 9];
    const logits = numbers(4, rows * cols, 2);
    const drawn = Array.from(categorical(k, logits, { cols, draws: 2 })).filter((_, i) => i % 2 === 0);
    const peaks = (y: Float32Array): number[] => Array.from(oracle.rows(y, cols, 1, oracle.argmax));
    expect(peaks(gumbelSoftmax(k, logits, { cols, hard: true }))).toEqual(drawn);
    expect(peaks(gumbelSoftmax(k, logits, { cols }))).toEqual(drawn);
  });

  test("fills `out` and nothing beside it, and leaves the logits as they were", () => {
    const logits = numbers(5, 12, 2);
    const before = logits.slice();
    for (const hard of [false, true]) {
      const whole = new Float32Array(30).fill(7);
      const out = whole.subarray(9, 21);
      expect(gumbelSoftmax(k, logits, { cols: 4, hard, out })).toBe(out);
      expect(out).toEqual(gumbelSoftmax(k, logits, { cols: 4, hard }));
      expect([...whole.subarray(0, 9), ...whole.subarray(21)].every((x) => x === 7)).toBe(true);
    }
    expect(logits).toEqual(before);
  });
});

/**
 * What five float32 roundings (the inner product, the difference, both products, 1 / tau) may do to y (g - <y, g>) / tau.
 */
function allowed(y: Float32Array, g: Float32Array, tau: number): (i: number) => number {
  const inner = y.reduce((sum, yi, i) => sum + yi * Math.abs(g[i] as number), 0);
  return (i) => ((5 * 2 ** -24 * (y[i] as number)) / tau) * (Math.abs(g[i] as number) + inner) + 2 ** -140;
}

onEveryBuild("gumbelSoftmaxGrad", () => {
  test("is y (g - <y, g>) / tau, row by row", () => {
    fc.assert(
      fc.property(shapes, ({ seed, rows, cols, offset, tau }) => {
        const y = gumbelSoftmax(k, numbers(seed, rows * cols, 6), { cols, tau, offset });
        const g = numbers(seed + 1, rows * cols, 3);
        const dx = gumbelSoftmaxGrad(y, g, { cols, tau });
        for (let r = 0; r < rows; r++) {
          const [from, to] = [r * cols, (r + 1) * cols];
          const [ys, gs] = [y.subarray(from, to), g.subarray(from, to)];
          const bound = allowed(ys, gs, tau);
          oracle.softmaxGrad(ys, gs, tau).forEach((slope, i) => {
            expect(Math.abs((dx[from + i] as number) - slope)).toBeLessThanOrEqual(bound(i));
          });
        }
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  test("is the slope of a random function of the sample, by central differences of the oracle", () => {
    const [cols, h] = [6, 1e-5];
    for (const tau of [0.5, 1, 3]) {
      const logits = numbers(6, cols, 2);
      const noise = gumbel(k, cols);
      const g = numbers(7, cols, 1);
      const loss = (x: number[]): number => {
        const y = oracle.gumbelSoftmax(x, noise, tau);
        return y.reduce((sum, yi, i) => sum + yi * (g[i] as number), 0);
      };
      const dx = gumbelSoftmaxGrad(gumbelSoftmax(k, logits, { tau }), g, { tau });
      for (let i = 0; i < cols; i++) {
        const moved = (by: number): number[] => Array.from(logits, (x, j) => (j === i ? x + by : x));
        const slope = (loss(moved(h)) - loss(moved(-h))) / (2 * h);
        // Of the float32 sample 1e-6, of the differences h^2 / tau^3 and 1e-16 / h.
        expect(Math.abs((dx[i] as number) - slope)).toBeLessThan(3e-6);
      }
    }
  });

  test("is added into `out`, once for each call", () => {
    const [cols, tau] = [5, Float32Array.of(0.5, 1, 2)];
    const y = gumbelSoftmax(k, numbers(8, 15, 2), { cols, tau });
    const g = numbers(9, 15, 1);
    const dx = gumbelSoftmaxGrad(y, g, { cols, tau });
    const before = numbers(10, 15, 4);
    const whole = new Float32Array(25).fill(7);
    const out = whole.subarray(6, 21);
    out.set(before);
    expect(gumbelSoftmaxGrad(y, g, { cols, tau, out })).toBe(out);
    const once = before.map((x, i) => x + (dx[i] as number));
    expect(out).toEqual(once);
    gumbelSoftmaxGrad(y, g, { cols, tau, out });
    expect(out).toEqual(once.map((x, i) => x + (dx[i] as number)));
    expect([...whole.subarray(0, 6), ...whole.subarray(21)].every((x) => x === 7)).toBe(true);
  });

  test("divides by the given temperature however small", () => {
    for (const tau of [1e-30, 1e-36, 1e-37]) {
      const [slope] = gumbelSoftmaxGrad([0.5, 0.5], [0.25, -0.25], { tau });
      expect((slope as number) * tau).toBeCloseTo(0.125, 6);
    }
  });

  test("of a one-hot sample is 0, at the smallest temperatures too", () => {
    for (const tau of [1, 1e-30, 1e-39, Number.MIN_VALUE]) {
      const y = Float32Array.of(0, 1, 0, 0, 0);
      expect(gumbelSoftmaxGrad(y, numbers(11, 5, 1), { tau }).map(Math.abs)).toEqual(new Float32Array(5));
    }
  });
});

describe("gumbelSoftmax and its gradient", () => {
  test("take arrays of numbers and Float64Arrays as their float32 roundings", () => {
    const doubles = [0.1, -2.3, 1 / 3, 7];
    const expected = gumbelSoftmax(k, Float32Array.from(doubles));
    expect(gumbelSoftmax(k, doubles)).toEqual(expected);
    expect(gumbelSoftmax(k, Float64Array.from(doubles))).toEqual(expected);
    const slopes = gumbelSoftmaxGrad(expected, Float32Array.from(doubles));
    expect(gumbelSoftmaxGrad(Array.from(expected), doubles)).toEqual(slopes);
    expect(gumbelSoftmaxGrad(Float64Array.from(expected), Float64Array.from(doubles))).toEqual(slopes);
  });
});
