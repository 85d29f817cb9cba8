import { ArgumentError, checkInteger, checkOptions, ShapeError } from "../core/index.ts";
import { checkAxis, checkShape, type Shape, sameShape, show, sizeOf, withLength } from "./shape.ts";
import { apply, checkTensor, into } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/** The same elements under another shape; nothing is copied. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor("x", x);
  const dimensions = checkShape("shape", shape);
  if (sizeOf(dimensions) !== x.size)
    throw new ShapeError(
      "shape",
      `${x.size} elements, as ${show(x.shape)} has`,
      `${show(dimensions)}, ${sizeOf(dimensions)} elements`,
    );
  return apply({
    name: "reshape",
    inputs: { x },
    shape: dimensions,
    viewOf: x,
    forward: () => {},
    backward: ({ kernels }, dy) => into(x, (dx) => kernels.accumulate(dx, dy, 1, x.size)),
  });
}

/** The values of x, as they are now, as a constant: no gradient passes. */
export function stopGradient(x: Tensor): Tensor {
  checkTensor("x", x);
  return apply({
    name: "stopGradient",
    inputs: { x },
    shape: x.shape,
    forward: (core, out) => core.move(out, x.at, x.size),
  });
}

/** A shape cut along an axis: `outer` runs, each of `n` slices of `inner` elements. */
function cut(shape: Shape, axis: 0 | -1): { outer: number; n: number; inner: number } {
  const n = shape.at(axis) as number;
  return axis === 0 ? { outer: 1, n, inner: sizeOf(shape) / n } : { outer: sizeOf(shape) / n, n, inner: 1 };
}

/** Elements `start` up to, not including, `end` of an axis, 0 or -1 (the default). */
export function slice(
  x: Tensor,
  options: { readonly axis?: number; readonly start?: number; readonly end?: number } = {},
): Tensor {
  const { axis = -1, start = 0, end } = checkOptions(options, ["axis", "start", "end"]);
  checkTensor("x", x);
  const along = checkAxis(axis, x.shape);
  const { outer, n, inner } = cut(x.shape, along);
  checkInteger("start", start, 0, n - 1);
  const stop = checkInteger("end", end === undefined ? n : end, start + 1, n);
  const count = (stop - start) * inner;
  const stride = n * inner;
  const offset = 4 * start * inner;
  return apply({
    name: "slice",
    inputs: { x },
    shape: withLength(x.shape, along, stop - start),
    forward: ({ kernels }, out) => kernels.copyRows(out, count, x.at + offset, stride, outer, count),
    backward: (core, dy) =>
      into(x, (dx) => {
        const padded = core.allocate(x.size);
        core.kernels.fill(padded, 0, x.size);
        core.kernels.copyRows(padded + offset, stride, dy, count, outer, count);
        core.kernels.accumulate(dx, padded, 1, x.size);
      }),
  });
}

/** Tensors joined along an axis, 0 or -1 (the default); their other dimensions are equal. */
export function concatenate(tensors: readonly Tensor[], options: { readonly axis?: number } = {}): Tensor {
  const { axis = -1 } = checkOptions(options, ["axis"]);
  if (!Array.isArray(tensors) || tensors.length === 0)
    throw new ArgumentError("tensors", "an array of at least one tensor", "none");
  for (const [i, x] of tensors.entries()) checkTensor(`tensors[${i}]`, x);
  const first = tensors[0] as Tensor;
  const along = checkAxis(axis, first.shape);
  const total = tensors.reduce((sum, { shape }) => sum + (shape.at(along) ?? 0), 0);
  const shape = withLength(first.shape, along, total);
  for (const [i, x] of tensors.entries()) {
    if (x.shape.length === shape.length && sameShape(withLength(x.shape, along, total), shape)) continue;
    throw new ShapeError(
      `tensors[${i}]`,
      `the shape ${show(first.shape)} of the first, but for axis ${axis}`,
      show(x.shape),
    );
  }
  const { outer, n, inner } = cut(shape, along);
  const stride = n * inner;
  let done = 0;
  const parts = tensors.map((x) => {
    const part = { x, offset: 4 * done, count: x.size / outer };
    done += part.count;
    return part;
  });
  return apply({
    name: "concatenate",
    inputs: Object.fromEntries(tensors.map((x, i) => [`tensors[${i}]`, x])),
    shape,
    forward: ({ kernels }, out) => {
      for (const { x, offset, count } of parts) kernels.copyRows(out + offset, stride, x.at, count, outer, count);
    },
    backward: (core, dy) => {
      for (const { x, offset, count } of parts)
        into(x, (dx) => {
          const part = core.allocate(x.size);
          core.kernels.copyRows(part, count, dy + offset, stride, outer, count);
          core.kernels.accumulate(dx, part, 1, x.size);
        });
    },
  });
}
