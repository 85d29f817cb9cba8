import fc from "fast-check";
import * as reparam from "../../bindings/index.ts";
import { mulberry32 } from "../reference/statistics.ts";

export type Words = Float32Array | Uint32Array | Int32Array;

export interface Given {
  /** Puts an input somewhere in memory. */
  readonly place?: (x: Float32Array) => Float32Array;
  readonly out?: Words;
}

/** A call of the library on some rows, which can be made for a part of the rows too. */
export interface Call {
  readonly title: string;
  readonly rows: number;
  /** Elements of the result that a row has. */
  readonly width: number;
  /** Which parts give what they give in the whole: any, or those that begin with row 0. */
  readonly parts: "any" | "first";
  /** Whether it takes `out`; "added" when it adds into it. */
  readonly out: "written" | "added" | "no";
  /** The rows from `first` up to `end`. */
  readonly run: (first: number, end: number, given?: Given) => Words;
}

interface Values {
  readonly seed: number;
  readonly rows: number;
  readonly cols: number;
  readonly offset: number;
  readonly size: number;
  readonly tau: number;
  readonly tauEach: boolean;
  readonly draws: number;
}

const { bits, uniform, exponential, gumbel, logistic, normal, softmax, logSoftmax, logSumExp } = reparam;
const FAMILIES = { bits, uniform, exponential, gumbel, logistic, normal };
const SOFTMAXES = { softmax, logSoftmax, logSumExp };

/** Numbers in (-size, size); with `absent`, a fifth of the categories but the first are -Infinity. */
function numbers(seed: number, length: number, size: number, absent = 0): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length }, (_, i) => {
    const x = (random() / 2 ** 31 - 1) * size;
    return absent > 0 && i % absent > 0 && random() % 5 === 0 ? -Infinity : x;
  });
}

const asIs = (x: Float32Array): Float32Array => x;

function callsOf(v: Values): Readonly<Record<string, Omit<Call, "title" | "rows">>> {
  const { rows, cols, offset, draws } = v;
  const key = reparam.foldIn(reparam.key(v.seed), 1);
  const logits = numbers(v.seed, rows * cols, v.size, v.seed % 2 === 0 ? cols : 0);
  const taus = Float64Array.from({ length: rows }, (_, r) => v.tau * (1 + r / 3));
  const tau = (first: number, end: number) => (v.tauEach ? taus.slice(first, end) : v.tau);
  const part = (x: Float32Array, first: number, end: number) => x.subarray(first * cols, end * cols);
  const into = <T extends Words>(out: Words | undefined) => (out === undefined ? {} : { out: out as T });

  const noise = (name: keyof typeof FAMILIES): Omit<Call, "title" | "rows"> => ({
    width: cols,
    parts: "any",
    out: "written",
    run: (first, end, { out } = {}) =>
      (FAMILIES[name] as (key: reparam.Key, length: number, options: object) => Words)(key, (end - first) * cols, {
        offset: offset + first * cols,
        ...into(out),
      }),
  });
  const rowwise = (name: keyof typeof SOFTMAXES): Omit<Call, "title" | "rows"> => ({
    width: name === "logSumExp" ? 1 : cols,
    parts: "any",
    out: "written",
    run: (first, end, { place = asIs, out } = {}) =>
      SOFTMAXES[name](place(part(logits, first, end)), { cols, tau: tau(first, end), ...into<Float32Array>(out) }),
  });
  const relaxed = (hard: boolean): Omit<Call, "title" | "rows"> => ({
    width: cols,
    parts: "any",
    out: "written",
    run: (first, end, { place = asIs, out } = {}) =>
      reparam.gumbelSoftmax(key, place(part(logits, first, end)), {
        cols,
        tau: tau(first, end),
        hard,
        offset: offset + first * cols,
        ...into<Float32Array>(out),
      }),
  });
  const [samples, upstream] = [numbers(v.seed, rows * cols, 1).map(Math.abs), numbers(v.seed + 1, rows * cols, 3)];
  const conditional = (
    f: (x: Float32Array, first: number, end: number, out: { out?: Float32Array }) => Float32Array,
  ): Omit<Call, "title" | "rows"> => ({
    width: cols,
    parts: "first",
    out: "written",
    run: (first, end, { place = asIs, out } = {}) =>
      f(place(part(logits, first, end)), first, end, into<Float32Array>(out)),
  });
  const k = 1 + (v.seed % Math.min(cols, 5));
  const best = (result: "indices" | "scores"): Omit<Call, "title" | "rows"> => ({
    width: k,
    parts: "first",
    out: "no",
    run: (first, end, { place = asIs } = {}) =>
      reparam.topK(key, place(part(numbers(v.seed, rows * cols, v.size), first, end)), { cols, k })[result],
  });
  return {
    ...Object.fromEntries(Object.keys(FAMILIES).map((name) => [name, noise(name as keyof typeof FAMILIES)])),
    ...Object.fromEntries(Object.keys(SOFTMAXES).map((name) => [name, rowwise(name as keyof typeof SOFTMAXES)])),
    gumbelSoftmax: relaxed(false),
    "gumbelSoftmax, hard": relaxed(true),
    gumbelSoftmaxGrad: {
      width: cols,
      parts: "any",
      out: "added",
      run: (first, end, { place = asIs, out } = {}) => {
        const [y, g] = [place(part(samples, first, end)), place(part(upstream, first, end))];
        return reparam.gumbelSoftmaxGrad(y, g, { cols, tau: tau(first, end), ...into<Float32Array>(out) });
      },
    },
    categorical: {
      width: draws,
      parts: "first",
      out: "no",
      run: (first, end, { place = asIs } = {}) =>
        reparam.categorical(key, place(part(logits, first, end)), { cols, draws }),
    },
    conditionalGumbel: conditional((x, first, end, out) =>
      reparam.conditionalGumbel(key, x, { cols, index: new Int32Array(end - first), ...out }),
    ),
    truncatedGumbel: conditional((x, first, end, out) =>
      reparam.truncatedGumbel(key, x, { cols, bound: taus.slice(first, end), ...out }),
    ),
    topDownGumbel: conditional((x, first, end, out) =>
      reparam.topDownGumbel(key, x, { cols, max: taus.slice(first, end), ...out }),
    ),
    "importanceWeights, weights": {
      ...best("scores"),
      run: (first, end, { place = asIs } = {}) =>
        reparam.importanceWeights(key, place(part(numbers(v.seed, rows * cols, v.size), first, end)), { cols, k })
          .weights,
    },
    "topK, indices": best("indices"),
    "topK, scores": best("scores"),
  };
}

