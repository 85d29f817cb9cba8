import { exp } from "./exp";
import { logOf } from "./scalar";
import { add, load, loadTail, mul, mulAdd, residual, size, splat, store, storeTail, sub } from "./lanes";
import { rowDot, rowMax, rowSum, whole } from "./rows";
import { FEW, softmaxFew } from "./few";
import { addTile, clearSums, logOfSums, splitTerm, start, storeSums, TILE, wildTerms, windowOf } from "./total";
import { exponentAt, exponentOf, FACTOR, high, isTame, low, rate, reach, scale, setTemperature, shiftOf, term, wildTerm } from "./tempered";

/**
 * Row softmax at temperature tau and its relatives. Dense rows: x, y, dx, dy are f32[rows][cols] for any cols;
 * tau: f64[rows] (tauStep 8) or one f64 for all rows (tauStep 0). Gradients are added into dx.
 * x may hold -Infinity (y = 0 exactly). A row with NaN or +Infinity, or of nothing but -Infinity, has no softmax: it becomes
 * NaN, and the answer of a forward kernel, whether all rows have one, false. So nobody has to look through x before.
 * Source: Jang, Gu, Poole 2017, eq. 2. Pass 1 row max, pass 2 exp, pass 3 sum (f64), pass 4 scale.
 */

/** A rate as f32, kept finite: where it would overflow what it multiplies is 0, and has to stay so. */
@inline
function finite(rate: f64): f32 {
  return f32(Math.max(-f32.MAX_VALUE, Math.min(f32.MAX_VALUE, rate)));
}

// --- y = exp((x - max x) / tau) / sum --------------------------------------------------------------------------------

function softmaxRow<V>(y: usize, x: usize, bytes: usize, tau: f64): bool {
  termRow<V>(y, x, bytes, tau);
  const by = f32(1 / rowSum<V>(y, bytes));
  scaleRow<V>(y, bytes, by);
  return by == by;
}

/** y = FACTOR exp((x - shift) / tau), for the temperature that is set. @returns the shift */
function termRow<V>(y: usize, x: usize, bytes: usize, tau: f64): f64 {
  const best = rowMax<V>(x, bytes);
  if (!isTame<f32>(best)) {
    const shift = f64(best);
    for (let i: usize = 0; i < bytes; i += 4) store<f32>(y + i, wildTerm<f32>(load<f32>(x + i), shift, tau));
    return shift;
  }
  tameTerms<V>(y, x, bytes, best, exponentOf<V>(splat<V>(best)));
  return shiftOf(best, tau);
}

/** Terms of a tame row with this maximum, or of a part of it. */
function tameTerms<V>(y: usize, x: usize, bytes: usize, best: f32, exponent: V): void {
  const largest = splat<V>(best);
  const least = add<V>(largest, reach<V>());
  const s = scale<V>();
  const r = rate<V>();
  const h = high<V>();
  const l = low<V>();
  let i: usize = 0;
  for (const end = whole<V>(bytes); i < end; i += size<V>())
    store<V>(y + i, term<V>(load<V>(x + i), least, exponent, s, r, h, l));
  if (i < bytes) {
    const left = bytes - i;
    storeTail<V>(y + i, left, term<V>(loadTail<V>(x + i, left, largest), least, exponent, s, r, h, l));
  }
}

function scaleRow<V>(y: usize, bytes: usize, by: f32): void {
  let i: usize = 0;
  for (const end = whole<V>(bytes); i < end; i += size<V>()) store<V>(y + i, mul<V>(load<V>(y + i), splat<V>(by)));
  if (i < bytes) storeTail<V>(y + i, bytes - i, mul<V>(loadTail<V>(y + i, bytes - i, splat<V>(0)), splat<V>(by)));
}

function softmax<V>(y: usize, x: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): bool {
  if (cols <= FEW) return softmaxFew(y, x, rows, cols, tau, tauStep);
  const bytes = cols << 2;
  let all = true;
  for (; rows > 0; rows--, x += bytes, y += bytes, tau += tauStep) {
    setTemperature<V>(tau, 0, 1);
    if (!softmaxRow<V>(y, x, bytes, f64.load(tau))) all = false;
  }
  return all;
}

/**
 * y may equal x.
 * Max error: 4e-7 relative where y > 1e-30, cols <= 200000, |x| <= 1e4
 */
export function softmaxForward(y: usize, x: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): bool {
  assert(cols > 0);
  if (ASC_FEATURE_SIMD) return softmax<v128>(y, x, rows, cols, tau, tauStep);
  else return softmax<f32>(y, x, rows, cols, tau, tauStep);
}

