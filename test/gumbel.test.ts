import fc from "fast-check";
import { expect, test } from "vitest";
import { bits, gumbel, key } from "../bindings/index.ts";
import { type BuildName, onEveryBuild, useBuild } from "./builds.ts";
import { mulberry32 } from "./reference/statistics.ts";

const k = key(0x7091);
const ABSENT = Number.NEGATIVE_INFINITY;
const TILE = 256;

interface Best {
  readonly indices: readonly number[];
  readonly scores: readonly number[];
}

/** The kernel on one row. What lies around the row in memory must not matter: `poison`. */
function lazily(build: BuildName, logits: Float32Array, count: number, offset: number, poison: number): Best {
  const core = useBuild(build);
  return core.scoped(() => {
    const [before, after] = [16, 64];
    const at = core.allocate(before + logits.length + after);
    core.view(at, before + logits.length + after).fill(poison);
    core.view(at + 4 * before, logits.length).set(logits);
    const [indices, scores] = [core.allocate(count), core.allocate(count)];
    const [shift, block] = [offset % 4, Math.floor(offset / 4)];
    const { lo, hi } = k;
    core.kernels.gumbelTopK(
      indices,
      scores,
      at + 4 * before,
      logits.length,
      count,
      shift,
      lo,
      hi,
      block,
      0,
      0,
      -Infinity,
    );
    return { indices: [...core.copyWords(indices, count)], scores: [...core.copy(scores, count)] };
  });
}

/** All noise, added in float32, and sorted. */
function naively(logits: Float32Array, count: number, offset: number): Best {
  const z = gumbel(k, logits.length, { offset }).map((g, i) => g + (logits[i] as number));
  const order = Array.from(z, (score, i) => ({ score, i })).sort((a, b) => b.score - a.score || a.i - b.i);
  const best = order.slice(0, count);
  return { indices: best.map(({ i }) => i), scores: best.map(({ score }) => score) };
}

/** Logits that make much noise count, or little, or none of a tile; and scores with many ties, one or few bits long. */
const SHAPES: Record<string, (i: number) => number> = {
  flat: () => 0,
  peaked: (i) => (i % 97 === 0 ? 12 : 0),
  "drifting up": (i) => i / 50,
  "drifting down": (i) => -i / 50,
  "falling by cliffs of more than any noise": (i) => -48 * Math.floor(i / 200),
  "falling by cliffs of about the largest noise": (i) => -4.5 * Math.floor(i / 20),
  "masked by a large number": (i) => (i % 300 < 290 ? -1e9 : 0),
  "so large that noise is rounded to quarters": () => 2 ** 21,
  "so large, and negative": () => -(2 ** 21),
  "so large that noise vanishes": () => 1e9,
};

const lengths = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 1200 }),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: -5, max: 20 })).map(([tiles, d]) => tiles * TILE + d),
);

const rows = fc
  .record({
    seed: fc.integer({ min: 0, max: 1e9 }),
    cols: lengths,
    shape: fc.constantFrom(...Object.keys(SHAPES)),
    spread: fc.constantFrom(0, 0.1, 3, 30),
    absent: fc.constantFrom(0, 0, 1, 5, 8),
    offset: fc.integer({ min: 0, max: 4000 }),
    poison: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 3e38, 0),
    count: fc.oneof(
      ...[1, 2, 3, 50, TILE - 1, TILE, TILE + 1, Number.MAX_SAFE_INTEGER].map((n) => fc.constant(n)),
      fc.integer({ min: 1, max: 1200 }),
    ),
  })
  .map(({ seed, cols, shape, spread, absent, count, ...rest }) => {
    const random = mulberry32(seed);
    const logits = Float32Array.from({ length: cols }, (_, i) => {
      const x = (SHAPES[shape] as (i: number) => number)(i) + (random() / 2 ** 31 - 1) * spread;
      return i > 0 && i % 9 <= absent && absent > 0 ? ABSENT : x;
    });
    const present = logits.filter((x) => x > ABSENT).length;
    return { ...rest, shape, logits, count: Math.min(count, present) };
  });

onEveryBuild("gumbelTopK", (build) => {
  test("is the k largest of logits + gumbel, bit for bit, of equals the lower index first", () => {
    fc.assert(
      fc.property(rows, ({ logits, count, offset, poison }) => {
        expect(lazily(build, logits, count, offset, poison)).toEqual(naively(logits, count, offset));
      }),
      { numRuns: 600, seed: 1 },
    );
  });

  test("gives only those above its bound, best first, and says how many they are", () => {
    const core = useBuild(build);
    const random = mulberry32(3);
    for (const cols of [1, 7, 300, 900])
      for (const present of [0, 1, 5, cols])
        for (const bound of [ABSENT, -2, 1, 3, 50])
          for (const count of [1, 4, 60, 2000]) {
            const logits = Float32Array.from({ length: cols }, (_, i) =>
              i < present ? random() / 2 ** 31 - 1 : ABSENT,
            );
            const z = gumbel(k, cols).map((g, i) => g + (logits[i] as number));
            const order = Array.from(z.keys()).sort((a, b) => (z[b] as number) - (z[a] as number) || a - b);
            const best = order.filter((i) => (z[i] as number) > bound).slice(0, count);
            core.scoped(() => {
              const at = core.allocate(cols + 64);
              core.write(logits, at);
              const [indices, scores] = [core.allocate(count), core.allocate(count)];
              const found = core.kernels.gumbelTopK(indices, scores, at, cols, count, 0, k.lo, k.hi, 0, 0, 0, bound);
              expect(found).toBe(best.length);
              expect([...core.copyWords(indices, found)]).toEqual(best);
              expect([...core.copy(scores, found)]).toEqual(best.map((i) => z[i]));
            });
          }
  });

  test("finds the largest at either side of every border of groups and tiles, wherever the noise begins", () => {
    for (let offset = 0; offset < 8; offset++)
      for (const cols of [2 * TILE - 4, 2 * TILE - 1, 2 * TILE, 2 * TILE + 1])
        for (const peak of [0, 3, 15, 16, TILE - 4, TILE - 1, TILE, TILE + 1, cols - 17, cols - 1]) {
          const logits = new Float32Array(cols).fill(-1e4);
          logits[peak] = -1e4 + 60; // beyond any noise
          expect(lazily(build, logits, 2, offset, Number.NaN)).toEqual(naively(logits, 2, offset));
        }
  });

  test("takes a logit that its noise lifts just above the best, and leaves one that it does not", () => {
    const cols = 2 ** 16;
    const [noise, words] = [gumbel(k, cols), bits(k, cols)];
    // Small words a little above a power of two: there the bound of the noise is tightest.
    const excess = (word: number): number => word / 2 ** Math.floor(Math.log2(word)) - 1;
    const small = Array.from(words.keys()).filter((i) => i > 0 && (words[i] as number) < 2 ** 25);
    const tight = small.filter((i) => excess(words[i] as number) < 1 / 64);
    expect(tight.length).toBeGreaterThan(5);
    for (const i of tight)
      for (const by of [1e-5, 1e-4, 1e-3, -1e-5, -1e-4, -1e-3]) {
        const logits = new Float32Array(cols).fill(-1e4);
        logits[i] = 0;
        logits[0] = (noise[i] as number) - (noise[0] as number) - by;
        expect(lazily(build, logits, 1, 0, Number.NaN).indices).toEqual([by > 0 ? i : 0]);
      }
  });
});
