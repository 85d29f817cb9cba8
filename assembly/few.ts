import {
  add, lanes, load, max, mul, size, splat, store, storeTransposed,
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

/** Where the last rows stand when they are fewer than the lanes, the first of them in the place of those that are missing. */
const last = memory.data(528, 16);

/** Arguments as softmaxForward. */
export function softmaxFew(y: usize, x: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): void {
  if (ASC_FEATURE_SIMD) {
    const bytes = cols << 2;
    if (tauStep == 0) setTemperature<v128>(tau, 0, 4);
    for (; rows >= 4; rows -= 4, x += 4 * bytes, y += 4 * bytes, tau += 4 * tauStep) fourRows(y, x, 4, cols, tau, tauStep);
    if (rows == 0) return;
    memory.copy(last, x, rows * bytes);
    for (let row = rows; row < 4; row++) memory.copy(last + row * bytes, last, bytes);
    fourRows(last, last, rows, cols, tau, tauStep);
    memory.copy(y, last, rows * bytes);
  } else for (; rows > 0; rows--, x += cols << 2, y += cols << 2, tau += tauStep) oneRow(y, x, cols, tau);
}

/** Four rows, of which `rows` count. */
function fourRows(y: usize, x: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): void {
  const bytes = cols << 2;
  if (tauStep > 0) setTemperature<v128>(tau, tauStep, rows);
  gather<v128>(x, bytes);
  if (softmaxColumns<v128>(cols)) return scatter<v128>(y, bytes);
  for (let row: usize = 0; row < rows; row++) oneRow(y + row * bytes, x + row * bytes, cols, tau + row * tauStep);
  if (tauStep == 0) setTemperature<v128>(tau, 0, 4);
}

/** One row, which may be wild. */
function oneRow(y: usize, x: usize, cols: usize, tau: usize): void {
  setTemperature<f32>(tau, 0, 1);
  gather<f32>(x, cols << 2);
  if (!softmaxColumns<f32>(cols)) {
    const best = columnMax<f32>(cols);
    const end = columns + (cols << 2);
    for (let at = columns; at < end; at += 4) store<f32>(at, wildTerm<f32>(load<f32>(at), f64(best), f64.load(tau)));
    scaleColumns<f32>(cols);
  }
  scatter<f32>(y, cols << 2);
}

@inline
function columnMax<V>(cols: usize): V {
  let best = load<V>(columns);
  for (let at = columns + size<V>(), end = columns + cols * size<V>(); at < end; at += size<V>())
    best = max<V>(best, load<V>(at));
  return add<V>(best, splat<V>(0)); // +0 rather than -0
}

@inline
function scaleColumns<V>(cols: usize): void {
  const end = columns + cols * size<V>();
  const by = inverseColumnSums<V>(columns, end);
  for (let at = columns; at < end; at += size<V>()) store<V>(at, mul<V>(load<V>(at), by));
}

/** False, and nothing done, if a row is wild. */
function softmaxColumns<V>(cols: usize): bool {
  const best = columnMax<V>(cols);
  if (!isTame<V>(best)) return false;
  const least = add<V>(best, reach<V>());
  const exponent = exponentOf<V>(best);
  const s = scale<V>();
  const r = rate<V>();
  const h = high<V>();
  const l = low<V>();
  const end = columns + cols * size<V>();
  for (let at = columns; at < end; at += size<V>()) store<V>(at, term<V>(load<V>(at), least, exponent, s, r, h, l));
  scaleColumns<V>(cols);
  return true;
}

/** Reads up to three elements past the last row. */
@inline
function gather<V>(x: usize, bytes: usize): void {
  const next = lanes<V>() == 1 ? 4 : bytes;
  for (let i: usize = 0, to = columns; i < bytes; i += 16, to += 4 * size<V>())
    storeTransposed<V>(to, size<V>(), load<V>(x + i), load<V>(x + i + next), load<V>(x + i + 2 * next), load<V>(x + i + 3 * next));
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
