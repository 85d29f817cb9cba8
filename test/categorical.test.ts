import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { core } from "../bindings/core/index.ts";
import { categorical, gumbel, key, split, topK } from "../bindings/index.ts";
import { noiseBound } from "./bounds.ts";
import { onEveryBuild, useBuild } from "./builds.ts";
import { gumbelAt } from "./reference/noise.ts";
import { argmax, softmax } from "./reference/relax.ts";
import { chiSquare, chiSquarePValue, mulberry32 } from "./reference/statistics.ts";

const k = key(0xca7e90);

function numbers(seed: number, length: number, size: number): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length }, () => (random() / 2 ** 31 - 1) * size);
}

/** Noise of a further draw, as the kernel adds it to zeros; test/golden/reference.test.ts has it from naive code. */
function noiseOf(draw: number, length: number): Float32Array {
  return core().scoped(() => {
    const at = core().place(new Float32Array(length + 16));
    core().kernels.gumbelPerturb(at, at, Math.ceil(length / 4), k.lo, k.hi, 0, 0, draw);
    return core().copy(at, length);
  });
}

/** Rows of logits + noise of draw d, added in float32. */
function perturbedRows(logits: Float32Array, cols: number, d = 0): number[][] {
  const z = (d === 0 ? gumbel(k, logits.length) : noiseOf(d, logits.length)).map((g, i) => g + (logits[i] as number));
  return Array.from({ length: logits.length / cols }, (_, r) => Array.from(z.subarray(r * cols, (r + 1) * cols)));
}

const count = (drawn: Int32Array, cols: number): number[] => {
  const counts = new Array<number>(cols).fill(0);
  for (const i of drawn) counts[i] = (counts[i] as number) + 1;
  return counts;
};

const shapes = fc.record({
  seed: fc.integer({ min: 0, max: 1e9 }),
  rows: fc.integer({ min: 1, max: 6 }),
  cols: fc.integer({ min: 1, max: 50 }),
});

