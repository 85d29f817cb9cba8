// Nets by counting, the tree of random bits by statistics of fixed keys, and the variance that theory gives.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ScrambledSobolOptions, scrambledSobol } from "../../bindings/inference/index.ts";
import { directions } from "../../bindings/inference/quasi/directions.ts";
import { DEPTH, SEEDS, scrambled } from "../../bindings/inference/quasi/scramble.ts";
import { bits, foldIn, key } from "../../bindings/random/index.ts";
import { BUILDS, useBuild } from "../builds.ts";
import { integersOf, owen, SCIPY_5000, sobol } from "../reference/sobol.ts";

beforeAll(() => void useBuild("simd"));
afterAll(() => void useBuild("simd"));

/** Coordinates as integers of 23 bits. */
const integers = (u: Float32Array): number[] => Array.from(u, (each) => each * 2 ** 23 - 0.5);
const column = (all: readonly number[], dimensions: number, c: number): number[] =>
  all.filter((_, i) => i % dimensions === c);

describe("direction numbers", () => {
  test("are those of the published table, by its recurrence", () => {
    const v = directions();
    for (let c = 0; c < 64; c++)
      expect(Array.from(v.subarray(32 * c, 32 * c + 32))).toEqual(
        integersOf(c).map((m, k) => Number(m << BigInt(31 - k))),
      );
  });

  test("make the points that scipy makes", () => {
    const v = directions();
    for (const [c, known] of SCIPY_5000.entries()) {
      let x = 0;
      for (let k = 0; k < 13; k++) if ((6732 >> k) & 1) x ^= v[32 * c + k] as number;
      expect(x >>> 19).toBe(known);
      expect(sobol(6732, c)).toBe(BigInt(known) << 19n);
    }
  });
});

/** The least t for which every interval of volume 2^(t - m), of all shapes, has 2^t of the 2^m points: counted. */
function leastT(points: readonly (readonly number[])[], m: number): number {
  const dimensions = points[0]?.length as number;
  const shapes = (left: number, d: number): number[][] =>
    d === 1
      ? [[left]]
      : Array.from({ length: left + 1 }, (_, k) => shapes(left - k, d - 1).map((s) => [k, ...s])).flat();
  for (let t = 0; t < m; t++) {
    const even = shapes(m - t, dimensions).every((shape) => {
      const counts = new Uint32Array(2 ** (m - t));
      for (const point of points) {
        let cell = 0;
        for (const [d, k] of shape.entries()) cell = cell * 2 ** k + ((point[d] as number) >> (23 - k));
        (counts[cell] as number)++;
      }
      return counts.every((each) => each === 2 ** t);
    });
    if (even) return t;
  }
  return m;
}

