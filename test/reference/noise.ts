// The specification of the noise, in float64: what every float32 kernel must round to.

import { philox, type Words4 } from "./philox.ts";

export type Key = { readonly hi: number; readonly lo: number };
export type OneWord = "uniform" | "exponential" | "gumbel" | "logistic";
export type Family = OneWord | "normal";
export const FAMILIES: readonly Family[] = ["uniform", "exponential", "gumbel", "logistic", "normal"];

/** The third counter word keeps the uses of a key apart. */
const WORDS = 0;
const TAILS = 1;
const SPLIT = 2;
const FOLD_IN = 3;
const NAMED = 4;

const low32 = (n: number): number => n % 2 ** 32;
const high32 = (n: number): number => Math.floor(n / 2 ** 32);

/** The fourth counter word tells draws from the same elements apart. */
function block(key: Key, index: number, stream: number, draw = 0): Words4 {
  return philox([low32(index), high32(index), stream, draw], [key.lo, key.hi]);
}

function word(key: Key, element: number, stream: number, draw = 0): number {
  return block(key, Math.floor(element / 4), stream, draw)[element % 4] as number;
}

const child = ([lo, hi]: Words4): Key => ({ hi, lo });

export function split(key: Key, n = 2): Key[] {
  return Array.from({ length: n }, (_, i) => child(block(key, i, SPLIT)));
}

export function foldIn(key: Key, data: number): Key {
  return child(block(key, data, FOLD_IN));
}

/** A chain over the UTF-8 bytes, eight a step, the last padded with zeros; the length is in every counter. */
export function named(key: Key, name: string): Key {
  const bytes = Buffer.from(name, "utf8");
  let k = key;
  for (let at = 0; at < bytes.length; at += 8) {
    const step = Buffer.alloc(8);
    bytes.copy(step, 0, at, Math.min(at + 8, bytes.length));
    k = child(philox([step.readUInt32LE(0), step.readUInt32LE(4), NAMED, bytes.length], [k.lo, k.hi]));
  }
  return k;
}

/** The uniform v is a, or 1 - a when high: folded so that both tails keep full relative precision. */
export type Folded = { readonly high: boolean; readonly a: number };

export function fold(x: number, r: number): Folded {
  const high = x >= 2 ** 31;
  const m = high ? ~x >>> 0 : x;
  // Below 2^23 a float32 holds more bits than m has left, so the second word continues it.
  const a = (m < 2 ** 23 ? m + (r + 0.5) * 2 ** -32 : m + 0.5) * 2 ** -32;
  return { high, a };
}

/** Every one-word family at word x with tail word r. */
export function fromWords(x: number, r: number): Record<OneWord, number> {
  const { high, a } = fold(x, r);
  const exponential = high ? -Math.log(a) : -Math.log1p(-a);
  const logit = Math.log(a) - Math.log1p(-a);
  return {
    uniform: high ? 1 - a : a,
    exponential,
    gumbel: -Math.log(exponential),
    logistic: high ? -logit : logit,
  };
}

/** Box-Muller (Ann. Math. Statist. 29, 1958): word x (tail r) sets the radius, word y the angle. */
export function normalsFromWords(x: number, r: number, y: number): readonly [number, number] {
  const radius = Math.sqrt(2 * fromWords(x, r).exponential);
  const s = ((y & 0x3fffffff) - 2 ** 29 + 0.5) * 2 ** -30;
  // Quarter turns are exact rotations: cos(pi/2*(q + s)) taken directly keeps only ~1e-6 relative beside its zeros.
  let [cos, sin] = [Math.cos((Math.PI / 2) * s), Math.sin((Math.PI / 2) * s)];
  for (let quadrant = y >>> 30; quadrant > 0; quadrant--) [cos, sin] = [-sin, cos];
  return [radius * cos, radius * sin];
}

export function bit32(key: Key, index: number): number {
  return word(key, index, WORDS);
}

/** Element `index` of the family's endless array under `key`. */
export function family(name: Family, key: Key, index: number): number {
  if (name !== "normal") return fromWords(word(key, index, WORDS), word(key, index, TAILS))[name];
  const first = index - (index % 2);
  return normalsFromWords(word(key, first, WORDS), word(key, first, TAILS), word(key, first + 1, WORDS))[
    index % 2
  ] as number;
}

export function bits(key: Key, length: number, offset = 0): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => bit32(key, offset + i));
}

/** Gumbel noise of one of the independent draws of a key: element `index`, and the first ones. */
export const gumbelAt = (key: Key, index: number, draw: number): number =>
  fromWords(word(key, index, WORDS, draw), word(key, index, TAILS, draw)).gumbel;

export const gumbelOf = (key: Key, length: number, draw: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => gumbelAt(key, i, draw));

export function noise(name: Family, key: Key, length: number, offset = 0): Float64Array {
  return Float64Array.from({ length }, (_, i) => family(name, key, offset + i));
}
