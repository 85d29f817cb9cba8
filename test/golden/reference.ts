// Golden cases by the naive implementations of test/reference, in float64: no line of them is the library's. What they
// give is exact for integers; for floats it is what the library has to be close to.

import { noiseBound } from "../bounds.ts";
import { bits, FAMILIES, type Family, foldIn, gumbelOf, type Key, named, noise, split } from "../reference/noise.ts";
import { argmax, logSoftmax, logSumExp, rows, softmax, softmaxGrad } from "../reference/relax.ts";
import type { Arguments } from "./format.ts";
import { floats, integers, key, number } from "./inputs.ts";

export interface Exact {
  /** Numbers that have to be met bit for bit, or as closely as `within` says. */
  readonly values: ArrayLike<number>;
  /** How far element i of the library may be off; 0 by default. */
  readonly within?: (i: number) => number;
}

type Reference = (a: Arguments) => Readonly<Record<string, Exact>>;

const words = (keys: readonly Key[]): Exact => ({ values: keys.flatMap(({ hi, lo }) => [hi, lo]) });

const family =
  (name: Family): Reference =>
  (a) => {
    const values = noise(name, key(a.key), number(a.length), number(a.offset));
    return { value: { values, within: (i) => noiseBound[name](values[i] as number) } };
  };

type Row = (row: number[], tau: number) => number[] | number;
const tauOf = (a: Arguments) => (a.tau ?? 1) as number | readonly number[];

/** Relative to the result; where that is small, to the arguments of the exponentials it comes from. */
const close = (values: Float64Array): Exact => ({
  values,
  within: (i) => 1e-6 * Math.max(1, Math.abs(values[i] as number)),
});

const rowwise =
  (f: Row): Reference =>
  (a) => {
    const x = floats(a.logits);
    return { value: close(rows(x, number(a.cols ?? x.length), tauOf(a), f)) };
  };

/** logits + noise: in float64, from element `offset` on. */
function perturbed(a: Arguments, offset = 0): Float64Array {
  const x = floats(a.logits);
  return noise("gumbel", key(a.key), x.length, offset).map((g, i) => g + (x[i] as number));
}

/** Float32 sums of logits and noise are off by this; scores closer than that may change places. */
const MARGIN = 1e-5;

/** Indices of the largest, best first; undefined where float32 could have another order. */
function order(z: readonly number[], k: number): number[] | undefined {
  const best = Array.from(z.keys()).sort((i, j) => (z[j] as number) - (z[i] as number) || i - j);
  const size = Math.max(1, ...z.filter(Number.isFinite).map(Math.abs));
  for (let i = 0; i < k && i + 1 < z.length; i++)
    if ((z[best[i] as number] as number) - (z[best[i + 1] as number] as number) < MARGIN * size) return undefined;
  return best.slice(0, k);
}

function rowsOf(z: Float64Array, cols: number): number[][] {
  return Array.from({ length: z.length / cols }, (_, r) => Array.from(z.subarray(r * cols, (r + 1) * cols)));
}

/** undefined where a margin is too small to tell. */
function draws(a: Arguments): number[] | undefined {
  const x = floats(a.logits);
  const { length } = x;
  const [cols, n] = [number(a.cols ?? length), number(a.draws ?? 1)];
  const drawn = Array.from({ length: n }, (_, d) => {
    const z = gumbelOf(key(a.key), length, d).map((g, i) => g + (x[i] as number));
    return rowsOf(z, cols).map((row) => order(row, 1)?.[0]);
  });
  const byRow = Array.from({ length: length / cols }, (_, r) => drawn.map((column) => column[r])).flat();
  return byRow.every((i) => i !== undefined) ? (byRow as number[]) : undefined;
}

function gumbelSoftmax(a: Arguments): Record<string, Exact> {
  const z = perturbed(a, number(a.offset ?? 0));
  const cols = number(a.cols ?? z.length);
  if (a.hard) return { value: { values: rows(z, cols, 1, (row) => row.map((_, i) => (i === argmax(row) ? 1 : 0))) } };
  const values = rows(z, cols, tauOf(a), softmax);
  const tau = [tauOf(a)].flat() as number[];
  // d y / d z is at most y / tau; z is off by an ulp of itself.
  const largest = z.filter(Number.isFinite).reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  return {
    value: { values, within: (i) => (values[i] as number) * ((2 ** -22 * largest) / Math.min(...tau)) + 1e-6 },
  };
}

function gradient(a: Arguments): Record<string, Exact> {
  const [y, g] = [floats(a.samples), floats(a.upstream)];
  const cols = number(a.cols);
  const upstream = (r: number): Float32Array => g.subarray(r * cols, (r + 1) * cols);
  const values = rows(y, cols, tauOf(a), (row, tau, r) => softmaxGrad(row, upstream(r), tau));
  // Six roundings of 2^-24 each, of terms that may cancel.
  const terms = rows(y, cols, tauOf(a), (row, tau, r) => {
    const total = row.reduce((sum, x, i) => sum + x * Math.abs(upstream(r)[i] as number), 0);
    return row.map((x, i) => (x * (Math.abs(upstream(r)[i] as number) + total)) / tau);
  });
  const within = (i: number): number => 6 * 2 ** -24 * (terms[i] as number);
  return {
    value: { values, within },
    "added to itself": { values: values.map((x) => 2 * x), within: (i) => 2 * within(i) },
  };
}

