import type { Expected, Result } from "./format.ts";

/** Results of more elements are recorded by their ends and a hash. */
const LONG = 64;
const END = 8;

function typeOf({ data }: Result): string {
  if (data instanceof Float32Array) return "f32";
  if (data instanceof Float64Array) return "f64";
  return data instanceof Int32Array ? "i32" : "u32";
}

/** The bits as 32-bit words; of an f64 the lower half comes first, as in its little-endian bytes. */
const wordsOf = ({ data }: Result): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, data.byteLength / Uint32Array.BYTES_PER_ELEMENT);

const hex = (word: number): string => word.toString(16).padStart(8, "0");

function elements(result: Result, start: number, end: number): string {
  const words = wordsOf(result);
  const wide = result.data instanceof Float64Array;
  const element = (i: number): string =>
    wide ? hex(words[2 * i + 1] as number) + hex(words[2 * i] as number) : hex(words[i] as number);
  return Array.from({ length: end - start }, (_, i) => element(start + i)).join(" ");
}

/**
 * FNV-1a of 64 bits over the little-endian bytes, as 16 hexadecimal digits (Fowler, Noll, Vo; offset basis
 * cbf29ce484222325, prime 2^40 + 1b3), in two halves: a BigInt a byte would take a second a megabyte.
 */
export function fnv1a64(words: Uint32Array): string {
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (const word of words)
    for (let shift = 0; shift < 32; shift += 8) {
      low = (low ^ ((word >>> shift) & 255)) >>> 0;
      const product = low * 0x1b3; // below 2^41: exact
      high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
      low = product >>> 0;
    }
  return hex(high) + hex(low);
}

/** How a result is written down. */
export function record(result: Result): Expected {
  const { shape, data } = result;
  const what = { type: typeOf(result), shape };
  const n = data.length;
  if (n <= LONG) return { ...what, bits: elements(result, 0, n) };
  return {
    ...what,
    first: elements(result, 0, END),
    last: elements(result, n - END, n),
    fnv1a64: fnv1a64(wordsOf(result)),
  };
}

/** "[3]: expected 3f800000, got 3f800001" for the first element that differs; undefined when none does. */
export function difference(expected: Expected, result: Result): string | undefined {
  const got = record(result);
  for (const field of ["type", "shape"] as const)
    if (String(expected[field]) !== String(got[field]))
      return `: expected ${field} ${expected[field]}, got ${got[field]}`;
  for (const [field, start] of [
    ["bits", 0],
    ["first", 0],
    ["last", result.data.length - END],
  ] as const) {
    const [want, have] = [words(expected[field]), words(got[field])];
    const at = have.findIndex((word, i) => word !== want[i]);
    if (at >= 0) return `[${start + at}]: expected ${want[at]}, got ${have[at]}`;
    if (want.length !== have.length) return `: expected ${want.length} elements under "${field}", got ${have.length}`;
  }
  if (expected.fnv1a64 !== got.fnv1a64)
    return `: expected the hash ${expected.fnv1a64}, got ${got.fnv1a64}; the first and last ${END} elements agree`;
  return undefined;
}

const words = (bits: string | undefined): string[] => bits?.split(" ") ?? [];