describe("a net", () => {
  test("has one point in each of its intervals of any coordinate", () => {
    for (const m of [0, 1, 5, 9]) {
      const all = integers(scrambledSobol(key(m), { points: 2 ** m, dimensions: 135 }));
      for (let c = 0; c < 135; c++) {
        const cells = column(all, 135, c).map((x) => x >> (23 - m));
        expect(new Set(cells).size).toBe(2 ** m);
      }
    }
    const large = integers(scrambledSobol(key(3), { points: 2 ** 16, dimensions: 2 }));
    for (const c of [0, 1]) expect(new Set(column(large, 2, c).map((x) => x >> 7)).size).toBe(2 ** 16);
  });

  test("is as even as Sobol's: t of the first two coordinates 0, of three 1 at most, of four 3, of five 5", () => {
    // The sum of (degree - 1) of the polynomials: Sobol' 1967; some nets of the sequence are better.
    for (const [dimensions, most] of [
      [2, 0],
      [3, 1],
      [4, 3],
      [5, 5],
    ] as const) {
      const ts = [2, 4, 6, 7, 8].map((m) => {
        const all = integers(scrambledSobol(key(m + dimensions), { points: 2 ** m, dimensions }));
        const points = Array.from({ length: 2 ** m }, (_, i) => all.slice(i * dimensions, (i + 1) * dimensions));
        return leastT(points, m);
      });
      for (const t of ts) expect(t).toBeLessThanOrEqual(most);
      if (dimensions === 3) expect(Math.max(...ts)).toBe(1);
    }
  });

  test("has Sobol's points in their order: any two share as many first bits as they did", () => {
    const all = integers(scrambledSobol(key(11), { points: 32, dimensions: 5 }));
    for (let c = 0; c < 5; c++) {
      const [ys, xs] = [column(all, 5, c), Array.from({ length: 32 }, (_, i) => Number(sobol(i, c) >> 9n))];
      for (let i = 0; i < 32; i++)
        for (let j = 0; j < i; j++)
          expect(Math.clz32((ys[i] as number) ^ (ys[j] as number))).toBe(
            Math.clz32((xs[i] as number) ^ (xs[j] as number)),
          );
    }
  });

  test("of later coordinates: pairs are as even as without scrambling", () => {
    const m = 7;
    const all = integers(scrambledSobol(key(4), { points: 2 ** m, dimensions: 64 }));
    for (const [a, b] of [
      [5, 20],
      [31, 32],
      [62, 63],
    ] as const) {
      const plain = Array.from({ length: 2 ** m }, (_, i) => [a, b].map((c) => Number(sobol(i, c) >> 9n)));
      const pairs = plain.map((_, i) => [a, b].map((c) => all[i * 64 + c] as number));
      expect(leastT(pairs, m)).toBe(leastT(plain, m));
    }
  });

  test("beyond 64 coordinates: a further net, in another order that is even to the first as random ones are", () => {
    const m = 6;
    const all = integers(scrambledSobol(key(5), { points: 2 ** m, dimensions: 130 }));
    const of = (...cs: number[]) => Array.from({ length: 2 ** m }, (_, i) => cs.map((c) => all[i * 130 + c] as number));
    expect(leastT(of(64, 65), m)).toBe(0);
    expect(leastT(of(128, 129), m)).toBe(0);
    for (const [a, b] of [
      [0, 64],
      [64, 128],
    ] as const) {
      expect(leastT(of(a, b), m)).toBeGreaterThan(1);
      // Var of the mean of (u - 1/2)(v - 1/2): 1 / (144 N) of independent points, within a third of it over 1000 keys.
      const means = Array.from({ length: 1000 }, (_, s) => {
        const u = scrambledSobol(key(s), { points: 32, dimensions: 130 });
        let sum = 0;
        for (let i = 0; i < 32; i++) sum += ((u[i * 130 + a] as number) - 0.5) * ((u[i * 130 + b] as number) - 0.5);
        return sum / 32;
      });
      const variance = means.reduce((sum, x) => sum + x * x, 0) / 1000;
      expect(variance * 144 * 32).toBeGreaterThan(2 / 3);
      expect(variance * 144 * 32).toBeLessThan(4 / 3);
    }
  });

  test("is the same in parts, on every build", () => {
    const whole = { points: 64, dimensions: 140 };
    const all = scrambledSobol(key(6), whole);
    const few = scrambledSobol(key(6), { points: 64, dimensions: 70 });
    for (let i = 0; i < 64; i++) expect(few.slice(i * 70, i * 70 + 70)).toEqual(all.slice(i * 140, i * 140 + 70));
    expect(scrambledSobol(key(6), { ...whole, first: 40 })).toEqual(all.slice(40 * 140));
    expect(scrambledSobol(key(6), { ...whole, first: 5, count: 9 })).toEqual(all.slice(5 * 140, 14 * 140));
    expect(scrambledSobol(key(6), { ...whole, first: 64 }).length).toBe(0);
    for (const build of BUILDS) {
      useBuild(build);
      expect(scrambledSobol(key(6), whole)).toEqual(all);
    }
    useBuild("simd");
  });

  test("lies inside of the cube, and all of it", () => {
    const u = scrambledSobol(key(7), { points: 2 ** 23, dimensions: 1, first: 2 ** 23 - 1000 });
    expect(u.length).toBe(1000);
    for (const each of scrambledSobol(key(7), { points: 2 ** 12, dimensions: 3 })) {
      expect(each).toBeGreaterThan(0);
      expect(each).toBeLessThan(1);
      expect(Number.isInteger(each * 2 ** 23 - 0.5)).toBe(true);
    }
  });

  test.each([
    [{ points: 3 }, "points"],
    [{ points: 0 }, "points"],
    [{ points: 2 ** 24 }, "points"],
    [{ points: 0.5 }, "points"],
    [{ points: undefined }, "points"],
    [{ dimensions: 0 }, "dimensions"],
    [{ first: 9 }, "first"],
    [{ first: 2, count: 7 }, "count"],
    [{ count: -1 }, "count"],
    [{ skip: 1 }, "skip"],
  ])("of %o is refused", (options, message) => {
    const good: ScrambledSobolOptions = { points: 8, dimensions: 2 };
    expect(() => scrambledSobol(key(1), { ...good, ...options } as never)).toThrow(message);
    expect(() => scrambledSobol(1 as never, good)).toThrow("key");
  });
});

