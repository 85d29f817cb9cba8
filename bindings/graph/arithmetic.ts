import { ArgumentError, describe, ShapeError } from "../core/index.ts";
import { broadcast, type Shape, sameShape, show, sizeOf } from "./shape.ts";
import { apply, checkTensor, into, scalar } from "./tape.ts";
import { Tensor } from "./tensor.ts";

/** A tensor, or a number where a constant will do. */
export type Operand = Tensor | number;

/** @internal The operand as a tensor. */
export function lift(name: string, value: Operand): Tensor {
  if (typeof value === "number" && Number.isFinite(value)) return scalar(value);
  if (!(value instanceof Tensor)) throw new ArgumentError(name, "a tensor or a finite number", describe(value));
  checkTensor(name, value);
  return value;
}

/** Both operands stretched to the shape they meet in. */
function meet(a: Operand, b: Operand): { x: Tensor; y: Tensor; shape: Shape; n: number } {
  const [x, y] = [lift("a", a), lift("b", b)];
  const shape = broadcast(x.shape, y.shape);
  return { x: expand(x, shape), y: expand(y, shape), shape, n: sizeOf(shape) };
}

/**
 * Stretches x to a larger shape: a number, a row repeated down the rows, or a column repeated along them.
 * The gradient is the sum over the copies.
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const total = sizeOf(shape);
  const trimmed = x.shape.slice(
    x.shape.findIndex((n) => n !== 1) < 0 ? x.shape.length : x.shape.findIndex((n) => n !== 1),
  );
  const isRow = sameShape(trimmed, shape.slice(shape.length - trimmed.length));
  const isColumn = x.shape.at(-1) === 1 && sizeOf(shape.slice(0, -1)) === x.size;
  if (x.size > 1 && isRow) {
    const rows = total / x.size;
    return apply({
      inputs: { x },
      shape,
      forward: ({ kernels }, out) => kernels.repeatRow(out, x.at, rows, x.size),
      backward: ({ kernels }, dy) => into(x, (dx) => kernels.sumColumns(dx, dy, rows, x.size)),
    });
  }
  if (x.size === 1 || isColumn) {
    const cols = total / x.size;
    return apply({
      inputs: { x },
      shape,
      forward: ({ kernels }, out) => kernels.repeatColumn(out, x.at, x.size, cols),
      backward: ({ kernels }, dy) => into(x, (dx) => kernels.sumRows(dx, dy, 1, x.size, cols)),
    });
  }
  throw new ShapeError("b", "a row, a column or a number to broadcast", `${show(x.shape)} to ${show(shape)}`);
}

/** a + b. Shapes broadcast as in NumPy: equal, a number, a row [cols], or a column [rows, 1]. */
export function add(a: Operand, b: Operand): Tensor {
  const { x, y, shape, n } = meet(a, b);
  return apply({
    inputs: { a: x, b: y },
    shape,
    forward: ({ kernels }, out) => kernels.addForward(out, x.at, y.at, n),
    backward: ({ kernels }, d) => {
      into(x, (dx) => kernels.accumulate(dx, d, 1, n));
      into(y, (dy) => kernels.accumulate(dy, d, 1, n));
    },
  });
}

/** a - b, broadcast as `add`. */
export function sub(a: Operand, b: Operand): Tensor {
  const { x, y, shape, n } = meet(a, b);
  return apply({
    inputs: { a: x, b: y },
    shape,
    forward: ({ kernels }, out) => kernels.subForward(out, x.at, y.at, n),
    backward: ({ kernels }, d) => {
      into(x, (dx) => kernels.accumulate(dx, d, 1, n));
      into(y, (dy) => kernels.accumulate(dy, d, -1, n));
    },
  });
}

/** a b, element by element, broadcast as `add`. */
export function mul(a: Operand, b: Operand): Tensor {
  const { x, y, shape, n } = meet(a, b);
  return apply({
    inputs: { a: x, b: y },
    shape,
    forward: ({ kernels }, out) => kernels.mulForward(out, x.at, y.at, n),
    backward: ({ kernels }, d) => {
      into(x, (dx) => kernels.accumulateProduct(dx, d, y.at, 1, n));
      into(y, (dy) => kernels.accumulateProduct(dy, d, x.at, 1, n));
    },
  });
}

/** a / b, element by element, broadcast as `add`. */
export function div(a: Operand, b: Operand): Tensor {
  const { x, y, shape, n } = meet(a, b);
  return apply({
    inputs: { a: x, b: y },
    shape,
    forward: ({ kernels }, out) => kernels.divForward(out, x.at, y.at, n),
    backward: (core, d, out) => {
      into(x, (dx) => core.kernels.accumulateQuotient(dx, d, y.at, 1, n));
      // In the forward pass out = a / b, so d out / d b = -out / b.
      into(y, (dy) => {
        const product = core.allocate(n);
        core.kernels.mulForward(product, d, out, n);
        core.kernels.accumulateQuotient(dy, product, y.at, -1, n);
      });
    },
  });
}