onEveryBuild("categorical", () => {
  // Only rare words show the second 32 bits: the largest noise of a million elements has some hundred of them.
  test("further draws have tails of their own: their extreme noise is that of the specification", () => {
    const noise = noiseOf(3, 1_000_000);
    const extreme = Array.from(noise.keys()).filter((i) => (noise[i] as number) > 9 || (noise[i] as number) < -2.5);
    expect(extreme.length).toBeGreaterThan(80);
    for (const i of extreme) {
      const exact = gumbelAt(k, i, 3);
      expect(Math.abs((noise[i] as number) - exact)).toBeLessThanOrEqual(noiseBound.gumbel(exact));
    }
  });

  test("draw d of row r is the argmax of logits + noise d, elements r cols on", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 5 }), ({ seed, rows, cols }, draws) => {
        const logits = numbers(seed, rows * cols, 3);
        const drawn = categorical(k, logits, { cols, draws });
        expect(drawn).toHaveLength(rows * draws);
        for (let d = 0; d < draws; d++)
          perturbedRows(logits, cols, d).forEach((z, r) => {
            expect(drawn[r * draws + d]).toBe(argmax(z));
          });
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  // Long rows leave out noise that cannot win; the logits decide how much that is.
  test("is that argmax in long rows too: flat, peaked, drifting, with absent categories", () => {
    const drift = (i: number): number => i / 50;
    const shapes = [() => 0, () => -1e4, (i: number) => (i % 97 === 0 ? 12 : 0), drift, (i: number) => -drift(i)];
    const lengths = fc.record({
      seed: fc.integer({ min: 0, max: 1e9 }),
      cols: fc.integer({ min: 256, max: 2100 }),
      spread: fc.constantFrom(0, 0.1, 3, 30, 1000),
      shape: fc.constantFrom(...shapes),
      absent: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(lengths, ({ seed, cols, spread, shape, absent }) => {
        const [rows, draws] = [3, 2];
        const present = (i: number): boolean => absent === 0 || i % 6 >= absent;
        const logits = numbers(seed, rows * cols, spread).map((x, i) => (present(i) ? x + shape(i % cols) : -Infinity));
        const drawn = categorical(k, logits, { cols, draws });
        for (let d = 0; d < draws; d++)
          perturbedRows(logits, cols, d).forEach((z, r) => {
            expect(drawn[r * draws + d]).toBe(argmax(z));
          });
      }),
      { numRuns: 150, seed: 2 },
    );
  });

  test("finds the largest in a row of 200 000, wherever it is", () => {
    const cols = 200_000;
    const logits = numbers(2, cols, 1);
    for (const peak of [0, 1, 99_999, cols - 2, cols - 1]) {
      const row = logits.slice();
      row[peak] = 60; // beyond any noise
      expect(Array.from(categorical(k, row))).toEqual([peak]);
    }
    const z = gumbel(k, cols).map((g, i) => g + (logits[i] as number));
    const best = z.reduce((a, b) => Math.max(a, b));
    expect(Array.from(categorical(k, logits))).toEqual([z.indexOf(best)]);
  });

  test("is the argmax among a million categories too, two thirds of them absent, in each of several draws", () => {
    const [cols, draws] = [1_000_000, 3];
    const logits = numbers(9, cols, 4).map((x, i) => (i % 3 === 1 ? x : Number.NEGATIVE_INFINITY));
    const drawn = categorical(k, logits, { draws });
    for (let d = 0; d < draws; d++) {
      const z = (d === 0 ? gumbel(k, cols) : noiseOf(d, cols)).map((g, i) => g + (logits[i] as number));
      const best = z.reduce((a, b) => Math.max(a, b));
      expect(drawn[d]).toBe(z.indexOf(best));
    }
    expect(new Set(drawn).size).toBe(draws);
  });

  test("gives a tie to the lowest index: beside 1e9 the noise vanishes in float32", () => {
    for (let cols = 1; cols < 12; cols++)
      expect(Array.from(categorical(k, new Float32Array(3 * cols).fill(1e9), { cols }))).toEqual([0, 0, 0]);
  });
});

describe("categorical", () => {
  beforeAll(() => void useBuild("simd"));

  // Fixed key, so each test passes always or never; for a random key a right law would be rejected once in 1e6.
  const N = 1_000_000;
  test.each([
    ["ten categories", [0.3, -1, 0, 2, 1.5, -0.5, 0.7, -2, 1, 0]],
    ["a skewed law, its rarest category expected 43 times", [10, 0, 7, 5, 1, 3]],
  ])("has the law softmax(logits): %s, 1e6 draws, by chi-square", (_, logits) => {
    const drawn = categorical(k, logits, { draws: N });
    const expected = softmax(Float32Array.from(logits)).map((p) => p * N);
    const counts = count(drawn, logits.length);
    expect(chiSquarePValue(chiSquare(counts, expected), logits.length - 1)).toBeGreaterThan(1e-6);
  });

  test("never draws an absent category", () => {
    const absent = Number.NEGATIVE_INFINITY;
    const logits = [absent, -40, absent, absent, -42, -41, absent];
    const counts = count(categorical(k, logits, { draws: 50_000 }), 7);
    expect([0, 2, 3, 6].map((i) => counts[i])).toEqual([0, 0, 0, 0]);
    expect([1, 4, 5].every((i) => (counts[i] as number) > 0)).toBe(true);
    for (let only = 0; only < 7; only++) {
      const row = Array.from({ length: 7 }, (_, i) => (i === only ? -1e30 : absent));
      expect(new Set(categorical(k, row, { draws: 20 }))).toEqual(new Set([only]));
    }
  });
});

onEveryBuild("topK", () => {
  test("is the sorted perturbed logits, best first, for any k", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 49 }), ({ seed, rows, cols }, draw) => {
        const count = (draw % cols) + 1;
        const logits = numbers(seed, rows * cols, 3);
        const { indices, scores } = topK(k, logits, { k: count, cols });
        const sorted = perturbedRows(logits, cols).map((z) =>
          z.map((score, i) => ({ score, i })).sort((a, b) => b.score - a.score || a.i - b.i),
        );
        const best = sorted.flatMap((row) => row.slice(0, count));
        expect(Array.from(indices)).toEqual(best.map(({ i }) => i));
        expect(Array.from(scores)).toEqual(best.map(({ score }) => score));
      }),
      { numRuns: 150, seed: 3 },
    );
  });

  // At most one category in 256: noise that cannot win is left out (gumbel.test.ts).
  test("is that in long rows too, on either side of where they begin", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 5 }), (seed, count) => {
        const [rows, cols] = [3, 256 * count + (seed % 7) - 3];
        const logits = numbers(seed, rows * cols, 3).map((x, i) => (i % 5 === 0 ? Number.NEGATIVE_INFINITY : x));
        const { indices, scores } = topK(k, logits, { k: count, cols });
        const best = perturbedRows(logits, cols).flatMap((z) =>
          z
            .map((score, i) => ({ score, i }))
            .sort((a, b) => b.score - a.score || a.i - b.i)
            .slice(0, count),
        );
        expect(Array.from(indices)).toEqual(best.map(({ i }) => i));
        expect(Array.from(scores)).toEqual(best.map(({ score }) => score));
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  test("gives the 50 best of a vocabulary of 151 936 in order", () => {
    const cols = 151_936;
    const logits = numbers(7, cols, 5);
    const z = gumbel(k, cols).map((g, i) => g + (logits[i] as number));
    const best = Array.from(z.keys()).sort((a, b) => (z[b] as number) - (z[a] as number) || a - b);
    const { indices, scores } = topK(k, logits, { k: 50 });
    expect(Array.from(indices)).toEqual(best.slice(0, 50));
    expect(Array.from(scores)).toEqual(best.slice(0, 50).map((i) => z[i]));
  });

  test("takes exactly the categories that are present, where k is their number, among up to a million", () => {
    for (const [cols, count] of [
      [3, 1],
      [40, 7],
      [1000, 999],
      [1_000_000, 20],
      [1_000_000, 5000],
    ] as const) {
      const logits = new Float32Array(cols).fill(Number.NEGATIVE_INFINITY);
      const step = Math.floor(cols / count);
      const present = Array.from({ length: count }, (_, i) => i * step + Math.min(1, step - 1));
      for (const i of present) logits[i] = (i % 7) - 3;
      const { indices, scores } = topK(k, logits, { k: count });
      expect(Array.from(indices).sort((a, b) => a - b)).toEqual(present);
      expect(Array.from(scores)).toEqual(Array.from(scores).sort((a, b) => b - a));
      if (count < cols)
        expect(() => topK(k, logits, { k: count + 1 })).toThrow(`got ${count + 1}, of which row 0 has fewer`);
    }
  });

  test("with k of all categories is a permutation of them, for every number of categories up to 40", () => {
    for (let cols = 1; cols <= 40; cols++) {
      const { indices, scores } = topK(k, numbers(cols, cols, 2), { k: cols });
      expect(Array.from(indices).sort((a, b) => a - b)).toEqual(Array.from({ length: cols }, (_, i) => i));
      expect(Array.from(scores)).toEqual(Array.from(scores).sort((a, b) => b - a));
    }
  });

  test("puts equal scores in the order of their indices", () => {
    const random = mulberry32(5);
    for (let cols = 1; cols <= 30; cols++) {
      // Beside multiples of 1e9 the noise vanishes in float32, so that only these are compared.
      const logits = Float32Array.from({ length: cols }, () => (random() % 3) * 1e9 + 1e9);
      const order = Array.from(logits, (x, i) => ({ x, i })).sort((a, b) => b.x - a.x || a.i - b.i);
      for (const count of [1, Math.ceil(cols / 2), cols])
        expect(Array.from(topK(k, logits, { k: count }).indices)).toEqual(order.slice(0, count).map(({ i }) => i));
    }
  });

  test("begins with what categorical draws", () => {
    const logits = numbers(6, 500 * 8, 2);
    const { indices } = topK(k, logits, { k: 3, cols: 8 });
    const firsts = indices.filter((_, i) => i % 3 === 0);
    expect(firsts).toEqual(categorical(k, logits, { cols: 8 }));
  });

  test("leaves out absent categories", () => {
    const absent = Number.NEGATIVE_INFINITY;
    const { indices } = topK(k, [absent, 0, absent, -50, 3, absent], { k: 3 });
    expect(Array.from(indices).sort()).toEqual([1, 3, 4]);
  });
});