describe("scrambling", () => {
  test("leaves as many first bits in common as there were, and the whole unit interval", () => {
    const seeds = bits(key(8), SEEDS);
    const xs = [...bits(key(9), 60)].flatMap((x, i) => [
      x,
      (x ^ (1 << (i % 32))) >>> 0,
      (x ^ (1 << (31 - (i % 32)))) >>> 0,
    ]);
    const ys = xs.map((x) => scrambled(x, seeds, 0));
    const shared = (a: number, b: number): number => Math.clz32(a ^ b);
    for (let i = 0; i < xs.length; i++)
      for (let j = 0; j < i; j++) {
        const before = shared(xs[i] as number, xs[j] as number);
        expect(shared((ys[i] as number) << (32 - DEPTH), (ys[j] as number) << (32 - DEPTH))).toBe(
          before >= DEPTH ? 32 : before,
        );
      }
  });

  /** What the bits of 63 nodes, of the first six levels, come to under a key: [1 where a bit is turned], and those far below. */
  const nodesOf = (s: number): number[] => {
    const seeds = bits(foldIn(key(10), s), SEEDS);
    const turned: number[] = [];
    for (let level = 0; level < 6; level++)
      for (let node = 0; node < 2 ** level; node++) {
        const x = level === 0 ? 0 : (node << (32 - level)) >>> 0;
        turned.push((scrambled(x, seeds, 0) >>> (DEPTH - 1 - level)) & 1);
      }
    for (const x of [0, 2 ** 31, 0xabcdef00, 0xabcdff00, 2 ** 9])
      for (const level of [10, 14, 15, 19, 20, 24])
        turned.push(((scrambled(x, seeds, 0) >>> (DEPTH - 1 - level)) ^ (x >>> (31 - level))) & 1);
    return turned;
  };

  test("turns bits of a tree that are even, and independent in twos and threes", () => {
    const keys = 4000;
    const all = Array.from({ length: keys }, (_, s) => nodesOf(s).map((each) => 2 * each - 1));
    const n = all[0]?.length as number;
    const columns = Array.from({ length: n }, (_, j) => Float64Array.from(all, (row) => row[j] as number));
    // Means of ±1 over 4000 keys: beyond 5.6 standard deviations with probability 2.2e-8, of 93 + 4278 + 4495 numbers 2e-4.
    const bound = 5.6 / Math.sqrt(keys);
    const mean = (...js: number[]): number => {
      let sum = 0;
      const [a, b, c] = js.map((j) => columns[j]) as Float64Array[];
      for (let i = 0; i < keys; i++) sum += ((a?.[i] as number) * (b?.[i] ?? 1) * (c?.[i] ?? 1)) as number;
      return sum / keys;
    };
    for (let i = 0; i < n; i++) {
      expect(Math.abs(mean(i))).toBeLessThan(bound);
      for (let j = 0; j < i; j++) {
        // Numbers that are the same so far have their nodes in common.
        const correlation = mean(i, j);
        if (correlation !== 1) expect(Math.abs(correlation)).toBeLessThan(bound);
        else expect(Math.min(i, j)).toBeGreaterThanOrEqual(63);
        if (i < 31) for (let k = 0; k < j; k++) expect(Math.abs(mean(i, j, k))).toBeLessThan(bound);
      }
    }
  });

  test("has the variance that theory gives: of u, 1 / (12 N³)", () => {
    const [N, keys] = [16, 4000];
    let sum = 0;
    for (let s = 0; s < keys; s++) {
      const u = scrambledSobol(key(s), { points: N, dimensions: 1 });
      sum += (u.reduce((total, each) => total + each, 0) / N - 0.5) ** 2;
    }
    // The mean of 4000 squares of what is next to normal: a standard deviation of √(2 / 4000) = 2.2 %; false alarm 7e-6.
    expect(Math.abs((sum / keys) * 12 * N ** 3 - 1)).toBeLessThan(4.5 * 0.0224);
  });

  test("and of a function of three coordinates that of a tree whose random bits are kept", () => {
    const [N, keys] = [32, 1500];
    const f = (x: readonly number[]) => x.reduce((product, each, c) => product * (each + c * each * each), 1);
    const exact = [1 / 2, 1 / 2 + 1 / 3, 1 / 2 + 2 / 3].reduce((a, b) => a * b, 1);
    const plain = Array.from({ length: N }, (_, i) => [0, 1, 2].map((c) => sobol(i, c)));
    const squares = (points: (s: number) => number[][]): number[] =>
      Array.from({ length: keys }, (_, s) => (points(s).reduce((sum, x) => sum + f(x), 0) / N - exact) ** 2);
    const ours = squares((s) => {
      const u = scrambledSobol(key(s), { points: N, dimensions: 3 });
      return Array.from({ length: N }, (_, i) => Array.from(u.subarray(3 * i, 3 * i + 3)));
    });
    const kept = squares((s) => {
      const trees = [0, 1, 2].map((c) => owen(3 * s + c));
      return plain.map((x) => x.map((each, c) => Number(trees[c]?.(each)) / 2 ** 32));
    });
    const mean = (xs: number[]) => xs.reduce((sum, x) => sum + x, 0) / keys;
    const error = (xs: number[]) => Math.sqrt(xs.reduce((sum, x) => sum + (x - mean(xs)) ** 2, 0) / keys / keys);
    expect(Math.abs(mean(ours) - mean(kept))).toBeLessThan(4.5 * Math.hypot(error(ours), error(kept)));
  });
});
