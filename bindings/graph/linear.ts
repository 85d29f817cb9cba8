import { ShapeError } from "../core/index.ts";
import type { GraphCore } from "./core.ts";
import { asRows, show } from "./shape.ts";
import { apply, checkTensor, into } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/** Strides of a dense [rows, cols] matrix, as stored and transposed: (from row to row, from column to column). */
const asStored = (cols: number): [number, number] => [cols, 1];
const transposed = (cols: number): [number, number] => [1, cols];

type Matrix = [at: number, strides: [number, number]];

/** c = A B, or c += A B: c is [m, n], A [m, k], B [k, n]. */
function multiply(
  core: GraphCore,
  c: number,
  [a, [ai, ap]]: Matrix,
  [b, [bp, bj]]: Matrix,
  m: number,
  n: number,
  k: number,
  adding: boolean,
): void {
  core.scoped(() => {
    const work = core.arena.allocate(core.kernels.gemmWorkBytes());
    core.kernels.gemm(c, a, b, m, n, k, ai, ap, bp, bj, adding ? 1 : 0, work);
  });
}

/**
 * x W + b for each row of x.
 *
 * @param x [..., in]
 * @param weights W, [in, out]
 * @param bias b, [out]
 * @returns [..., out]
 * @throws ShapeError when the sizes do not match
 */
export const linear = (x: Tensor, weights: Tensor, bias?: Tensor): Tensor => affine("linear", x, weights, bias);

function affine(name: string, x: Tensor, weights: Tensor, bias?: Tensor): Tensor {
  checkTensor("x", x);
  checkTensor("weights", weights);
  if (bias !== undefined) checkTensor("bias", bias);
  const { rows: m, cols: k, leading } = asRows("x", x.shape);
  const n = weights.shape[1] as number;
  if (weights.shape.length !== 2 || weights.shape[0] !== k)
    throw new ShapeError("weights", `shape [${k}, out] for x of shape ${show(x.shape)}`, show(weights.shape));
  if (bias && (bias.shape.length !== 1 || bias.size !== n))
    throw new ShapeError("bias", `shape [${n}] for weights of shape ${show(weights.shape)}`, show(bias.shape));
  return apply({
    name,
    inputs: bias ? { x, weights, bias } : { x, weights },
    shape: [...leading, n],
    forward: (core, y) => {
      multiply(core, y, [x.at, asStored(k)], [weights.at, asStored(n)], m, n, k, false);
      if (bias) core.kernels.addRow(y, bias.at, m, n);
    },
    // In the forward pass y = x W + b, so dx += dy W', dW += x' dy, db += sum of the rows of dy.
    backward: (core, dy) => {
      into(x, (dx) => multiply(core, dx, [dy, asStored(n)], [weights.at, transposed(n)], m, k, n, true));
      into(weights, (dw) => multiply(core, dw, [x.at, transposed(k)], [dy, asStored(n)], k, n, m, true));
      if (bias) into(bias, (db) => core.kernels.sumColumns(db, dy, m, n));
    },
  });
}

/** The matrix product of a, [m, k], and b, [k, n]: [m, n]. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensor("a", a);
  checkTensor("b", b);
  if (a.shape.length !== 2) throw new ShapeError("a", "two dimensions", show(a.shape));
  if (b.shape.length !== 2 || b.shape[0] !== a.shape[1])
    throw new ShapeError("b", `shape [${a.shape[1]}, n] for a of shape ${show(a.shape)}`, show(b.shape));
  return affine("matmul", a, b);
}
