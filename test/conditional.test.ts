import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import {
  categorical,
  conditionalGumbel,
  foldIn,
  gumbel,
  key,
  logSumExp,
  topDownGumbel,
  topK,
  truncatedGumbel,
} from "../bindings/index.ts";
import { onEveryBuild, useBuild } from "./builds.ts";
import { argmax, logSumExp as logSumExpOf, softmax } from "./reference/relax.ts";
import { cdf, chiSquare, chiSquarePValue, kolmogorovSmirnov, ksPValue, mulberry32 } from "./reference/statistics.ts";

const k = key(0xc04d);
const ABSENT = Number.NEGATIVE_INFINITY;

const shapes = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 1, max: 6 }),
  cols: fc.integer({ min: 1, max: 40 }),
  size: fc.constantFrom(0, 1, 30, 1e4),
  about: fc.constantFrom(0, 0, -1e4, 1e4, 77),
  absent: fc.boolean(),
});
type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

/** Logits, of which the category `i % cols == seed % cols` is always present. */
function logitsOf({ seed, rows, cols, size, about, absent }: Shape): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length: rows * cols }, (_, i) =>
    absent && i % cols !== seed % cols && random() % 3 === 0 ? ABSENT : about + (random() / 2 ** 31 - 1) * size,
  );
}

const rowsOf = (x: Float32Array, cols: number): number[][] =>
  Array.from({ length: x.length / cols }, (_, r) => Array.from(x.subarray(r * cols, (r + 1) * cols)));

/** logits + gumbel(key) as float32 has it. */
const perturbed = (logits: Float32Array): Float32Array =>
  gumbel(k, logits.length).map((g, i) => g + (logits[i] as number));

/** -log(exp(-top) - exp(-peak) + exp(-z)) in float64 (Kool et al. 2019, appendix B.3). */
function shifted(z: number, top: number, peak = Number.POSITIVE_INFINITY): number {
  const log1mExp = Math.log(-Math.expm1(z - peak));
  const v = top - z + log1mExp;
  return v > 0 ? z - log1mExp - Math.log1p(Math.exp(-v)) : top - Math.log1p(Math.exp(v));
}

/** Every element against the exact one; and absent ones alone are absent. */
function expectShifted(
  z: Float32Array,
  exact: readonly number[],
  logits: Float32Array,
  size: number,
  what: string,
): void {
  for (const [i, want] of exact.entries()) {
    const got = z[i] as number;
    if (logits[i] === ABSENT) expect(got, what).toBe(ABSENT);
    else if (!(Math.abs(got - want) <= 5e-7 * Math.max(1, Math.abs(want), size)))
      expect.fail(`${what}, element ${i}: ${got}, exactly ${want}`);
  }
}

