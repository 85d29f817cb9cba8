import { beforeAll, describe, expect, test } from "vitest";
import { compileEntry, type Entry, type Name } from "./assembly/instance.ts";
import { maxError, ulp } from "./bounds.ts";
import { mulberry32 } from "./reference/statistics.ts";

const { PI, LN2 } = Math;
const MAX = 2 ** 128 - 2 ** 104;

/**
 * The functions of assembly/ against the host's float64 ones, which err by about 1e-9 of the bounds.
 * `breaks`: where the formula changes or the result leaves the floats; all neighbours of these are tried.
 */
interface Case {
  readonly name: Name;
  readonly file: string;
  readonly exact: (x: number) => number;
  readonly from: number;
  readonly to: number;
  readonly breaks: readonly number[];
}

const powers = (from: number, to: number, factor = 1): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => factor * 2 ** (from + i));
const halves = (most: number, unit: number): number[] =>
  Array.from({ length: 4 * most }, (_, i) => ((i - 2 * most) / 2) * unit);
const signed = (values: readonly number[]): number[] => values.flatMap((x) => [x, -x]);

const mantissas = [...powers(-149, 127), ...powers(-148, 127, 2 / 3)]; // logarithms take mantissas from [2/3, 4/3)
const exponents = [...halves(150, LN2), ...signed([88.722839, 103.27893, 103.97208, 87.33655])]; // roundings of x / ln 2

const CASES: readonly Case[] = [
  { name: "Exp", file: "exp", exact: Math.exp, from: -MAX, to: MAX, breaks: exponents },
  { name: "Log", file: "log", exact: Math.log, from: -MAX, to: MAX, breaks: mantissas },
  { name: "LogNormal", file: "log", exact: Math.log, from: 2 ** -126, to: MAX, breaks: mantissas },
  { name: "Log1p", file: "log", exact: Math.log1p, from: 0, to: 1, breaks: [1 / 3, 1, ...powers(-149, -1)] },
  { name: "Tanh", file: "tanh", exact: Math.tanh, from: -MAX, to: MAX, breaks: signed([0.625, 9.0109, 44.3614]) },
  {
    name: "Sigmoid",
    file: "sigmoid",
    exact: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
    from: -MAX,
    to: MAX,
    breaks: exponents,
  },
  {
    name: "Softplus",
    file: "sigmoid",
    exact: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    from: -MAX,
    to: MAX,
    breaks: exponents,
  },
  { name: "SinQuarter", file: "trig", exact: (s) => Math.sin((PI / 2) * s), from: -0.5, to: 0.5, breaks: [0.5, -0.5] },
  { name: "CosQuarter", file: "trig", exact: (s) => Math.cos((PI / 2) * s), from: -0.5, to: 0.5, breaks: [0.5, -0.5] },
];

const words = new Uint32Array(1);
const float = new Float32Array(words.buffer);
const fromWord = (word: number): number => {
  words[0] = word;
  return float[0] as number;
};
const toWord = (x: number): number => {
  float[0] = x;
  return words[0] as number;
};

/** Every exponent with either sign, the floats around each break, and the part of the domain where results vary. */
function points({ from, to, breaks }: Case): Float32Array {
  const random = mulberry32(7);
  const values: number[] = [];
  for (let exponent = 0; exponent < 255; exponent++)
    for (const sign of [0, 2 ** 31])
      for (let i = 0; i < 300; i++) {
        const mantissa = [0, 1, 2, 2 ** 22, 2 ** 23 - 2, 2 ** 23 - 1][i] ?? random() >>> 9;
        values.push(fromWord(sign + exponent * 2 ** 23 + mantissa));
      }
  for (const x of breaks) for (let i = -40; i <= 40; i++) values.push(fromWord((toWord(x) + i) >>> 0));
  const [low, high] = [Math.max(from, -106), Math.min(to, 106)];
  for (let i = 0; i < 150_000; i++) values.push(low + (high - low) * (random() / 2 ** 32), fromWord(random()));
  return Float32Array.from(values).filter((x) => x >= from && x <= to);
}

/** In ulp of the exact value; a wrong NaN or infinity is infinitely wrong. */
function distance(actual: number, exact: number): number {
  const nearest = Math.fround(exact);
  if (!Number.isFinite(nearest) || !Number.isFinite(actual))
    return Object.is(actual, nearest) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(actual - exact) / ulp(exact);
}

/** The largest error and where. */
function worst(x: Float32Array, actual: Float32Array, exact: (x: number) => number): { error: number; at: string } {
  let [error, at] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const here = distance(actual[i] as number, exact(x[i] as number));
    if (here > error) [error, at] = [here, i];
  }
  const v = x[at] as number;
  return { error, at: `x = ${v} (0x${toWord(v).toString(16)}): ${actual[at]}, exactly ${exact(v)}` };
}