/** dx += y (dy - <y, dy>) / tau: the Jacobian of softmax((x + noise) / tau) is (diag y - y y') / tau. */
function softmaxGrad<V>(dx: usize, y: usize, dy: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): void {
  const bytes = cols << 2;
  for (; rows > 0; rows--, dx += bytes, y += bytes, dy += bytes, tau += tauStep) {
    const mean = splat<V>(f32(rowDot<V>(y, dy, bytes)));
    const rate = splat<V>(finite(1 / f64.load(tau)));
    let i: usize = 0;
    for (const end = whole<V>(bytes); i < end; i += size<V>()) {
      const d = mul<V>(mul<V>(load<V>(y + i), sub<V>(load<V>(dy + i), mean)), rate);
      store<V>(dx + i, add<V>(load<V>(dx + i), d));
    }
    if (i < bytes) {
      const left = bytes - i;
      const zero = splat<V>(0);
      const d = mul<V>(mul<V>(loadTail<V>(y + i, left, zero), sub<V>(loadTail<V>(dy + i, left, zero), mean)), rate);
      storeTail<V>(dx + i, left, add<V>(loadTail<V>(dx + i, left, zero), d));
    }
  }
}

export function softmaxBackward(dx: usize, y: usize, dy: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): void {
  assert(dx != y && dx != dy);
  if (ASC_FEATURE_SIMD) softmaxGrad<v128>(dx, y, dy, rows, cols, tau, tauStep);
  else softmaxGrad<f32>(dx, y, dy, rows, cols, tau, tauStep);
}

// --- y = (x - max x) / tau - log(sum) --------------------------------------------------------------------------------

function logSoftmax<V>(y: usize, x: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): bool {
  const bytes = cols << 2;
  let all = true;
  for (; rows > 0; rows--, x += bytes, y += bytes, tau += tauStep) {
    setTemperature<V>(tau, 0, 1);
    const shift = termRow<V>(y, x, bytes, f64.load(tau));
    const rate = 1 / f64.load(tau);
    const total = logOf(f32(rowSum<V>(y, bytes) / FACTOR));
    if (total != total) all = false;
    const logSum = splat<V>(total);
    let i: usize = 0;
    for (const end = whole<V>(bytes); i < end; i += size<V>())
      store<V>(y + i, residual<V>(load<V>(x + i), shift, rate, logSum));
    if (i < bytes)
      storeTail<V>(y + i, bytes - i, residual<V>(loadTail<V>(x + i, bytes - i, splat<V>(0)), shift, rate, logSum));
  }
  return all;
}

/**
 * y must not equal x.
 * Max error: 4e-7 * max(1, |y|), cols <= 200000, |x| <= 1e4
 */
export function logSoftmaxForward(y: usize, x: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): bool {
  assert(cols > 0 && y != x);
  if (ASC_FEATURE_SIMD) return logSoftmax<v128>(y, x, rows, cols, tau, tauStep);
  else return logSoftmax<f32>(y, x, rows, cols, tau, tauStep);
}

/** dx += (dy - exp(y) sum(dy)) / tau */
function logSoftmaxGrad<V>(dx: usize, y: usize, dy: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): void {
  const bytes = cols << 2;
  for (; rows > 0; rows--, dx += bytes, y += bytes, dy += bytes, tau += tauStep) {
    const total = splat<V>(f32(rowSum<V>(dy, bytes)));
    const rate = splat<V>(finite(1 / f64.load(tau)));
    let i: usize = 0;
    for (const end = whole<V>(bytes); i < end; i += size<V>()) {
      const d = mul<V>(sub<V>(load<V>(dy + i), mul<V>(exp<V>(load<V>(y + i)), total)), rate);
      store<V>(dx + i, add<V>(load<V>(dx + i), d));
    }
    if (i < bytes) {
      const left = bytes - i;
      const zero = splat<V>(0);
      const p = exp<V>(loadTail<V>(y + i, left, zero));
      const d = mul<V>(sub<V>(loadTail<V>(dy + i, left, zero), mul<V>(p, total)), rate);
      storeTail<V>(dx + i, left, add<V>(loadTail<V>(dx + i, left, zero), d));
    }
  }
}

export function logSoftmaxBackward(dx: usize, y: usize, dy: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): void {
  if (ASC_FEATURE_SIMD) logSoftmaxGrad<v128>(dx, y, dy, rows, cols, tau, tauStep);
  else logSoftmaxGrad<f32>(dx, y, dy, rows, cols, tau, tauStep);
}

