import { add, div, load, mul, mulAdd, size, splat, store, sub } from "./lanes";
import { addColumnSums, addToRow, rowDot, rowSum } from "./rows";

/**
 * Arithmetic of equal shapes, its gradients, and the copies and sums that broadcasting needs.
 * Flat arguments are f32[n] with room for a multiple of 4 elements; out may equal an operand.
 */

const enum Op {
  Add,
  Sub,
  Mul,
  Div,
}

function forward<V>(op: Op, out: usize, a: usize, b: usize, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>()) {
    const x = load<V>(a + i);
    const y = load<V>(b + i);
    if (op == Op.Add) store<V>(out + i, add<V>(x, y));
    else if (op == Op.Sub) store<V>(out + i, sub<V>(x, y));
    else if (op == Op.Mul) store<V>(out + i, mul<V>(x, y));
    else store<V>(out + i, div<V>(x, y));
  }
}

@inline
function dispatch(op: Op, out: usize, a: usize, b: usize, n: usize): void {
  if (ASC_FEATURE_SIMD) forward<v128>(op, out, a, b, n);
  else forward<f32>(op, out, a, b, n);
}

export function addForward(out: usize, a: usize, b: usize, n: usize): void {
  dispatch(Op.Add, out, a, b, n);
}

export function subForward(out: usize, a: usize, b: usize, n: usize): void {
  dispatch(Op.Sub, out, a, b, n);
}

export function mulForward(out: usize, a: usize, b: usize, n: usize): void {
  dispatch(Op.Mul, out, a, b, n);
}

export function divForward(out: usize, a: usize, b: usize, n: usize): void {
  dispatch(Op.Div, out, a, b, n);
}

/** out += scale * a */
function addScaled<V>(out: usize, a: usize, scale: f32, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>())
    store<V>(out + i, mulAdd<V>(load<V>(a + i), splat<V>(scale), load<V>(out + i)));
}

export function accumulate(out: usize, a: usize, scale: f32, n: usize): void {
  if (ASC_FEATURE_SIMD) addScaled<v128>(out, a, scale, n);
  else addScaled<f32>(out, a, scale, n);
}

/** out = factor * a */
function scaleBy<V>(out: usize, a: usize, factor: f32, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>()) store<V>(out + i, mul<V>(load<V>(a + i), splat<V>(factor)));
}

export function scale(out: usize, a: usize, factor: f32, n: usize): void {
  if (ASC_FEATURE_SIMD) scaleBy<v128>(out, a, factor, n);
  else scaleBy<f32>(out, a, factor, n);
}

/** out += scale * a * b */
function addProduct<V>(out: usize, a: usize, b: usize, scale: f32, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>())
    store<V>(out + i, mulAdd<V>(mul<V>(load<V>(a + i), load<V>(b + i)), splat<V>(scale), load<V>(out + i)));
}

export function accumulateProduct(out: usize, a: usize, b: usize, scale: f32, n: usize): void {
  if (ASC_FEATURE_SIMD) addProduct<v128>(out, a, b, scale, n);
  else addProduct<f32>(out, a, b, scale, n);
}

/** out += scale * a / b */
function addQuotient<V>(out: usize, a: usize, b: usize, scale: f32, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>())
    store<V>(out + i, mulAdd<V>(div<V>(load<V>(a + i), load<V>(b + i)), splat<V>(scale), load<V>(out + i)));
}

export function accumulateQuotient(out: usize, a: usize, b: usize, scale: f32, n: usize): void {
  if (ASC_FEATURE_SIMD) addQuotient<v128>(out, a, b, scale, n);
  else addQuotient<f32>(out, a, b, scale, n);
}

// --- broadcasting ---------------------------------------------------------------------------------------------------

/** out = value everywhere */
function fillWith<V>(out: usize, value: f32, n: usize): void {
  for (let i: usize = 0, end = n << 2; i < end; i += size<V>()) store<V>(out + i, splat<V>(value));
}

export function fill(out: usize, value: f32, n: usize): void {
  if (ASC_FEATURE_SIMD) fillWith<v128>(out, value, n);
  else fillWith<f32>(out, value, n);
}

/** out: f32[rows][cols], each row a copy of row: f32[cols]. */
export function repeatRow(out: usize, row: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, out += bytes) memory.copy(out, row, bytes);
}

/** out: f32[rows][cols], each column a copy of column: f32[rows]. */
export function repeatColumn(out: usize, column: usize, rows: usize, cols: usize): void {
  for (; rows > 0; rows--, column += 4) {
    const value = f32.load(column);
    for (let i: usize = 0; i < cols; i++, out += 4) f32.store(out, value);
  }
}

/** Copies `rows` runs of `n` floats between arrays whose runs start outStride and fromStride floats apart. */
export function copyRows(out: usize, outStride: usize, from: usize, fromStride: usize, rows: usize, n: usize): void {
  for (; rows > 0; rows--, out += outStride << 2, from += fromStride << 2) memory.copy(out, from, n << 2);
}

/** x: f32[rows][cols] += row: f32[cols], in place. */
export function addRow(x: usize, row: usize, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, x += bytes) addToRow(x, row, bytes);
}

// --- sums -----------------------------------------------------------------------------------------------------------

/** out[row] += scale * sum of the row; out: f32[rows], x: f32[rows][cols]. */
export function sumRows(out: usize, x: usize, scale: f64, rows: usize, cols: usize): void {
  for (const bytes = cols << 2; rows > 0; rows--, x += bytes, out += 4) {
    const sum = ASC_FEATURE_SIMD ? rowSum<v128>(x, bytes) : rowSum<f32>(x, bytes);
    f32.store(out, f32.load(out) + f32(scale * sum));
  }
}

/** out[col] += sum of the column; out: f32[cols], x: f32[rows][cols]. */
export function sumColumns(out: usize, x: usize, rows: usize, cols: usize): void {
  if (ASC_FEATURE_SIMD) addColumnSums<v128>(out, x, rows, cols << 2);
  else addColumnSums<f32>(out, x, rows, cols << 2);
}

/** Sum of squares of x: f32[n], in f64. */
export function sumOfSquares(x: usize, n: usize): f64 {
  return ASC_FEATURE_SIMD ? rowDot<v128>(x, x, n << 2) : rowDot<f32>(x, x, n << 2);
}