const values = fc.record({
  seed: fc.integer({ min: 0, max: 1e9 }),
  rows: fc.integer({ min: 1, max: 9 }),
  cols: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 41, max: 1100 }) },
  ),
  offset: fc.oneof(
    fc.integer({ min: 0, max: 50 }),
    fc.integer({ min: 2 ** 34 - 300, max: 2 ** 34 + 10 }),
    fc.integer({ min: 0, max: 2 ** 53 - 20_000 }),
  ),
  size: fc.constantFrom(0.1, 3, 30, 1e4),
  tau: fc.double({ min: 0.05, max: 20, noNaN: true }),
  tauEach: fc.boolean(),
  draws: fc.integer({ min: 1, max: 4 }),
});

const some = { seed: 0, rows: 1, cols: 1, offset: 0, size: 1, tau: 1, tauEach: false, draws: 1 };

/** What there is to call. */
export const NAMES: readonly string[] = Object.keys(callsOf(some));

/** A call of the given function, or of any. */
export const anyCall = (name?: string): fc.Arbitrary<Call> =>
  fc.tuple(values, fc.constantFrom(...(name === undefined ? NAMES : [name]))).map(([v, chosen]) => ({
    ...(callsOf(v)[chosen] as Omit<Call, "title" | "rows">),
    title: `${chosen} ${JSON.stringify(v)}`,
    rows: v.rows,
  }));

/** Fails at the first element whose bits differ; 0 and -0 do. */
export function expectSameBits(got: Words, expected: Words, what: string): void {
  const [x, y] = [got, expected].map((w) => new Uint32Array(w.buffer, w.byteOffset, w.length)) as [
    Uint32Array,
    Uint32Array,
  ];
  const at = x.length === y.length ? x.findIndex((word, i) => word !== y[i]) : Math.min(x.length, y.length);
  if (at >= 0) throw new Error(`${what}: element ${at}: expected ${expected[at]}, got ${got[at]}`);
}
