import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { importanceWeights, key, topK } from "../bindings/index.ts";
import { onEveryBuild, useBuild } from "./builds.ts";
import { softmax } from "./reference/relax.ts";
import { mean, mulberry32, variance } from "./reference/statistics.ts";

const k = key(0x1e16);
const ABSENT = Number.NEGATIVE_INFINITY;

function numbers(seed: number, length: number, size: number): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length }, () => (random() / 2 ** 31 - 1) * size);
}

const close = (got: number, want: number): boolean => Math.abs(got - want) <= 4e-6 * want;

onEveryBuild("importanceWeights", () => {
  test("is topK, with the next score as threshold, and p / q of the formula", () => {
    const shapes = fc.record({
      seed: fc.nat(),
      rows: fc.integer({ min: 1, max: 5 }),
      cols: fc.oneof(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 500, max: 1500 })),
      size: fc.constantFrom(0.1, 3, 12),
    });
    fc.assert(
      fc.property(shapes, fc.nat(), ({ seed, rows, cols, size }, pick) => {
        const count = 1 + (pick % (cols - 1));
        const logits = numbers(seed, rows * cols, size);
        const { indices, scores, thresholds, inclusion, weights } = importanceWeights(k, logits, { k: count, cols });
        expect({ indices, scores }).toEqual(topK(k, logits, { k: count, cols }));
        const more = topK(k, logits, { k: count + 1, cols });
        for (let r = 0; r < rows; r++) {
          const row = logits.subarray(r * cols, (r + 1) * cols);
          const kappa = thresholds[r] as number;
          expect(kappa).toBe(more.scores[r * (count + 1) + count]);
          const p = softmax(row);
          for (let i = r * count; i < (r + 1) * count; i++) {
            const drawn = indices[i] as number;
            const q = -Math.expm1(-Math.exp((row[drawn] as number) - kappa));
            if (!close(inclusion[i] as number, q)) expect.fail(`inclusion ${inclusion[i]}, exactly ${q}`);
            const w = (p[drawn] as number) / q;
            if (!close(weights[i] as number, w)) expect.fail(`weight ${weights[i]}, exactly ${w}`);
          }
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  test("is the exact sum where k takes all categories above -Infinity", () => {
    const logits = [1, ABSENT, 0.5, -2, ABSENT];
    for (const cols of [5, 1000]) {
      const row = [...logits, ...new Array<number>(cols - 5).fill(ABSENT)];
      const { indices, thresholds, inclusion, weights } = importanceWeights(k, row, { k: 3 });
      expect(Array.from(thresholds)).toEqual([ABSENT]);
      expect(Array.from(inclusion)).toEqual([1, 1, 1]);
      const p = softmax(row);
      for (const [i, drawn] of indices.entries()) expect(weights[i]).toBeCloseTo(p[drawn] as number, 6);
      expect(() => importanceWeights(k, row, { k: 4 })).toThrow(
        /k: expected at most .*, got 4, of which row 0 has fewer/,
      );
    }
  });
});

// Fixed keys. Each mean is a test whose false alarm has probability 6e-7 (5 standard errors).
describe("importanceWeights of 200 000 rows", () => {
  beforeAll(() => void useBuild("simd"));

  const N = 200_000;
  const row = [2, 1.2, 0, -0.7, -3, -5];
  const cols = row.length;
  const p = softmax(row);
  const logits = Float32Array.from({ length: N * cols }, (_, i) => row[i % cols] as number);
  const expectMean = (values: Float64Array, exact: number, what: string): void => {
    const z = (mean(values) - exact) / Math.sqrt(variance(values) / N);
    expect(Math.abs(z), `${what}: ${mean(values)}, exactly ${exact}`).toBeLessThan(5);
  };

  /** P(i is among the first k): over all orders of k draws, in which each takes its share of what is left. */
  function inclusionOf(i: number, count: number, taken: readonly number[] = []): number {
    if (taken.includes(i)) return 1;
    if (count === 0) return 0;
    const left = 1 - taken.reduce((sum, j) => sum + (p[j] as number), 0);
    return row.reduce(
      (sum, _, j) =>
        taken.includes(j) ? sum : sum + ((p[j] as number) / left) * inclusionOf(i, count - 1, [...taken, j]),
      0,
    );
  }

  test.each([1, 2, 4, 5])(
    "%d draws: sums are unbiased for every indicator, and categories included as often as they are",
    (count) => {
      const { indices, weights } = importanceWeights(key(count), logits, { k: count, cols });
      for (const j of row.keys()) {
        const [sums, included] = [new Float64Array(N), new Float64Array(N)];
        for (let i = 0; i < indices.length; i++)
          if (indices[i] === j) {
            sums[Math.floor(i / count)] = weights[i] as number;
            included[Math.floor(i / count)] = 1;
          }
        expectMean(sums, p[j] as number, `category ${j}`);
        expectMean(included, inclusionOf(j, count), `inclusion of ${j}`);
      }
    },
  );
});
