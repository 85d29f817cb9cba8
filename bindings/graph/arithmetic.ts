import { ArgumentError, describe, ShapeError } from "../core/index.ts";
import { reshape } from "./layout.ts";
import { broadcast, broadcastsTo, type Shape, sameShape, show, sizeOf } from "./shape.ts";
import { apply, checkTensor, into, scalar } from "./tape.ts";
import { Tensor } from "./tensor.ts";

/** A tensor, or a number where a constant will do. */
export type Operand = Tensor | number;

/** The operand as a tensor. */
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
 * Stretches x to a larger shape, as NumPy broadcasts: along every dimension that is 1 or missing.
 * The gradient is the sum over the copies.
 */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (!broadcastsTo(x.shape, shape))
    throw new ShapeError("b", `a shape that broadcasts to ${show(shape)}`, show(x.shape));
  if (x.size === sizeOf(shape)) return sameShape(x.shape, shape) ? x : reshape(x, shape);
  const missing = shape.length - x.shape.length;
  const isKept = (i: number): boolean => shape[i] === (x.shape[i - missing] ?? 1);
  // Neighbouring dimensions that are all stretched, or all kept, are one.
  const runs: { copies: number; inner: number }[] = [];
  for (let end = shape.length, start = end; end > 0; end = start) {
    for (start = end - 1; start > 0 && isKept(start - 1) === isKept(end - 1); ) start--;
    if (!isKept(end - 1)) runs.push({ copies: sizeOf(shape.slice(start, end)), inner: sizeOf(shape.slice(end)) });
  }
  return runs.reduce((y, { copies, inner }, i) => {
    const outer = y.size / inner;
    return repeat(y, outer, copies, inner, i + 1 < runs.length ? [outer * copies * inner] : shape);
  }, x);
}

/** [outer, inner] as [outer, copies, inner], under the name of `shape`. */
function repeat(x: Tensor, outer: number, copies: number, inner: number, shape: Shape): Tensor {
  const [one, all] = [4 * inner, 4 * inner * copies];
  return apply({
    name: "expand",
    inputs: { x },
    shape,
    forward: ({ kernels }, out) => {
      if (inner === 1) kernels.repeatColumn(out, x.at, outer, copies);
      else for (let i = 0; i < outer; i++) kernels.repeatRow(out + i * all, x.at + i * one, copies, inner);
    },
    backward: ({ kernels }, dy) =>
      into(x, (dx) => {
        if (inner === 1) kernels.sumRows(dx, dy, 1, outer, copies);
        else for (let i = 0; i < outer; i++) kernels.sumColumns(dx + i * one, dy + i * all, copies, inner);
      }),
  });
}

/** a + b. Shapes broadcast as in NumPy: aligned at the last dimension, 1 stretches. */
export function add(a: Operand, b: Operand): Tensor {
  const { x, y, shape, n } = meet(a, b);
  return apply({
    name: "add",
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
    name: "sub",
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
    name: "mul",
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
    name: "div",
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
