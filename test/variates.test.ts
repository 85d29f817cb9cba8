import { beforeAll, describe, expect, test } from "vitest";
import { compileEntry, type Entry } from "./assembly/instance.ts";
import { noiseBound, ulp } from "./bounds.ts";
import { fold, fromWords, type OneWord } from "./reference/noise.ts";
import { mulberry32, ulps } from "./reference/statistics.ts";

const ALL = 2 ** 32 - 1;

/** Where the formulas change: the ends, every single bit, the rare words' limit, and the fold in the middle. */
const bitsAndEnds = [0, ALL, ...Array.from({ length: 32 }, (_, i) => [2 ** i - 1, 2 ** i, 2 ** i + 1]).flat()];
const EDGES = [...new Set(bitsAndEnds.flatMap((x) => [x, ALL - x]))].sort((a, b) => a - b);

/** Every edge followed by every edge, and random pairs whose sizes are spread evenly over the exponents. */
const PAIRS: [x: number, r: number][] = EDGES.flatMap((x) => EDGES.map((r): [number, number] => [x, r]));
const random = mulberry32(1);
const spread = (): number => random() >>> (random() % 32);
for (let i = 0; i < 100_000; i++) PAIRS.push([random() % 2 ? spread() : ALL - spread(), spread()]);

const words = Uint32Array.from(PAIRS, ([x]) => x);
const spare = Uint32Array.from(PAIRS, ([, r]) => r);

/** The families of the noise kernels, from words instead of a key. */
function families(entry: Entry, x: Uint32Array, r: Uint32Array): Record<OneWord, Float32Array> {
  const tails = entry.tails(x, r);
  const exponential = entry.map("Exponential", tails);
  const gumbel = entry.map("LogNormal", exponential).map((v) => -v);
  return { uniform: entry.map("Uniform", tails), exponential, gumbel, logistic: entry.map("Logistic", tails) };
}

describe.each(["simd", "scalar"] as const)("variates from given words (%s)", (build) => {
  let entry: Entry;
  beforeAll(async () => {
    entry = await compileEntry(build);
  });

  test("a tail is within an ulp of the oracle's, its sign tells the side, and it is never 0", () => {
    const tails = entry.tails(words, spare);
    PAIRS.forEach(([x, r], i) => {
      const { high, a } = fold(x, r);
      const tail = tails[i] as number;
      if (!(ulps(Math.abs(tail), a) <= 1) || tail === 0 || tail < 0 !== high)
        expect.fail(`words ${x}, ${r}: tail ${tail}, exactly ${high ? -a : a}`);
    });
  });

  test.each(["uniform", "exponential", "gumbel", "logistic"] as const)(
    "the %s of any pair of words is finite and within its bound of the oracle",
    (family) => {
      const actual = families(entry, words, spare)[family];
      PAIRS.forEach(([x, r], i) => {
        const exact = fromWords(x, r)[family];
        const error = Math.abs((actual[i] as number) - exact);
        if (!(error <= noiseBound[family](exact)))
          expect.fail(`words ${x}, ${r}: ${actual[i]}, exactly ${exact}: ${error / ulp(exact)} ulp`);
      });
    },
  );

  test("the uniform lies strictly between 0 and 1, from 2^-65 to 1 - 2^-24", () => {
    const { uniform } = families(entry, words, spare);
    expect(uniform.every((v) => v > 0 && v < 1)).toBe(true);
    expect(uniform.reduce((a, b) => Math.min(a, b))).toBe(2 ** -65);
    expect(uniform.reduce((a, b) => Math.max(a, b))).toBe(1 - 2 ** -24);
  });

  test("the largest Gumbel is 65 ln 2 > 44, the smallest -log(65 ln 2), both finite", () => {
    const { gumbel, exponential, logistic } = families(entry, Uint32Array.of(0, ALL), Uint32Array.of(0, 0));
    expect(gumbel[0]).toBe(Math.fround(65 * Math.LN2));
    expect(gumbel[0]).toBeGreaterThan(44);
    expect(gumbel[0]).toBeLessThan(entry.mostGumbel);
    expect(gumbel[1]).toBeCloseTo(-Math.log(65 * Math.LN2), 6);
    expect(Array.from(exponential)).toEqual([2 ** -65, Math.fround(65 * Math.LN2)]);
    expect(Array.from(logistic)).toEqual([Math.fround(-65 * Math.LN2), Math.fround(65 * Math.LN2)]);
  });

  test("the bound of a word is no less than its Gumbel, and close to it where it decides", () => {
    const { gumbel } = families(entry, words, spare);
    const bound = entry.map("GumbelBound", words);
    PAIRS.forEach(([x, r], i) => {
      const above = (bound[i] as number) - (gumbel[i] as number);
      // 0.06 of the chord; v / 2, which is below 2^-7; and the half word left out, below 2^-6.
      const decides = x >= 2 ** 6 && x < 2 ** 26;
      if (!(above >= 0) || (decides && above > 0.09))
        expect.fail(`words ${x}, ${r}: bound ${bound[i]}, gumbel ${gumbel[i]}`);
    });
  });

  test("families never turn back as the words grow, also where the rare words begin and the tails meet", () => {
    const around = EDGES.flatMap((x) => Array.from({ length: 129 }, (_, i) => x + i - 64));
    const xs = [...new Set(around)].filter((x) => x >= 0 && x <= ALL).sort((a, b) => a - b);
    // The spare word continues the tail, so on the high side it counts downwards.
    const rs = [0, 1, 2 ** 31, ALL];
    const ordered = xs.flatMap((x) => (x < 2 ** 31 ? rs : [...rs].reverse()).map((r): [number, number] => [x, r]));
    const [x, r] = [Uint32Array.from(ordered, ([x]) => x), Uint32Array.from(ordered, ([, r]) => r)];
    const { uniform, exponential, gumbel, logistic } = families(entry, x, r);
    for (let i = 1; i < ordered.length; i++) {
      const at = (v: Float32Array): [number, number] => [v[i - 1] as number, v[i] as number];
      const inOrder =
        [uniform, exponential, logistic].every((v) => at(v)[0] <= at(v)[1]) && at(gumbel)[0] >= at(gumbel)[1];
      if (!inOrder) expect.fail(`from words ${ordered[i - 1]} to ${ordered[i]}`);
    }
  });
});