onEveryBuild("given the argmax, the bound or the maximum", () => {
  test("at the least float32 number a category that is present does not look absent", () => {
    const least = -(2 - 2 ** -23) * 2 ** 127;
    const logits = [0, ABSENT, least, 1e30];
    const expected = [least, ABSENT, least, least];
    expect(Array.from(truncatedGumbel(k, logits, { bound: least }))).toEqual(expected);
    expect(Array.from(topDownGumbel(k, logits, { max: least }))).toEqual(expected);
    expect(Array.from(conditionalGumbel(k, [least, ABSENT, least], { index: 0 }))).toEqual([least, ABSENT, least]);
  });

  test("conditionalGumbel has its largest at the index, there alone, and the others are those below it", () => {
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.nat()), (shape, picks) => {
        const { rows, cols } = shape;
        const logits = logitsOf(shape);
        const index = rowsOf(logits, cols).map((row) => {
          const present = row.flatMap((x, i) => (x > ABSENT ? [i] : []));
          return present[(picks.next().value as number) % present.length] as number;
        });
        const z = conditionalGumbel(k, logits, { cols, index });
        const totals = logSumExp(logits, { cols });
        const s = perturbed(logits);
        const noise = gumbel(k, rows * cols);
        for (const [r, row] of rowsOf(z, cols).entries()) {
          const i = index[r] as number;
          const top = Math.fround((totals[r] as number) + (noise[r * cols + i] as number));
          expect(row[i]).toBe(top);
          expect(row.filter((x) => !(x < top))).toEqual([top]);
          const exact = row.map((_, j) => (j === i ? top : shifted(s[r * cols + j] as number, top)));
          const part = (x: Float32Array) => x.subarray(r * cols, (r + 1) * cols);
          expectShifted(part(z), exact, part(logits), Math.abs(top), JSON.stringify(shape));
        }
        if (rows === 1) expect(conditionalGumbel(k, logits, { index: index[0] as number })).toEqual(z);
        expect(conditionalGumbel(k, logits, { cols, index: Int32Array.from(index) })).toEqual(z);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  test("truncatedGumbel is below the bound, in any float32 rounding, and as the formula has it", () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(0, 1e-30, -0.1, 3, 50, 1e4, -1e4, 1 / 3), (shape, offset) => {
        const { rows, cols, about } = shape;
        const logits = logitsOf(shape);
        const bounds = Array.from({ length: rows }, (_, r) => about + offset + r / 3);
        const z = truncatedGumbel(k, logits, { cols, bound: bounds });
        const s = perturbed(logits);
        for (const [i, x] of z.entries()) expect(x).toBeLessThan(bounds[Math.floor(i / cols)] as number);
        const exact = Array.from(s, (x, i) => shifted(x, Math.fround(bounds[Math.floor(i / cols)] as number)));
        const size = Math.max(...bounds.map(Math.abs));
        expectShifted(z, exact, logits, size, JSON.stringify(shape));
        expect(truncatedGumbel(k, logits, { cols, bound: 7 })).toEqual(
          truncatedGumbel(k, logits, { cols, bound: new Float32Array(rows).fill(7) }),
        );
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  test("topDownGumbel has the maximum where categorical draws, no more than that anywhere, and is as the formula has it", () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(0, -0.1, 3, 50, -50, 1e4, -1e4), (shape, offset) => {
        const { rows, cols, about } = shape;
        const logits = logitsOf(shape);
        const tops = Float32Array.from({ length: rows }, (_, r) => about + offset + r / 3);
        const z = topDownGumbel(k, logits, { cols, max: tops });
        const drawn = categorical(k, logits, { cols });
        const s = rowsOf(perturbed(logits), cols);
        for (const [r, row] of rowsOf(z, cols).entries()) {
          const [top, peak] = [tops[r] as number, (s[r] as number[])[drawn[r] as number] as number];
          expect(argmax(row)).toBe(drawn[r]);
          expect(row[drawn[r] as number]).toBe(top);
          // Elsewhere only where the noise vanished before.
          for (const [i, x] of row.entries()) if (x === top) expect(s[r]?.[i]).toBe(peak);
          const exact = (s[r] as number[]).map((x) => (x === peak ? top : shifted(x, top, peak)));
          const part = (x: Float32Array) => x.subarray(r * cols, (r + 1) * cols);
          const size = Math.max(Math.abs(top), Math.abs(peak));
          expectShifted(part(z), exact, part(logits), size, JSON.stringify({ shape, offset, r }));
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test("resolve how far below a bound of 0 a variate is, down to 1e-20", () => {
    const logits = Float32Array.from({ length: 400 }, (_, i) => i / 9);
    const z = truncatedGumbel(k, logits, { bound: 0 });
    for (const [i, s] of perturbed(logits).entries()) {
      const exact = -Math.log1p(Math.exp(-s));
      expect(Math.abs((z[i] as number) - exact)).toBeLessThan(1e-6 * Math.abs(exact));
    }
  });

  test("write into out, and leave the logits as they are", () => {
    const logits = Float32Array.of(1, 2, ABSENT, 0, -1, 5);
    const before = logits.slice();
    const calls = [
      (out?: Float32Array) => conditionalGumbel(k, logits, { cols: 3, index: 1, ...(out && { out }) }),
      (out?: Float32Array) => truncatedGumbel(k, logits, { cols: 3, bound: 1, ...(out && { out }) }),
      (out?: Float32Array) => topDownGumbel(k, logits, { cols: 3, max: 1, ...(out && { out }) }),
    ];
    for (const call of calls) {
      const out = new Float32Array(6);
      expect(call(out)).toBe(out);
      expect(out).toEqual(call());
    }
    expect(logits).toEqual(before);
  });
});

// Fixed keys: each test passes always or never; for random keys a right law would be rejected once in 1e6, times the tests of a case.
describe("the law of logits + gumbel", () => {
  beforeAll(() => void useBuild("simd"));

  const N = 100_000;
  const row = [1.5, -0.5, 0, -4, 1];
  const cols = row.length;
  const logits = Float32Array.from({ length: N * cols }, (_, i) => row[i % cols] as number);
  const total = logSumExpOf(row);
  const column = (z: Float32Array, j: number): Float32Array =>
    Float32Array.from({ length: N }, (_, r) => (z[r * cols + j] as number) - (row[j] as number));
  const expectGumbel = (z: Float32Array): void => {
    for (const j of row.keys()) {
      const p = ksPValue(kolmogorovSmirnov(column(z, j), cdf.gumbel), N);
      expect(p, `category ${j}`).toBeGreaterThan(1e-6);
    }
    const drawn = rowsOf(z, cols).map(argmax);
    const counts = row.map((_, j) => drawn.filter((i) => i === j).length);
    expect(
      chiSquarePValue(
        chiSquare(
          counts,
          softmax(row).map((p) => p * N),
        ),
        cols - 1,
      ),
    ).toBeGreaterThan(1e-6);
    // The second is the argmax of the rest, in the law of Plackett and Luce.
    const pairs = new Array<number>(cols * cols).fill(0);
    for (const [r, first] of drawn.entries()) {
      const second = argmax(row.map((_, j) => (j === first ? ABSENT : (z[r * cols + j] as number))));
      pairs[first * cols + second] = (pairs[first * cols + second] as number) + 1;
    }
    const p = softmax(row);
    const expected = pairs.map((_, pair) => {
      const [i, j] = [Math.floor(pair / cols), pair % cols];
      return i === j ? 0 : (N * (p[i] as number) * (p[j] as number)) / (1 - (p[i] as number));
    });
    const likely = expected.flatMap((e, pair) => (e > 5 ? [pair] : []));
    const statistic = chiSquare(
      likely.map((pair) => pairs[pair] as number),
      likely.map((pair) => expected[pair] as number),
    );
    expect(chiSquarePValue(statistic, likely.length - 1)).toBeGreaterThan(1e-6);
  };

  test("is that of conditionalGumbel with indices of another key", () => {
    const index = categorical(foldIn(k, 1), logits, { cols });
    expectGumbel(conditionalGumbel(foldIn(k, 2), logits, { cols, index }));
  });

  test("is that of topDownGumbel with maxima drawn from Gumbel(log Z)", () => {
    const max = gumbel(foldIn(k, 3), N).map((g) => g + total);
    expectGumbel(topDownGumbel(foldIn(k, 4), logits, { cols, max }));
  });

  test("below a bound is that of truncatedGumbel", () => {
    for (const bound of [-1, 0.7, 4]) {
      const z = truncatedGumbel(foldIn(k, 5), logits, { cols, bound });
      for (const [j, theta] of row.entries()) {
        const truncated = (g: number): number => Math.exp(Math.min(0, Math.exp(theta - bound) - Math.exp(-g)));
        expect(ksPValue(kolmogorovSmirnov(column(z, j), truncated), N)).toBeGreaterThan(1e-6);
      }
    }
  });

  test("a tree sampled from its root on has the leaves that topK draws: all pairs, by chi-square", () => {
    const tree = [
      [0.5, -1],
      [1, 0, -0.5],
    ];
    const leaves = tree.flat();
    const heads = tree.map((branch) => logSumExpOf(branch));
    const p = softmax(leaves);
    const counts = new Array<number>(25).fill(0);
    const trials = 60_000;
    const many = (x: readonly number[]): Float32Array =>
      Float32Array.from({ length: trials * x.length }, (_, i) => x[i % x.length] as number);
    const top = topDownGumbel(foldIn(k, 6), many(heads), {
      cols: 2,
      max: gumbel(foldIn(k, 7), trials).map((g) => g + logSumExpOf(heads)),
    });
    const branches = tree.map((branch, b) =>
      topDownGumbel(foldIn(k, 8 + b), many(branch), {
        cols: branch.length,
        max: top.filter((_, i) => i % 2 === b),
      }),
    );
    for (let t = 0; t < trials; t++) {
      const z = branches.flatMap((x, b) => Array.from(x.subarray(t * (2 + b), (t + 1) * (2 + b))));
      const order = [0, 1, 2, 3, 4].sort((i, j) => (z[j] as number) - (z[i] as number));
      const pair = (order[0] as number) * 5 + (order[1] as number);
      counts[pair] = (counts[pair] as number) + 1;
    }
    const expected = counts.map((_, pair) => {
      const [i, j] = [Math.floor(pair / 5), pair % 5];
      return i === j ? 0 : (trials * (p[i] as number) * (p[j] as number)) / (1 - (p[i] as number));
    });
    const pairs = [...counts.keys()].filter((pair) => Math.floor(pair / 5) !== pair % 5);
    const statistic = chiSquare(
      pairs.map((pair) => counts[pair] as number),
      pairs.map((pair) => expected[pair] as number),
    );
    expect(chiSquarePValue(statistic, pairs.length - 1)).toBeGreaterThan(1e-6);
    expect(topK(k, leaves, { k: 2 }).indices).toHaveLength(2);
  });
});
