/** Arithmetic of equal shapes and of a matrix with a row or a column, and what gradients need of it. */

export function mul(out: Float32Array, a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = a[i] * b[i];
}

/** da += g b and db += g a, in one pass: g is read once. */
export function mulGrad(da: Float32Array, db: Float32Array, a: Float32Array, b: Float32Array, g: Float32Array): void {
  for (let i = 0; i < g.length; i++) {
    da[i] += g[i] * b[i];
    db[i] += g[i] * a[i];
  }
}

export function div(out: Float32Array, a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = a[i] / b[i];
}

/** With y = a / b: da += g / b and db -= g y / b, one division for both. */
export function divGrad(da: Float32Array, db: Float32Array, y: Float32Array, b: Float32Array, g: Float32Array): void {
  for (let i = 0; i < g.length; i++) {
    const quotient = g[i] / b[i];
    da[i] += quotient;
    db[i] -= quotient * y[i];
  }
}

/** out = x + row in each row. */
export function addRow(out: Float32Array, x: Float32Array, row: Float32Array): void {
  const cols = row.length;
  for (let from = 0; from < x.length; from += cols)
    for (let col = 0; col < cols; col++) out[from + col] = x[from + col] + row[col];
}

/** out = x + column in each column. */
export function addColumn(out: Float32Array, x: Float32Array, column: Float32Array, cols: number): void {
  for (let row = 0, from = 0; row < column.length; row++, from += cols) {
    const value = column[row];
    for (let i = from; i < from + cols; i++) out[i] = x[i] + value;
  }
}