// --- y = log(sum exp(x / tau)), one a row --------------------------------------------------------------------------------

/** Sums the terms of a row exactly (total.ts). @returns its window; NaN if one of x is NaN */
function sumTerms<V>(x: usize, work: usize, bytes: usize, best: f32, tau: f64): f64 {
  clearSums();
  const tame = isTame<f32>(best);
  const window = windowOf(splitTerm(best, tau));
  const from = start(window);
  const exponent = exponentAt<V>(f32(from));
  for (const end = x + bytes; x < end; x += TILE << 2) {
    const part = min(end - x, TILE << 2);
    if (tame) tameTerms<V>(work, x, part, best, exponent);
    else wildTerms(work, x, part, from, tau);
    if (!addTile<V>(work, part)) return NaN;
  }
  return window;
}

/** Of one row, or a part of one: its largest element, the window and the four numbers of the sum. @returns whether all are */
function partialSum<V>(out: usize, x: usize, work: usize, n: usize, tau: usize): bool {
  setTemperature<V>(tau, 0, 1);
  const best = rowMax<V>(x, n << 2);
  f64.store(out, f64(best));
  const window = sumTerms<V>(x, work, n << 2, best, f64.load(tau));
  f64.store(out, window, 8);
  storeSums(out + 16);
  return window == window && best < Infinity;
}

const sums = memory.data(48, 8);

function logSumExp<V>(y: usize, x: usize, work: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): bool {
  let all = true;
  for (; rows > 0; rows--, x += cols << 2, y += 4, tau += tauStep) {
    const total = partialSum<V>(sums, x, work, cols, tau) ? logSumExpTotal(sums, tau) : NaN;
    if (total != total) all = false;
    f32.store(y, total);
  }
  return all;
}

/**
 * y: f32[rows], work: f32[min(cols, 1024)].
 * Max error: 1.5e-7 * max(1, |y|), cols <= 200000, |x| <= 1e4
 */
export function logSumExpForward(y: usize, x: usize, work: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): bool {
  assert(cols > 0 && work != x);
  if (ASC_FEATURE_SIMD) return logSumExp<v128>(y, x, work, rows, cols, tau, tauStep);
  else return logSumExp<f32>(y, x, work, rows, cols, tau, tauStep);
}

/**
 * A part of a row, x: f32[n], as out: f64[6]: its largest element, the window of the sum and its four numbers (total.ts).
 * work: f32[min(n, 1024)], tau: one f64. False if one of x is NaN or +Infinity.
 */
export function logSumExpPart(out: usize, x: usize, work: usize, n: usize, tau: usize): bool {
  if (ASC_FEATURE_SIMD) return partialSum<v128>(out, x, work, n, tau);
  else return partialSum<f32>(out, x, work, n, tau);
}

/** Of parts of one window, added up: the largest of the largest elements, and the sums of the numbers. */
export function logSumExpTotal(parts: usize, tau: usize): f32 {
  return logOfSums(
    f32(f64.load(parts)), f64.load(tau),
    f64.load(parts, 8), f64.load(parts, 16), f64.load(parts, 24), f64.load(parts, 32), f64.load(parts, 40),
  );
}

/** dx += dy softmax(x / tau) / tau, the softmax computed again in work: f32[cols]. dy: f32[rows] */
function logSumExpGrad<V>(dx: usize, x: usize, dy: usize, work: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): void {
  const bytes = cols << 2;
  for (; rows > 0; rows--, dx += bytes, x += bytes, dy += 4, tau += tauStep) {
    setTemperature<V>(tau, 0, 1);
    softmaxRow<V>(work, x, bytes, f64.load(tau));
    const rate = splat<V>(finite(f64(f32.load(dy)) / f64.load(tau)));
    let i: usize = 0;
    for (const end = whole<V>(bytes); i < end; i += size<V>())
      store<V>(dx + i, mulAdd<V>(load<V>(work + i), rate, load<V>(dx + i)));
    if (i < bytes) {
      const left = bytes - i;
      const zero = splat<V>(0);
      storeTail<V>(dx + i, left, mulAdd<V>(loadTail<V>(work + i, left, zero), rate, loadTail<V>(dx + i, left, zero)));
    }
  }
}

export function logSumExpBackward(dx: usize, x: usize, dy: usize, work: usize, rows: usize, cols: usize, tau: usize, tauStep: usize): void {
  if (ASC_FEATURE_SIMD) logSumExpGrad<v128>(dx, x, dy, work, rows, cols, tau, tauStep);
  else logSumExpGrad<f32>(dx, x, dy, work, rows, cols, tau, tauStep);
}
