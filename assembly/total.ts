import { expSmall, MAGIC } from "./exp";
import { shiftLeft } from "./lanes";
import { LN2, LOG2_E } from "./ln2";
import { addWholes } from "./rows";
import { high, low, rate, scale } from "./tempered";

/**
 * The sum of terms exp(x / tau) of 24 bits, added as whole numbers, so that neither the order of its terms nor how they were grouped shows.
 *
 * A term is 2^n m, n whole, m of 24 bits: a function of x and tau alone. Window w has the powers from 2^(48 w - 2) to
 * 2^(48 w + 45). The sum is kept in the window of its largest term and the one below, as two whole numbers: each term,
 * rounded to a multiple of 2^(48 w), and the rest, rounded to a multiple of 2^(48 (w - 1)). What is lost is at most 2^-46 of
 * the largest term for each term, and depends on nothing but the set of terms; a term is 0 in any window above its own.
 * Source: Demmel and Nguyen 2015, "Parallel reproducible summation", with whole numbers in the place of floats.
 */

const WIDTH = 48;

/** Terms of a tile: 2^10 of less than 2^47 have a sum of less than 2^63. */
export const TILE: usize = 1024;

/** The two numbers, each as its high part times 2^32 and its low one: i64 upper high, low, lower high, low. */
const sums = memory.data(32, 8);

export function clearSums(): void {
  memory.fill(sums, 0, 32);
}

/** 1.5 * 2^(52 + 64): a term, 2^64 times too large, plus this is rounded to a multiple of the unit of the upper number. */
const UPPER: f64 = 124615124604835863084731911901282304.0;
/** The same for the lower: 1.5 * 2^(52 + 64 - 48). */
const LOWER: f64 = 442721857769029238784.0;

/** The window of the largest term, given its n. */
@inline
export function windowOf(n: f64): f64 {
  return Math.floor((n + 2) / WIDTH);
}

/** The first power of a window. */
@inline
export function start(window: f64): f64 {
  return window * WIDTH;
}

/** Adds a tile of terms, f32, each 2^64 times too large in its window. @returns whether none of them is NaN */
export function addTile<V>(terms: usize, bytes: usize): bool {
  return addWholes<V>(sums, terms, bytes, UPPER, LOWER);
}

/** The four parts as f64[4]. */
export function storeSums(out: usize): void {
  for (let i: usize = 0; i < 32; i += 8) f64.store(out + i, f64(i64.load(sums + i)));
}

// --- terms of rows whose exponents are beyond those of term ------------------------------------------------------------

/** Where |x log2(e) / tau| is less for a term, its n and m are those of `term`: tame rows have no others that count. */
const TAME_TERM: f32 = 700;

/** From here on the maximum alone decides: the logarithm of any number of terms is less than half an ulp of it. */
const HUGE: f64 = 4294967296; // 2^32

const mantissa = memory.data(4, 4);

/** n of a term; its m is left in `mantissa`. */
export function splitTerm(x: f32, tau: f64): f64 {
  const product = x * scale<f32>();
  if (Mathf.abs(product) < TAME_TERM) {
    const n = product + MAGIC - MAGIC;
    f32.store(mantissa, expSmall<f32>((x - n * high<f32>() - n * low<f32>()) * rate<f32>()));
    return f64(n);
  }
  const p = Math.max(-2 * HUGE, Math.min(2 * HUGE, f64(x) * (LOG2_E / tau)));
  const n = nearest(p);
  f32.store(mantissa, expSmall<f32>(f32((p - n) * LN2)));
  return n;
}

/** Terms of a tile, 2^64 times too large in the window that begins at 2^from; too small ones are 2^-86, which rounds to 0. */
export function wildTerms(y: usize, x: usize, bytes: usize, from: f64, tau: f64): void {
  for (let i: usize = 0; i < bytes; i += 4) {
    const exponent = f32(Math.max(-150, splitTerm(f32.load(x + i), tau) - from));
    f32.store(y + i, f32.load(mantissa) * shiftLeft<f32>(exponent + (MAGIC + 191), 23));
  }
}

// --- its logarithm -----------------------------------------------------------------------------------------------------

/**
 * log of the sum whose largest term is exp(best / tau); NaN when best is infinite.
 * Identity: the sum is 2^e s, s from 2/3 to 4/3 and z = (s - 1) / (s + 1); log s = 2 (z + z^3 / 3 + z^5 / 5 + ...)
 * Max error: 1e-12, before it is rounded to f32
 */
export function logOfSums(best: f32, tau: f64, window: f64, h1: f64, l1: f64, h2: f64, l2: f64): f32 {
  const x = f64(best);
  if (!(Math.abs(x * (LOG2_E / tau)) < HUGE)) return f32(x / tau + (x - x));
  const sum = h1 * 4294967296 + l1 + (h2 * 4294967296 + l2) * 3.552713678800501e-15; // 2^-48
  const bits = reinterpret<i64>(sum);
  const e = (bits - 0x3fe5555555555555) >> 52;
  const s = reinterpret<f64>(bits - (e << 52));
  const z = (s - 1) / (s + 1);
  const u = z * z;
  let p: f64 = 0;
  for (let k: f64 = 15; k > 1; k -= 2) p = p * u + 1 / k;
  return f32((start(window) + f64(e)) * LN2 + 2 * (z + z * u * p));
}
