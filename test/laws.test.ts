// The value of an element depends on the key, its number and the inputs of its row alone (docs/reproducibility.md).

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bits, categorical, foldIn, gumbel, type Key, key, split } from "../bindings/index.ts";
import { BUILDS, useBuild } from "./builds.ts";
import { anyCall, expectSameBits, NAMES, type Words } from "./laws/calls.ts";
import { anyDisturbance } from "./laws/disturbances.ts";

beforeAll(() => void useBuild("simd"));
afterAll(() => void useBuild("simd"));

const numRuns = 100;

describe.each(NAMES)("the value of an element of %s", (name) => {
  test("does not depend on which rows a call has", () => {
    const cuts = fc.array(fc.nat({ max: 9 }), { maxLength: 3 });
    fc.assert(
      fc.property(anyCall(name), cuts, ({ title, rows, width, parts, run }, chosen) => {
        const whole = run(0, rows);
        expect(whole).toHaveLength(rows * width);
        const borders = [0, ...chosen.filter((cut) => cut > 0 && cut < rows), rows].sort((a, b) => a - b);
        for (const [i, end] of borders.slice(1).entries()) {
          const first = parts === "any" ? (borders[i] as number) : 0;
          if (end === first) continue;
          expectSameBits(run(first, end), whole.subarray(first * width, end * width), `${title}, rows ${first}-${end}`);
        }
      }),
      { numRuns, seed: 1 },
    );
  });

  test("does not depend on where inputs and results lie in memory, nor on what lies beside them", () => {
    const places = fc.array(fc.nat({ max: 9 }), { minLength: 2, maxLength: 2 });
    const neighbours = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 3e38, 0);
    fc.assert(
      fc.property(anyCall(name), places, neighbours, ({ title, rows, width, out, run }, [before, after], beside) => {
        const inside = (x: Float32Array): Float32Array => {
          const room = new Float32Array(before + x.length + after).fill(beside);
          room.set(x, before);
          return room.subarray(before, before + x.length);
        };
        const expected = run(0, rows);
        expectSameBits(run(0, rows, { place: inside }), expected, title);
        if (out === "no") return;
        const Kind = expected.constructor as new (length: number) => Words;
        const room = new Kind(before + rows * width + after).fill(7);
        const result = room.subarray(before, before + rows * width);
        if (out === "added") result.fill(0);
        expect(run(0, rows, { place: inside, out: result })).toBe(result);
        expectSameBits(result, expected, `${title}, given out`);
        const around = [...room.subarray(0, before), ...room.subarray(before + rows * width)];
        expect(around.every((x) => x === 7)).toBe(true);
      }),
      { numRuns, seed: 2 },
    );
  });

  test("does not depend on the build, nor on what was computed before, failed, or took memory", () => {
    const before = fc.array(anyDisturbance, { maxLength: 4 });
    fc.assert(
      fc.property(anyCall(name), fc.constantFrom(...BUILDS), before, ({ title, rows, run }, build, disturbances) => {
        useBuild("simd");
        const fresh = run(0, rows);
        useBuild(build);
        for (const disturb of disturbances) disturb();
        expectSameBits(run(0, rows), fresh, `${title}, ${build}, after ${disturbances.length} others`);
        for (const disturb of disturbances) disturb();
        expectSameBits(run(0, rows), fresh, `${title}, ${build}, once more`);
        useBuild("simd");
      }),
      { numRuns: 50, seed: 3 },
    );
  });
});

test("a draw of categorical does not depend on how many draws there are", () => {
  const few = fc.record({
    seed: fc.nat(),
    rows: fc.integer({ min: 1, max: 5 }),
    cols: fc.integer({ min: 1, max: 600 }),
  });
  const counts = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }));
  fc.assert(
    fc.property(few, counts, ({ seed, rows, cols }, [one, other]) => {
      const logits = gumbel(key(seed), rows * cols);
      const [less, more] = [one, other].map((draws) => categorical(key(seed + 1), logits, { cols, draws }));
      for (let i = 0; i < rows * Math.min(one, other); i++) {
        const [row, draw] = [Math.floor(i / Math.min(one, other)), i % Math.min(one, other)];
        expect(less?.[row * one + draw]).toBe(more?.[row * other + draw]);
      }
    }),
    { numRuns, seed: 4 },
  );
});

describe("keys", () => {
  beforeAll(() => void useBuild("simd"));

  /** Number pairs as 64-bit integers, sorted. */
  function sorted(pairs: Uint32Array): BigUint64Array {
    return new BigUint64Array(pairs.buffer).sort();
  }

  const repeated = (numbers: BigUint64Array): bigint[] => [...numbers.filter((n, i) => i > 0 && n === numbers[i - 1])];

  const N = 1_000_000;
  const roots: readonly Key[] = [key(0), key(1), key(-1), key(2 ** 32), key(0x0123456789abcdefn)];

  /** Trees of all kinds: broad, deep, of neighbouring parents; folded numbers small, large and neighbouring. */
  function* derived(): Generator<Key> {
    yield* roots;
    for (const root of roots) yield* split(root, 50_000);
    for (const root of roots) for (let data = 0; data < 50_000; data++) yield foldIn(root, data);
    for (const root of roots) for (let data = 0; data < 10_000; data++) yield foldIn(root, 2 ** 32 * data + 2 ** 52);
    for (let seed = 2; seed < 50_000; seed++) yield* split(key(seed));
    let deep: Key = foldIn(key(0), 2 ** 53 - 1);
    for (let depth = 0; depth < 200_000; depth++) {
      yield deep;
      deep = foldIn(deep, depth % 3);
    }
    for (let parent = 0; ; parent++) {
      const [left, right] = split(foldIn(key(0), 2 ** 40 + parent)) as [Key, Key];
      yield left;
      yield right;
      yield* split(left, 3);
      for (let data = 0; data < 5; data++) yield foldIn(right, data);
    }
  }

  // Were keys drawn at random, two of the 10^6 would be equal with probability 10^12 / 2 · 2^-64 = 2.7e-8 (the birthday
  // bound). They are fixed, so that this passes always or never.
  test("from split and foldIn are never the same, nor is their noise: 10^6 of different parents and data", () => {
    const words = new Uint32Array(2 * N);
    const sample: Key[] = [];
    let n = 0;
    for (const { hi, lo } of derived()) {
      words[2 * n] = lo;
      words[2 * n + 1] = hi;
      if (n % 5 === 0) sample.push({ hi, lo });
      if (++n === N) break;
    }
    expect(n).toBe(N);
    // The first two words of each key's first block, of every fifth key: 2·10^5, false alarm 1.1e-9.
    const blocks = new Uint32Array(2 * sample.length);
    for (const [i, each] of sample.entries()) bits(each, 2, { out: blocks.subarray(2 * i, 2 * i + 2) });
    const keys = sorted(words);
    expect(repeated(keys)).toEqual([]);
    expect(repeated(sorted(blocks))).toEqual([]);
    // First blocks are no keys either: no use of a key gives the words of another. 10^6 · 2·10^5 · 2^-64 = 1.1e-8.
    const all = new Uint32Array(words.length + blocks.length);
    all.set(new Uint32Array(keys.buffer));
    all.set(blocks, words.length);
    expect(repeated(sorted(all))).toEqual([]);
  });

  test("that are equal are found by this test", () => {
    expect(repeated(sorted(Uint32Array.of(1, 2, 3, 4, 1, 2, 2, 1)))).toEqual([2n ** 33n + 1n]);
  });
});
