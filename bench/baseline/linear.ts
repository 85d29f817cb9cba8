import { matmul, transpose } from "./matmul.ts";

/** out = x W + b; x is [rows, inputs], W [inputs, outputs]. */
export function linear(out: Float32Array, x: Float32Array, w: Float32Array, b: Float32Array, rows: number): void {
  const outputs = b.length;
  for (let row = 0; row < rows; row++) out.set(b, row * outputs);
  matmul(out, x, w, rows, outputs, x.length / rows);
}

/** dx += dy W'. `work` is as large as W: the transpose costs less than reading W by columns. */
export function linearInputGrad(dx: Float32Array, dy: Float32Array, w: Float32Array, work: Float32Array, rows: number) {
  const [inputs, outputs] = [dx.length / rows, dy.length / rows];
  transpose(work, w, inputs, outputs);
  matmul(dx, dy, work, rows, inputs, outputs);
}

/** dW += x' dy and db += the sum of the rows of dy. */
export function linearWeightsGrad(
  dw: Float32Array,
  db: Float32Array,
  x: Float32Array,
  dy: Float32Array,
  rows: number,
): void {
  const [inputs, outputs] = [x.length / rows, db.length];
  matmul(dw, x, dy, inputs, outputs, rows, 1, inputs);
  for (let at = 0; at < dy.length; at += outputs) for (let j = 0; j < outputs; j++) db[j] += dy[at + j];
}