/**
 * Rows of perturbed logits where each is -log(exp(-top) - exp(-peak) + exp(-z)), (peak and) top those of the row. What float32 loses in
 * peak - z is large where z is next to it.
 */
function conditional(a: Arguments, topOf: (z: readonly number[], row: number) => number, peaked: boolean): Exact {
  const z = rowsOf(perturbed(a), number(a.cols ?? floats(a.logits).length));
  const values = z.flatMap((row, r) => {
    const [top, peak] = [topOf(row, r), peaked ? Math.max(...row) : Number.POSITIVE_INFINITY];
    return row.map((x) => -Math.log(Math.exp(-top) - Math.exp(-peak) + Math.exp(-x)));
  });
  return { values, within: (i) => 1e-5 * Math.max(1, Math.abs(values[i] as number)) };
}

function topK(a: Arguments): Record<string, Exact> {
  const z = rowsOf(perturbed(a), number(a.cols ?? floats(a.logits).length));
  const best = z.map((row) => order(row, number(a.k)));
  const scores = z.flatMap((row, r) => best[r]?.map((i) => row[i] as number) ?? []);
  if (best.includes(undefined)) return {};
  return { indices: { values: (best as number[][]).flat() }, scores: close(Float64Array.from(scores)) };
}

/** By the call of a case; a result that cannot be told is left out. */
export const REFERENCES: Readonly<Record<string, Reference>> = {
  key: ({ seeds }) => {
    const all = (seeds as readonly string[]).map((seed) => BigInt.asUintN(64, BigInt(seed)));
    const keys = words(all.map((seed) => ({ hi: Number(seed >> 32n), lo: Number(seed & 0xffffffffn) })));
    return { value: keys, "value of numbers": keys };
  },
  split: (a) => ({ value: words(split(key(a.key), number(a.n))) }),
  foldIn: (a) => ({ value: words(integers(a.data).map((data) => foldIn(key(a.key), data))) }),
  named: (a) => ({ value: words((a.names as readonly string[]).map((name) => named(key(a.key), name))) }),
  bits: (a) => ({ value: { values: bits(key(a.key), number(a.length), number(a.offset)) } }),
  ...Object.fromEntries(FAMILIES.map((name) => [name, family(name)])),
  softmax: rowwise(softmax),
  logSoftmax: rowwise(logSoftmax),
  logSumExp: rowwise(logSumExp),
  gumbelSoftmax,
  gumbelSoftmaxGrad: gradient,
  categorical: (a) => {
    const values = draws(a);
    return values ? { value: { values } } : {};
  },
  topK,
  importanceWeights(a): Record<string, Exact> {
    const x = floats(a.logits);
    const [cols, k] = [number(a.cols ?? x.length), number(a.k)];
    const z = rowsOf(perturbed(a), cols);
    const best = z.map((row) => order(row, Math.min(k + 1, cols)));
    if (best.includes(undefined)) return {};
    const thresholds = z.map((row, r) => row[(best[r] as number[])[k] ?? -1] ?? Number.NEGATIVE_INFINITY);
    const drawn = z.flatMap((_, r) => (best[r] as number[]).slice(0, k).map((i) => ({ r, i })));
    const inclusion = drawn.map(
      ({ r, i }) => -Math.expm1(-Math.exp((x[r * cols + i] as number) - (thresholds[r] as number))),
    );
    const p = rows(x, cols, 1, softmax);
    const weights = drawn.map(({ r, i }, at) => (p[r * cols + i] as number) / (inclusion[at] as number));
    const near = (values: number[]): Exact => ({ values, within: (i) => 1e-5 * (values[i] as number) });
    return {
      indices: { values: drawn.map(({ i }) => i) },
      thresholds: { values: thresholds, within: (i) => 1e-5 * Math.max(1, Math.abs(thresholds[i] as number)) },
      inclusion: near(inclusion),
      weights: near(weights),
    };
  },
  conditionalGumbel(a) {
    const x = rowsOf(Float64Array.from(floats(a.logits)), number(a.cols));
    const index = integers(a.index);
    // The largest is logSumExp(logits) with the noise of the index.
    const topOf = (z: readonly number[], r: number): number => {
      const row = x[r] as number[];
      const i = index[r] as number;
      return logSumExp(row) + (z[i] as number) - (row[i] as number);
    };
    const { values, within } = conditional(a, topOf, false);
    const tops = rowsOf(perturbed(a), number(a.cols)).map(topOf);
    const cols = number(a.cols);
    const exact = Array.from(values, (value, i) =>
      i % cols === index[Math.floor(i / cols)] ? (tops[Math.floor(i / cols)] as number) : value,
    );
    return { value: { values: exact, ...(within && { within }) } };
  },
  truncatedGumbel: (a) => ({ value: conditional(a, (_, r) => floats(a.bound)[r] as number, false) }),
  topDownGumbel: (a) => ({ value: conditional(a, (_, r) => floats(a.max)[r] as number, true) }),
  streamCategorical: (a) => {
    const values = draws(a);
    return values ? { value: { values } } : {};
  },
  streamTopK: topK,
  streamReservoir: (a) => {
    const { indices, scores } = topK(a);
    return indices && scores ? { items: indices, scores } : {};
  },
  streamLogSumExp: rowwise(logSumExp),
};
