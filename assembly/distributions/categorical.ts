import { logSumExp } from "../log-sum-exp";

/**
 * The law of one of `cols` categories, p_k = exp(x_k) / Σ exp(x_j), from logits x: f32[][cols], -Infinity for a category
 * that is absent, at least one present. Sums run in f64 from the first to the last, a result is rounded once.
 *
 * Row r of values goes with row r mod `batches` of the logits.
 */

@inline
function get(row: usize, i: usize): f64 {
  return f64(f32.load(row + (i << 2)));
}

@inline
function send(row: usize, i: usize, x: f64): void {
  const at = row + (i << 2);
  f32.store(at, f32(f64(f32.load(at)) + x));
}

@inline
function isCategory(index: f64, cols: usize): bool {
  return index >= 0 && index < f64(cols) && Math.floor(index) == index;
}

/** y_r = x_i - log Σ exp(x) with i = index_r; -Infinity where that is none of the categories. y, index: f32[rows]. */
export function categoricalLogProb(
  y: usize, index: usize, logits: usize, rows: usize, batches: usize, cols: usize,
): void {
  for (let b: usize = 0; b < batches; b++) {
    const x = logits + ((b * cols) << 2);
    const total = logSumExp(x, cols << 2);
    for (let r = b; r < rows; r += batches) {
      const i = get(index, r);
      f32.store(y + (r << 2), isCategory(i, cols) ? f32(get(x, usize(i)) - total) : -Infinity);
    }
  }
}

/** dx_k += Σ_r dy_r ([k = i_r] - p_k). work: f64[cols], where rows are added up before they are rounded. */
export function categoricalLogProbGradient(
  dlogits: usize, dy: usize, index: usize, logits: usize, work: usize, rows: usize, batches: usize, cols: usize,
): void {
  for (let b: usize = 0; b < batches; b++) {
    const row = (b * cols) << 2;
    const total = logSumExp(logits + row, cols << 2);
    memory.fill(work, 0, cols << 3);
    let sum: f64 = 0;
    for (let r = b; r < rows; r += batches) {
      const i = get(index, r);
      const d = get(dy, r);
      if (d == 0 || !isCategory(i, cols)) continue;
      const at = work + (usize(i) << 3);
      f64.store(at, f64.load(at) + d);
      sum += d;
    }
    for (let k: usize = 0; k < cols; k++)
      send(dlogits + row, k, f64.load(work + (k << 3)) - sum * Math.exp(get(logits + row, k) - total));
  }
}

/** -Σ p log p of a row */
function entropyOf(x: usize, cols: usize, total: f64): f64 {
  let sum: f64 = 0;
  for (let k: usize = 0; k < cols; k++) {
    const log = get(x, k) - total;
    if (log > -Infinity) sum -= Math.exp(log) * log;
  }
  return sum;
}

/** y: f32[rows], logits: f32[rows][cols]. */
export function categoriesEntropyForward(y: usize, logits: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, y += 4, logits += bytes)
    f32.store(y, f32(entropyOf(logits, cols, logSumExp(logits, bytes))));
}

/** In the forward pass y = -Σ p log p, so dx_k -= dy p_k (log p_k + y). */
export function categoriesEntropyBackward(dlogits: usize, dy: usize, logits: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, dy += 4, logits += bytes, dlogits += bytes) {
    const total = logSumExp(logits, bytes);
    const entropy = entropyOf(logits, cols, total);
    const d = f64(f32.load(dy));
    for (let k: usize = 0; k < cols; k++) {
      const log = get(logits, k) - total;
      if (log > -Infinity) send(dlogits, k, -d * Math.exp(log) * (log + entropy));
    }
  }
}

/** Σ p (log p - log q) of rows x and z; Infinity where q lacks a category of p. */
function klOf(x: usize, z: usize, cols: usize, total: f64, other: f64): f64 {
  let sum: f64 = 0;
  for (let k: usize = 0; k < cols; k++) {
    const log = get(x, k) - total;
    if (log > -Infinity) sum += Math.exp(log) * (log - (get(z, k) - other));
  }
  return sum;
}

/** y: f32[rows], logits of p and of q: f32[rows][cols]. */
export function categoriesKlForward(y: usize, logits: usize, others: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, y += 4, logits += bytes, others += bytes)
    f32.store(y, f32(klOf(logits, others, cols, logSumExp(logits, bytes), logSumExp(others, bytes))));
}

/**
 * In the forward pass y = Σ p (log p - log q), so dx_k += dy p_k (log p_k - log q_k - y), dz_k += dy (q_k - p_k); where y is
 * infinite, nothing to x. An address of 0 wants no gradient.
 */
export function categoriesKlBackward(
  dlogits: usize, dothers: usize, dy: usize, logits: usize, others: usize, rows: usize, cols: usize,
): void {
  const bytes = cols << 2;
  for (let row: usize = 0; row < rows * bytes; row += bytes, dy += 4) {
    const x = logits + row;
    const z = others + row;
    const total = logSumExp(x, bytes);
    const other = logSumExp(z, bytes);
    const kl = klOf(x, z, cols, total, other);
    const d = f64(f32.load(dy));
    for (let k: usize = 0; k < cols; k++) {
      const log = get(x, k) - total;
      const otherLog = get(z, k) - other;
      if (dlogits != 0 && log > -Infinity && kl < Infinity)
        send(dlogits + row, k, d * Math.exp(log) * (log - otherLog - kl));
      if (dothers != 0) send(dothers + row, k, d * (Math.exp(otherLog) - Math.exp(log)));
    }
  }
}

/** y_r = k where x_r is 1 at k and 0 elsewhere, -1 where x_r is no such row. y: f32[rows], x: f32[rows][cols]. */
export function oneHotIndex(y: usize, x: usize, rows: usize, cols: usize): void {
  for (; rows > 0; rows--, y += 4, x += cols << 2) {
    let index: f32 = -1;
    for (let k: usize = 0; k < cols; k++) {
      const value = f32.load(x + (k << 2));
      if (value == 0) continue;
      if (value != 1 || index >= 0) {
        index = -1;
        break;
      }
      index = f32(k);
    }
    f32.store(y, index);
  }
}
