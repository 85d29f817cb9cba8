import {
  add, allTrue, equal, lanes, load, max, mul, size, splat, store, storeTransposed,
} from "./lanes";
import { inverseColumnSums } from "./rows";
import {
  exponentOf, high, isTame, low, rate, reach, scale, setTemperature, term, wildTerm,
} from "./tempered";

/**
 * Softmax of rows of few categories: four rows at a time, side by side, so that sums and maxima go down the lanes and no
 * lane is idle. A row's bits do not depend on its neighbours: each lane sums its terms in f64 from the first to the last.
 */

/** The most categories for which this pays. */
export const FEW: usize = 32;

/** lanes<V>() rows, transposed: category k of all of them in vector k. */
const columns = memory.data(512, 16);

/** Results of the last rows, when they are fewer than the lanes. */
const last = memory.data(512, 16);

/** Arguments as softmaxForward. */
export function softmaxFew(y: usize, x: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): bool {
  const bytes = cols << 2;
  let all = true;
  if (ASC_FEATURE_SIMD) {
    if (tauStep == 0) setTemperature<v128>(tau, 0, 4);
    for (; rows > 0; x += 4 * bytes, y += 4 * bytes, tau += 4 * tauStep) {
      const count = min<usize>(rows, 4);
      if (!fourRows(y, x, count, cols, tau, tauStep)) all = false;
      rows -= count;
    }
  } else for (; rows > 0; rows--, x += bytes, y += bytes, tau += tauStep) if (!oneRow(y, x, cols, tau)) all = false;
  return all;
}

/** Four rows, of which `rows` count: the others are copies of the last. */
function fourRows(y: usize, x: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): bool {
  const bytes = cols << 2;
  if (tauStep > 0) setTemperature<v128>(tau, tauStep, rows);
  const end = x + (rows - 1) * bytes;
  gather<v128>(x, min(x + bytes, end), min(x + 2 * bytes, end), min(x + 3 * bytes, end), bytes);
  const best = columnMax<v128>(cols);
  if (isTame<v128>(best)) {
    const all = softmaxColumns<v128>(best, cols);
    scatter<v128>(rows == 4 ? y : last, bytes);
    if (rows < 4) for (let i: usize = 0; i < rows * bytes; i += 4) store<f32>(y + i, load<f32>(last + i));
    return all;
  }
  let all = true;
  for (let row: usize = 0; row < rows; row++)
    if (!oneRow(y + row * bytes, x + row * bytes, cols, tau + row * tauStep)) all = false;
  return all;
}

/** One row, which may be wild. */
function oneRow(y: usize, x: usize, cols: usize, tau: usize): bool {
  setTemperature<f32>(tau, 0, 1);
  gather<f32>(x, x + 4, x + 8, x + 12, cols << 2);
  const best = columnMax<f32>(cols);
  const all = isTame<f32>(best) ? softmaxColumns<f32>(best, cols) : softmaxWild(best, cols, f64.load(tau));
  scatter<f32>(y, cols << 2);
  return all;
}

@inline
function columnMax<V>(cols: usize): V {
  let best = load<V>(columns);
  for (let at = columns + size<V>(), end = columns + cols * size<V>(); at < end; at += size<V>())
    best = max<V>(best, load<V>(at));
  return add<V>(best, splat<V>(0)); // +0 rather than -0
}

function softmaxColumns<V>(best: V, cols: usize): bool {
  const least = add<V>(best, reach<V>());
  const exponent = exponentOf<V>(best);
  const s = scale<V>();
  const r = rate<V>();
  const h = high<V>();
  const l = low<V>();
  const end = columns + cols * size<V>();
  for (let at = columns; at < end; at += size<V>()) store<V>(at, term<V>(load<V>(at), least, exponent, s, r, h, l));
  return scaleColumns<V>(end);
}

function softmaxWild(best: f32, cols: usize, tau: f64): bool {
  const end = columns + (cols << 2);
  for (let at = columns; at < end; at += 4) store<f32>(at, wildTerm<f32>(load<f32>(at), f64(best), tau));
  return scaleColumns<f32>(end);
}

/** @returns whether all sums are numbers */
@inline
function scaleColumns<V>(end: usize): bool {
  const by = inverseColumnSums<V>(columns, end);
  for (let at = columns; at < end; at += size<V>()) store<V>(at, mul<V>(load<V>(at), by));
  return allTrue<V>(equal<V>(by, by));
}

/** Four rows from their addresses; for f32 one row, four categories at a time. Reads up to three elements past a row. */
@inline
function gather<V>(a: usize, b: usize, c: usize, d: usize, bytes: usize): void {
  for (let i: usize = 0, to = columns; i < bytes; i += 16, to += 4 * size<V>())
    storeTransposed<V>(to, size<V>(), load<V>(a + i), load<V>(b + i), load<V>(c + i), load<V>(d + i));
}

@inline
function scatter<V>(y: usize, bytes: usize): void {
  let i: usize = 0;
  let from = columns;
  for (; i + 16 <= bytes; i += 16, from += 4 * size<V>())
    storeTransposed<V>(y + i, bytes, load<V>(from), load<V>(from + size<V>()), load<V>(from + 2 * size<V>()), load<V>(from + 3 * size<V>()));
  for (; i < bytes; i += 4, from += size<V>())
    for (let row: usize = 0; row < lanes<V>(); row++) store<f32>(y + row * bytes + i, load<f32>(from + row * 4));
}
