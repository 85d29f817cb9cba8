import { readFileSync } from "node:fs";
import type { Family } from "./reference/noise.ts";

/**
 * The bound that a function of assembly/ promises: the number on the `Max error:` line of the comment above it, which
 * has to go on with `unit`. It stands in the source only, so that promise and test cannot drift apart.
 */
export function maxError(file: string, name: string, unit: string): number {
  const source = readFileSync(new URL(`../assembly/${file}.ts`, import.meta.url), "utf8");
  const [before] = source.split(new RegExp(`^(?:export )?function ${name}\\b`, "m"));
  if (before === source) throw new Error(`assembly/${file}.ts has no function ${name}`);
  const comment = (before as string).slice((before as string).lastIndexOf("/**"));
  const [, bound, rest] = comment.match(/Max error: (\S+) (.*)/) ?? [];
  if (bound === undefined || !rest?.startsWith(unit) || !(Number(bound) > 0))
    throw new Error(`assembly/${file}.ts: no line "Max error: <number> ${unit}" above ${name}`);
  return Number(bound);
}

/** The spacing of float32 at x. */
export const ulp = (x: number): number => 2 ** (Math.floor(Math.log2(Math.max(Math.abs(x), 2 ** -126))) - 23);

/**
 * How far a float32 variate may be from the exact one of the same words. A tail is rounded twice: 1 ulp, 1/2 where its word
 * is large.
 * - exponential: its own bound, and 1.5 ulp for the tail, whose error grows by a / ((1 - a) E) <= 1.45
 * - gumbel, logistic: logarithms of a number with a relative error, which is absolute after the logarithm: for the gumbel
 *   that of the exponential; for the logistic 2^-23 of the tail and 2^-24 each of 1 - a and the division
 * - normal: a product, so relative errors add up: half of the exponential's and 1/2 (its square root), the cosine's bound,
 *   1 of the angle, 1/2 of the product, in units of 2^-23
 */
const ofExponential = maxError("variates", "exponential", "ulp") + 1.5;
const ofLog = maxError("log", "logNormal", "ulp");
const ofCosine = Math.max(maxError("trig", "cosQuarter", "ulp"), maxError("trig", "sinQuarter", "ulp"));

export const noiseBound: Record<Family, (exact: number) => number> = {
  uniform: (v) => ulp(v),
  exponential: (v) => ofExponential * ulp(v),
  gumbel: (v) => ofExponential * 2 ** -23 + ofLog * ulp(v),
  logistic: (v) => 2 ** -22 + ofLog * ulp(v),
  normal: (v) => (ofExponential / 2 + 1 / 2 + ofCosine + 1 + 1 / 2) * 2 ** -23 * Math.abs(v),
};
