import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bits, exponential, gumbel, key, logistic, normal, uniform } from "../bindings/index.ts";
import { noiseBound } from "./bounds.ts";
import { onEveryBuild } from "./builds.ts";
import * as oracle from "./reference/noise.ts";

const FAMILIES = { uniform, exponential, gumbel, logistic, normal };
const k = key(0x5eed5eed12345678n);
const N = 20_000;

/** Elements whose word is close enough to an end to be followed by a second word; computed once for all builds. */
const rare = Array.from(oracle.bits(k, N), (x, i) => [x, i] as const).filter(
  ([x]) => x < 2 ** 23 || x >= 2 ** 32 - 2 ** 23,
);
const exact = Object.fromEntries(oracle.FAMILIES.map((name) => [name, oracle.noise(name, k, N)]));

describe("the sample that is compared with the oracle", () => {
  test("has rare words on both sides", () => {
    expect(rare.filter(([x]) => x < 2 ** 31).length).toBeGreaterThan(20);
    expect(rare.filter(([x]) => x >= 2 ** 31).length).toBeGreaterThan(20);
  });
});

onEveryBuild("noise", (build) => {
  describe.each(oracle.FAMILIES)("%s", (name) => {
    const draw = FAMILIES[name];

    test("is the oracle's, element by element, within a few ulp", () => {
      const actual = draw(k, N);
      exact[name]?.forEach((v, i) => {
        if (!(Math.abs((actual[i] as number) - v) <= noiseBound[name](v)))
          expect.fail(`element ${i}: ${actual[i]}, exactly ${v}`);
      });
    });

    test("is the oracle's far beyond 2^34 elements", () => {
      for (const offset of [2 ** 34 - 7, 2 ** 50 + 1]) {
        const actual = draw(k, 40, { offset });
        oracle.noise(name, k, 40, offset).forEach((v, i) => {
          expect(Math.abs((actual[i] as number) - v)).toBeLessThanOrEqual(noiseBound[name](v));
        });
      }
    });

    test("does not depend on where a call starts or ends", () => {
      const runs = build === "debug" ? 30 : 100;
      const [before, length] = [fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 600 })];
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2 ** 53 - 1000 }), before, length, (start, skipped, n) => {
          const part = draw(k, n, { offset: start + skipped });
          expect(part).toEqual(draw(k, skipped + n, { offset: start }).subarray(skipped));
        }),
        { numRuns: runs, seed: 1 },
      );
      expect(draw(k, 60, { offset: 40 })).toEqual(draw(k, 100).subarray(40));
    });

    test("fills `out` and nothing beside it", () => {
      const whole = new Float32Array(20).fill(7);
      const out = whole.subarray(5, 12);
      expect(draw(k, 7, { offset: 9, out })).toBe(out);
      const sevens = (count: number): number[] => new Array<number>(count).fill(7);
      expect(Array.from(whole)).toEqual([...sevens(5), ...draw(k, 7, { offset: 9 }), ...sevens(8)]);
    });

    test("of length 0 is empty", () => {
      expect(draw(k, 0)).toEqual(new Float32Array(0));
      expect(draw(k, 0, { offset: 5 })).toEqual(new Float32Array(0));
    });
  });
});

onEveryBuild("long noise", () => {
  const CHUNK = 2 ** 20; // elements the bindings draw at a time

  test.each(["bits", ...oracle.FAMILIES] as const)("%s joins its chunks of 2^20 without a seam", (name) => {
    const draw = { bits, ...FAMILIES }[name] as typeof uniform;
    const offset = 3;
    const long = draw(k, 2 * CHUNK + 5, { offset });
    for (const seam of [CHUNK, 2 * CHUNK])
      expect(long.subarray(seam - 40, seam + 5)).toEqual(draw(k, 45, { offset: offset + seam - 40 }));
  });
});