onEveryBuild("long rows", () => {
  const [rows, cols] = [3, 1500];
  const logits = numbers(8, rows * cols, 3);
  const bad = (at: number, value: number): Float32Array =>
    logits.map((x, i) => (i === at ? value : x - (i % cols) * 0.1));
  const draws = {
    categorical: (x: Float32Array) => categorical(k, x, { cols }),
    topK: (x: Float32Array) => topK(k, x, { k: 5, cols }),
  };

  test.each(Object.entries(draws))("%s finds NaN and +Infinity anywhere, also where nothing could win", (_, draw) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      for (let at = 0; at < rows * cols; at += 97)
        expect(() => draw(bad(at, value))).toThrow(
          `${value} at index ${at} (row ${Math.floor(at / cols)}, category ${at % cols})`,
        );
    expect(() => draw(bad(rows * cols - 1, Number.NaN))).toThrow(`index ${rows * cols - 1}`);
  });

  test("too few categories above -Infinity are refused by name and row", () => {
    const absent = Number.NEGATIVE_INFINITY;
    const few = (most: number) => logits.map((x, i) => (i >= cols && i < 2 * cols && i % cols >= most ? absent : x));
    expect(() => draws.categorical(few(0))).toThrow("row 1, all -Infinity");
    expect(() => draws.topK(few(4))).toThrow("5, of which row 1 has fewer");
    expect(draws.topK(few(5)).indices.subarray(5, 10).sort()).toEqual(Int32Array.of(0, 1, 2, 3, 4));
  });
});

