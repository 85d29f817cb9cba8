import { ArgumentError, checkInteger, checkOptions, describe, makeArray } from "../../core/index.ts";
import { bits, checkKey, type Key, named } from "../../random/index.ts";
import { COORDINATES, directions } from "./directions.ts";
import { DEPTH, hash, SEEDS, scrambled } from "./scramble.ts";

/** A fraction of so many bits, and half of one more, is a float32 number. */
const BITS = 23;
/** Most points of a net: with more, two would have the same bits. */
const MOST_POINTS = 2 ** BITS;

/** Which points of a net. */
export interface ScrambledSobolOptions {
  /** Of the whole net: a power of two, at most 2^23. */
  readonly points: number;
  /** Coordinates of a point, 1 or more. */
  readonly dimensions: number;
  /** Number of the first point that is asked for: 0 by default. */
  readonly first?: number;
  /** How many points are asked for: all from `first` on by default. */
  readonly count?: number;
}

/**
 * Points spread more evenly over the unit cube than random ones are: the first `points` of Sobol's sequence, scrambled. Each point by
 * itself is uniform, so that a mean over the points is unbiased; any coordinate has one point in each of `points` equal intervals, and
 * few coordinates together are as even as a (t,m,s)-net is. Means of smooth functions of few variables, or of sums of such, miss by
 * order points^(-3/2), up to logarithms, instead of points^(-1/2); means of any other by at most a constant times what random points do.
 * How much they do miss is told by several nets, each of a key of its own (`expectation` with `quasi`), not by the points of one.
 *
 * Coordinates are (k + 1/2) / 2^23, k an integer: never 0 or 1. The first 64 are one net; each 64 further ones are another, its points
 * in an order of their own: even among themselves, and to those of others as random ones are. A point does not depend on `first`,
 * `count` or the coordinates after it.
 *
 * Sobol' 1967; Joe, Kuo 2008 (direction numbers); Owen 1995 and 1997, "Scrambled net variance for integrals of smooth functions"
 * (nested uniform scrambling and the order above); Owen 1998, "Latin supercube sampling for very high-dimensional simulations".
 * @returns row-major [count, dimensions]
 * @throws KeyError; ArgumentError (`points` that are no power of two up to 2^23, points asked for that are not there)
 */
export function scrambledSobol(key: Key, options: ScrambledSobolOptions): Float32Array {
  const { points, dimensions, first = 0, count } = checkOptions(options, ["points", "dimensions", "first", "count"]);
  checkKey(key);
  if (!isPoints(points)) throw new ArgumentError("points", "a power of two, at most 2^23", describe(points));
  checkInteger("dimensions", dimensions, 1);
  checkInteger("first", first, 0, points);
  const asked = count === undefined ? points - first : checkInteger("count", count, 0, points - first);
  const result = makeArray(Float32Array, asked * dimensions, "count");
  fill(result, key, points, { first, count: asked, from: 0, width: dimensions });
  return result;
}

/** Whether a net may have so many points. */
export const isPoints = (n: unknown): boolean =>
  Number.isInteger(n) &&
  (n as number) > 0 &&
  (n as number) <= MOST_POINTS &&
  ((n as number) & ((n as number) - 1)) === 0;

/** Points `first` on, and coordinates `from` on: a row for each point. */
export interface Part {
  readonly first: number;
  readonly count: number;
  readonly from: number;
  readonly width: number;
}

/** A part of a net of so many points, a power of two. */
export function fill(out: Float32Array, key: Key, points: number, { first, count, from, width }: Part): void {
  const v = directions();
  const seeds = bits(key, width * SEEDS, { offset: from * SEEDS });
  let order: Uint32Array = new Uint32Array(0);
  for (let j = 0; j < width; j++) {
    const c = from + j;
    if (j === 0 || c % COORDINATES === 0) order = orderOf(key, Math.floor(c / COORDINATES), points, first, count);
    const at = (c % COORDINATES) * 32;
    let [x, before] = [0, 0];
    for (let i = 0; i < count; i++) {
      // Of a number and the next one, two bits differ on average.
      const n = order[i] as number;
      for (let rest = n ^ before, k = at; rest > 0; rest >>>= 1, k++) if (rest & 1) x ^= v[k] as number;
      before = n;
      out[i * width + j] = ((scrambled(x, seeds, j * SEEDS) >>> (DEPTH - BITS)) + 0.5) / MOST_POINTS;
    }
  }
}

/** Which points of its net a group of coordinates has: those of the first group in turn, those of others in an order of their own. */
function orderOf(key: Key, group: number, points: number, first: number, count: number): Uint32Array {
  const order = new Uint32Array(count).map((_, i) => first + i);
  if (group === 0) return order;
  const seeds = bits(named(key, "order"), ORDER, { offset: group * ORDER });
  return order.map((i) => shuffled(i, points, seeds));
}

/** Random words that make an order: two for each of six rounds. */
const ORDER = 12;

/**
 * The numbers below a power of two in another order: Feistel's network of hashes, each half of the bits turned by what the other one is
 * hashed to. Nested scrambling would keep neighbours together, whose products then vary together.
 */
function shuffled(i: number, points: number, seeds: Uint32Array): number {
  const high = (32 - Math.clz32(points - 1)) >>> 1;
  const low = points >>> high;
  let [a, b] = [i % low, Math.floor(i / low)];
  for (let round = 0; round < ORDER; round += 4) {
    a ^= hash(b ^ (seeds[round] as number), seeds[round + 1] as number) & (low - 1);
    b ^= hash(a ^ (seeds[round + 2] as number), seeds[round + 3] as number) & (points / low - 1);
  }
  return b * low + a;
}
