import { checkOptions } from "../core/index.ts";
import { mul } from "./arithmetic.ts";
import { asRows, checkAxis } from "./shape.ts";
import { apply, checkTensor, into } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/** Over what `sum` and `mean` go. */
export interface AxisOptions {
  /** 0 (down the rows) or -1 (along the last dimension); without it, over everything. */
  readonly axis?: number;
}

/** Sums of `rows` runs of `cols` elements, each in f64. */
function sumOfRows(x: Tensor, rows: number, cols: number, shape: readonly number[]): Tensor {
  return apply({
    name: "sum",
    inputs: { x },
    shape,
    forward: ({ kernels }, out) => {
      kernels.fill(out, 0, rows);
      kernels.sumRows(out, x.at, 1, rows, cols);
    },
    backward: (core, dy) =>
      into(x, (dx) => {
        const copies = core.allocate(x.size);
        core.kernels.repeatColumn(copies, dy, rows, cols);
        core.kernels.accumulate(dx, copies, 1, x.size);
      }),
  });
}

/** Sums of the columns of [rows, cols], each in f64. */
function sumOfColumns(x: Tensor, rows: number, cols: number, shape: readonly number[]): Tensor {
  return apply({
    name: "sum",
    inputs: { x },
    shape,
    forward: ({ kernels }, out) => {
      kernels.fill(out, 0, cols);
      kernels.sumColumns(out, x.at, rows, cols);
    },
    backward: (core, dy) =>
      into(x, (dx) => {
        const copies = core.allocate(x.size);
        core.kernels.repeatRow(copies, dy, rows, cols);
        core.kernels.accumulate(dx, copies, 1, x.size);
      }),
  });
}

/** Sum over everything, or over one axis, which disappears from the shape. Accumulated in f64. */
export function sum(x: Tensor, options: AxisOptions = {}): Tensor {
  const { axis } = checkOptions(options, ["axis"]);
  checkTensor("x", x);
  if (axis === undefined) return sumOfRows(x, 1, x.size, []);
  if (checkAxis(axis, x.shape) === -1) {
    const { rows, cols, leading } = asRows("x", x.shape);
    return sumOfRows(x, rows, cols, leading);
  }
  const rows = x.shape[0] as number;
  return sumOfColumns(x, rows, x.size / rows, x.shape.slice(1));
}

/** Mean over everything, or over one axis, which disappears from the shape. */
export function mean(x: Tensor, options: AxisOptions = {}): Tensor {
  const total = sum(x, options);
  return mul(total, total.size / x.size);
}
