import fc from "fast-check";
import { expect, test } from "vitest";
import { type Core, core } from "../bindings/core/index.ts";
import { bits, type Key, key } from "../bindings/index.ts";
import { onEveryBuild } from "./builds.ts";
import * as oracle from "./reference/noise.ts";
import { KNOWN_ANSWERS, philox } from "./reference/philox.ts";

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** One block of any counter, through the kernel. */
function block(shared: Core, [k0, k1]: readonly number[], [c0, c1, c2, c3]: readonly number[]): number[] {
  return shared.scoped(() => {
    const at = shared.allocate(4);
    shared.kernels.noiseBlock(at, k0 as number, k1 as number, c0 as number, c1 as number, c2 as number, c3 as number);
    return Array.from(shared.words(at, 4));
  });
}

onEveryBuild("Philox4x32-10", () => {
  test.each(KNOWN_ANSWERS)("gives the published answer of Random123, case %#", ({ counter, key, output }) => {
    expect(block(core(), key, counter)).toEqual(output);
  });

  test("gives the oracle's block for any key and any counter", () => {
    fc.assert(
      fc.property(fc.tuple(word, word), fc.tuple(word, word, word, word), (k, counter) => {
        expect(block(core(), k, counter)).toEqual(philox(counter, k));
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

/** Elements from `offset` on, against the oracle one word at a time. */
function expectOracle(k: Key, length: number, offset: number): void {
  expect(bits(k, length, { offset })).toEqual(oracle.bits(k, length, offset));
}

onEveryBuild("bits", () => {
  const k = key(0x0123456789abcdefn);

  test("are the oracle's words whatever part of a block or a group of 16 they start and end in", () => {
    for (let offset = 0; offset < 18; offset++)
      for (const length of [1, 2, 3, 4, 5, 17]) expectOracle(k, length, offset);
  });

  test("are the oracle's words across the tiles of 256 elements", () => {
    expectOracle(k, 600, 3);
  });

  test("carry from the low into the high counter word, in every lane of a group", () => {
    const carry = 4 * 2 ** 32; // the first element of block 2^32
    for (let before = 0; before <= 20; before++) expectOracle(k, 40, carry - before);
    expectOracle(k, 12, 4 * 2 ** 32 - 6);
  });

  test("go on past 2^34 elements, up to the last safe integer", () => {
    for (const offset of [2 ** 34 + 1, 7 * 2 ** 34 - 5, 2 ** 45 + 3, 2 ** 53 - 21]) expectOracle(k, 20, offset);
  });

  test("are the oracle's words for any key and offset", () => {
    const offsets = fc.integer({ min: 0, max: 2 ** 53 - 100 });
    fc.assert(
      fc.property(word, word, offsets, fc.integer({ min: 1, max: 40 }), (hi, lo, offset, length) => {
        expectOracle({ hi, lo }, length, offset);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  test("fill `out` and nothing beside it, and length 0 gives an empty array", () => {
    const whole = new Uint32Array(20).fill(7);
    const out = whole.subarray(5, 12);
    expect(bits(k, 7, { offset: 9, out })).toBe(out);
    expect(Array.from(whole)).toEqual([7, 7, 7, 7, 7, ...oracle.bits(k, 7, 9), 7, 7, 7, 7, 7, 7, 7, 7]);
    expect(bits(k, 0)).toEqual(new Uint32Array(0));
  });
});