describe("topK", () => {
  beforeAll(() => void useBuild("simd"));

  // False alarms, were the key random: 1e-6.
  test("has the Plackett-Luce law: p_i p_j / (1 - p_i) for the ordered pair (i, j), 2e5 rows, by chi-square", () => {
    const logits = [0.5, -1, 1.2, 0];
    const [cols, rows] = [logits.length, 200_000];
    const p = softmax(Float32Array.from(logits)) as [number, number, number, number];
    const many = Float32Array.from({ length: rows * cols }, (_, i) => logits[i % cols] as number);
    const { indices } = topK(split(k)[1] as typeof k, many, { k: 2, cols });
    const counts = new Array<number>(cols * cols).fill(0);
    for (let r = 0; r < rows; r++) {
      const pair = (indices[2 * r] as number) * cols + (indices[2 * r + 1] as number);
      counts[pair] = (counts[pair] as number) + 1;
    }
    const law = p.flatMap((pi, i) => p.map((pj, j) => (i === j ? 0 : (pi * pj) / (1 - pi))));
    const pairs = law.map((_, i) => i).filter((i) => (law[i] as number) > 0);
    expect(counts.filter((_, i) => law[i] === 0).every((c) => c === 0)).toBe(true);
    const [observed, expected] = [pairs.map((i) => counts[i] as number), pairs.map((i) => (law[i] as number) * rows)];
    expect(chiSquarePValue(chiSquare(observed, expected), pairs.length - 1)).toBeGreaterThan(1e-6);
  });
});
