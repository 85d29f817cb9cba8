import { exp } from "./exp";
import { sigmoid, softplus } from "./sigmoid";
import { and, lessThan, load, mul, size, splat, store, sub } from "./lanes";
import { addToRow, rowSum } from "./rows";

/**
 * Log-likelihoods and divergences, one number a row, with their gradients added into d...
 * Rows are walked in whole vectors: inputs may be read, and `work` is written, up to 3 elements past a row's end.
 */

@inline
function sumOf(row: usize, bytes: usize): f32 {
  return f32(ASC_FEATURE_SIMD ? rowSum<v128>(row, bytes) : rowSum<f32>(row, bytes));
}

// --- Bernoulli from logits: y = sum over the row of t l - softplus(l) --------------------------------------------------

function bernoulliRow<V>(work: usize, logits: usize, targets: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += size<V>()) {
    const l = load<V>(logits + i);
    store<V>(work + i, sub<V>(mul<V>(load<V>(targets + i), l), softplus<V>(l)));
  }
}

/** y: f32[rows]; logits, targets: f32[rows][cols]; work: f32[cols + 3]. */
export function bernoulliForward(y: usize, logits: usize, targets: usize, work: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, y += 4, logits += bytes, targets += bytes) {
    if (ASC_FEATURE_SIMD) bernoulliRow<v128>(work, logits, targets, bytes);
    else bernoulliRow<f32>(work, logits, targets, bytes);
    f32.store(y, sumOf(work, bytes));
  }
}

/** In the forward pass y = sum(t l - softplus(l)), so dl += dy (t - sigmoid(l)). work: f32[cols + 3]. */
function bernoulliRowGrad<V>(work: usize, logits: usize, targets: usize, dy: f32, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += size<V>())
    store<V>(work + i, mul<V>(splat<V>(dy), sub<V>(load<V>(targets + i), sigmoid<V>(load<V>(logits + i)))));
}

export function bernoulliBackward(dLogits: usize, logits: usize, targets: usize, dy: usize, work: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, dy += 4, dLogits += bytes, logits += bytes, targets += bytes) {
    if (ASC_FEATURE_SIMD) bernoulliRowGrad<v128>(work, logits, targets, f32.load(dy), bytes);
    else bernoulliRowGrad<f32>(work, logits, targets, f32.load(dy), bytes);
    addToRow(dLogits, work, bytes);
  }
}

/** The same y with respect to the targets: dt += dy l. */
export function bernoulliTargetsBackward(dTargets: usize, logits: usize, dy: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, dy += 4) {
    const d = f32.load(dy);
    for (const end = dTargets + bytes; dTargets < end; dTargets += 4, logits += 4)
      f32.store(dTargets, f32.load(dTargets) + d * f32.load(logits));
  }
}

// --- Categorical: y = KL(q || p) = sum over the row of q (log q - log p) -----------------------------------------------

/** q (log q - log p), and 0 where q = 0. */
@inline
function klTerm<V>(logQ: V, logP: V): V {
  const q = exp<V>(logQ);
  return and<V>(mul<V>(q, sub<V>(logQ, logP)), lessThan<V>(splat<V>(0), q));
}

function klRow<V>(work: usize, logQ: usize, logP: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += size<V>()) store<V>(work + i, klTerm<V>(load<V>(logQ + i), load<V>(logP + i)));
}

/**
 * y: f32[rows]; logQ: f32[rows][cols], log-probabilities; logP: rows `priorStep` bytes apart (0: one row for all);
 * work: f32[cols + 3].
 */
export function categoricalKlForward(y: usize, logQ: usize, logP: usize, priorStep: usize, work: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, y += 4, logQ += bytes, logP += priorStep) {
    if (ASC_FEATURE_SIMD) klRow<v128>(work, logQ, logP, bytes);
    else klRow<f32>(work, logQ, logP, bytes);
    f32.store(y, sumOf(work, bytes));
  }
}

/** With respect to the logits of q: d += dy q (log q - log p - y). */
function klRowGrad<V>(work: usize, logQ: usize, logP: usize, y: f32, dy: f32, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += size<V>()) {
    const lq = load<V>(logQ + i);
    const q = exp<V>(lq);
    const excess = sub<V>(sub<V>(lq, load<V>(logP + i)), splat<V>(y));
    store<V>(work + i, mul<V>(splat<V>(dy), and<V>(mul<V>(q, excess), lessThan<V>(splat<V>(0), q))));
  }
}

export function categoricalKlBackward(dLogits: usize, logQ: usize, logP: usize, priorStep: usize, y: usize, dy: usize, work: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, y += 4, dy += 4, dLogits += bytes, logQ += bytes, logP += priorStep) {
    if (ASC_FEATURE_SIMD) klRowGrad<v128>(work, logQ, logP, f32.load(y), f32.load(dy), bytes);
    else klRowGrad<f32>(work, logQ, logP, f32.load(y), f32.load(dy), bytes);
    addToRow(dLogits, work, bytes);
  }
}

/** With respect to the logits of p: d += dy (p - q). */
function klPriorRowGrad<V>(work: usize, logQ: usize, logP: usize, dy: f32, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += size<V>())
    store<V>(work + i, mul<V>(splat<V>(dy), sub<V>(exp<V>(load<V>(logP + i)), exp<V>(load<V>(logQ + i)))));
}

export function categoricalKlPriorBackward(dLogits: usize, logQ: usize, logP: usize, dy: usize, work: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, dy += 4, dLogits += bytes, logQ += bytes, logP += bytes) {
    if (ASC_FEATURE_SIMD) klPriorRowGrad<v128>(work, logQ, logP, f32.load(dy), bytes);
    else klPriorRowGrad<f32>(work, logQ, logP, f32.load(dy), bytes);
    addToRow(dLogits, work, bytes);
  }
}
