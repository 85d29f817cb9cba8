import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, foldIn, gumbel, KeyError, key, named, split } from "../bindings/index.ts";
import * as oracle from "./reference/noise.ts";

const name = ({ hi, lo }: { hi: number; lo: number }): string => `${hi},${lo}`;

describe("key", () => {
  test("is the seed modulo 2^64, in two words", () => {
    expect(key(0)).toEqual({ hi: 0, lo: 0 });
    expect(key(1)).toEqual({ hi: 0, lo: 1 });
    expect(key(2 ** 32 + 3)).toEqual({ hi: 1, lo: 3 });
    expect(key(Number.MAX_SAFE_INTEGER)).toEqual({ hi: 0x1fffff, lo: 0xffffffff });
    expect(key(0x0123456789abcdefn)).toEqual({ hi: 0x01234567, lo: 0x89abcdef });
  });

  test("takes negative seeds as two's complement", () => {
    expect(key(-1)).toEqual({ hi: 0xffffffff, lo: 0xffffffff });
    expect(key(-(2 ** 32))).toEqual({ hi: 0xffffffff, lo: 0 });
    expect(key(-(2n ** 63n))).toEqual({ hi: 0x80000000, lo: 0 });
    expect(key(-0)).toEqual({ hi: 0, lo: 0 });
  });

  test("is the same for a number and the bigint of its value", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (seed) => {
        expect(key(BigInt(seed))).toEqual(key(seed));
        expect(BigInt(key(seed).hi) * 2n ** 32n + BigInt(key(seed).lo)).toBe(BigInt.asUintN(64, BigInt(seed)));
      }),
      { seed: 1 },
    );
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2n ** 64n, -(2n ** 63n) - 1n])(
    "refuses the seed %s",
    (seed) => {
      expect(() => key(seed)).toThrow(KeyError);
    },
  );

  test("is frozen plain data, and copies through JSON and structured clone draw the same noise", () => {
    const k = split(key(-77n))[1] as ReturnType<typeof key>;
    expect(Object.isFrozen(k)).toBe(true);
    for (const copy of [JSON.parse(JSON.stringify(k)), structuredClone(k)]) {
      expect(copy).toEqual(k);
      expect(gumbel(copy, 9)).toEqual(gumbel(k, 9));
    }
  });
});

describe("split and foldIn", () => {
  const words = fc.record({
    hi: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    lo: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  });

  test("give the oracle's keys for any parent", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2 ** 53 - 1 }), (k, n, data) => {
        expect(split(k, n)).toEqual(oracle.split(k, n));
        expect(foldIn(k, data)).toEqual(oracle.foldIn(k, data));
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  test("fold in numbers beyond 32 bits without wrapping", () => {
    for (const data of [2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1])
      expect(foldIn(key(5), data)).toEqual(oracle.foldIn(key(5), data));
  });

  test("split gives two keys by default, and more keys begin with the fewer", () => {
    expect(split(key(3))).toEqual(split(key(3), 5).slice(0, 2));
    expect(split(key(3), 0)).toEqual([]);
  });

  test("leave the parent as it was", () => {
    const parent = { hi: 1, lo: 2 };
    split(parent, 3);
    foldIn(parent, 3);
    expect(parent).toEqual({ hi: 1, lo: 2 });
  });

  // 64-bit keys: a chance collision among 1e5 has probability 3e-10; the keys are fixed.
  test("never give one key twice among 1e5: children, grandchildren, seeds and folded numbers", () => {
    const root = key(0);
    const children = split(root, 30_000);
    const grandchildren = children.slice(0, 10_000).flatMap((child) => split(child));
    const folded = Array.from({ length: 30_000 }, (_, i) => foldIn(root, i));
    const seeds = Array.from({ length: 20_000 }, (_, seed) => key(seed));
    const all = [...children, ...grandchildren, ...folded, ...seeds];
    expect(all).toHaveLength(100_000);
    expect(new Set(all.map(name)).size).toBe(all.length);
  });
});

describe("named", () => {
  const parents = fc.record({ hi: fc.nat({ max: 2 ** 32 - 1 }), lo: fc.nat({ max: 2 ** 32 - 1 }) });
  const names = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });

  test("gives the oracle's key for any parent and any name", () => {
    fc.assert(
      fc.property(parents, names, (k, text) => {
        const derived = named(k, text);
        expect(derived).toEqual(oracle.named(k, text));
        expect(Object.isFrozen(derived)).toBe(true);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  test("tells apart names that share a beginning, an end, or all but zeros and where they are cut", () => {
    const k = key(9);
    const texts = [
      "a",
      "b",
      "ab",
      "ba",
      "a\0",
      "\0",
      "\0\0",
      "\0a",
      "codes",
      "codes1",
      "codes2",
      "12345678",
      "12345678\0",
    ];
    texts.push(
      "123456789",
      "912345678",
      "1234567812345678",
      "\u00e9",
      "e\u0301",
      "\u{1f600}",
      "é".repeat(100),
      "é".repeat(101),
    );
    const keys = [...texts.map((text) => named(k, text)), named(named(k, "12345678"), "9"), k];
    keys.push(...split(k, 100), ...Array.from({ length: 100 }, (_, i) => foldIn(k, i)));
    expect(new Set(keys.map(name)).size).toBe(keys.length);
  });

  // 64-bit keys: a chance collision among 1e5 has probability 3e-10; the keys are fixed.
  test("never gives one key twice among 1e5 names, nor one of split and foldIn", () => {
    const k = key(0);
    const keys = Array.from({ length: 60_000 }, (_, i) => named(k, `stream ${i}`));
    for (let i = 0; i < 20_000; i++) keys.push(foldIn(k, i), named(key(i), "x"));
    expect(new Set(keys.map(name)).size).toBe(keys.length);
  });

  test.each([
    ["an empty one", ""],
    ["a lone surrogate", "a\ud800"],
    ["a number", 5],
    ["nothing", undefined],
  ])("refuses %s", (_, value) => {
    expect(() => named(key(1), value as string)).toThrow(ArgumentError);
    expect(() => named(key(1), value as string)).toThrow(/^name: expected a string of at least one character/);
  });
});