const wordsOf = (x: Float32Array): Buffer => Buffer.from(x.buffer, x.byteOffset, x.byteLength);

describe("functions of one variable", () => {
  const entries: Entry[] = [];
  beforeAll(async () => void entries.push(await compileEntry("simd"), await compileEntry("scalar")));

  test.each(CASES)("$name is within the bound that its source promises, on its whole domain", (testCase) => {
    const { name, file, exact } = testCase;
    const x = points(testCase);
    const [actual, scalar] = entries.map((entry) => entry.map(name, x)) as [Float32Array, Float32Array];
    const { error, at } = worst(x, actual, exact);
    const promised = maxError(file, `${name[0]?.toLowerCase()}${name.slice(1)}`, "ulp");
    expect(error, `${error} ulp at ${at}`).toBeLessThanOrEqual(promised);
    expect(wordsOf(scalar).equals(wordsOf(actual)), "the scalar build gives the same bits").toBe(true);
  });

  // A softmax term is 2^64 exp((x - shift) / tau); the shift is the maximum, or for tame rows next to it.
  const near = (best: number, tau: number): number => Math.round(best / tau / LN2) * tau * LN2;
  const same = (best: number): number => best;
  test.each([
    ["Term", 0, 1, near],
    ["Term", 3.25, 0.1, near],
    ["Term", -35, 0.1, near],
    ["Term", 9000, 30, near],
    ["Term", -1e-3, 1e-5, near],
    ["WildTerm", 3.25, 0.1, same],
    ["WildTerm", -9000, 1e-4, same],
    ["WildTerm", 1e4, 1e3, same],
    ["WildTerm", 1, 1e-30, same],
  ] as const)(
    "%s of a row with maximum %d at temperature %d is within its bound, where x - shift cancels too",
    (name, best, tau, shiftOf) => {
      const random = mulberry32(9);
      const below = Array.from({ length: 60_000 }, () => best - (random() / 2 ** 32) * 170 * LN2 * tau);
      const neighbours = Array.from({ length: 41 }, (_, i) => fromWord((toWord(best) + (best < 0 ? i : -i)) >>> 0));
      const x = Float32Array.from([...below, ...(best === 0 ? [0] : neighbours)]).filter(
        (v) => best - v < 175 * LN2 * tau,
      );
      const [actual, scalar] = entries.map((entry) => entry.map(name, x, best, tau)) as [Float32Array, Float32Array];
      const shift = shiftOf(best, tau);
      const { error, at } = worst(x, actual, (v) => 2 ** 64 * Math.exp((v - shift) / tau));
      const promised = maxError("tempered", name === "Term" ? "term" : "wildTerm", "ulp");
      expect(error, `${error} ulp at ${at}`).toBeLessThanOrEqual(promised);
      expect(wordsOf(scalar).equals(wordsOf(actual)), "the scalar build gives the same bits").toBe(true);
      const [absent] = (entries[0] as Entry).map(name, Float32Array.of(-Infinity), best, tau);
      expect(absent).toBeLessThan(2 ** -115);
    },
  );

  const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN];
  test.each([
    { name: "Exp", x: [-inf, -MAX, -104, -0, 0], exact: [0, 0, 0, 1, 1] },
    { name: "Exp", x: [89, MAX, inf, nan], exact: [inf, inf, inf, nan] },
    { name: "Log", x: [-inf, -1, -(2 ** -149), nan], exact: [nan, nan, nan, nan] },
    { name: "Log", x: [-0, 0, 1, inf], exact: [-inf, -inf, 0, inf] },
    { name: "Log1p", x: [0, 2 ** -149], exact: [0, 2 ** -149] },
    { name: "Tanh", x: [-inf, 0, 2 ** -149, inf, nan], exact: [-1, 0, 2 ** -149, 1, nan] },
    { name: "Sigmoid", x: [-inf, -0, 0, inf, nan], exact: [0, 0.5, 0.5, 1, nan] },
    { name: "Softplus", x: [-inf, MAX, inf, nan], exact: [0, MAX, inf, nan] },
    { name: "SinQuarter", x: [-0, 0], exact: [-0, 0] },
    { name: "CosQuarter", x: [0], exact: [1] },
  ] as const)("$name of $x is exactly $exact", ({ name, x, exact }) => {
    for (const entry of entries) expect(Array.from(entry.map(name, Float32Array.from(x)))).toEqual(exact);
  });
});
