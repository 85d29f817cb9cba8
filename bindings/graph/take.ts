import { ArgumentError, describe, ShapeError } from "../core/index.ts";
import { sizeOf } from "./shape.ts";
import { apply, checkTensor, into } from "./tape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Rows of x along its first dimension, by number: [indices, ...rest]. A row may be taken any number of times, and gets the sum of
 * what comes back: a table of parameters, of which a batch uses a part.
 *
 * @param x [rows, ...rest]
 * @param indices integers from 0 to rows - 1
 * @throws ShapeError (a number without dimensions, no index), ArgumentError (an index out of range), DisposedError (outside of a step)
 */
export function take(x: Tensor, indices: ArrayLike<number>): Tensor {
  checkTensor("x", x);
  const [rows, ...rest] = x.shape;
  if (rows === undefined) throw new ShapeError("x", "at least one dimension", "[]");
  if (typeof indices?.length !== "number")
    throw new ArgumentError("indices", "an array of integers", describe(indices));
  if (indices.length === 0) throw new ShapeError("indices", "at least one index", "none");
  const order = new Float64Array(indices.length);
  for (let i = 0; i < order.length; i++) {
    const index = indices[i] as number;
    if (!Number.isInteger(index) || index < 0 || index >= rows)
      throw new ArgumentError(`indices[${i}]`, `an integer from 0 to ${rows - 1}`, describe(index));
    order[i] = index;
  }
  const width = sizeOf(rest);
  const bytes = 4 * width;
  return apply({
    name: "take",
    inputs: { x },
    shape: [order.length, ...rest],
    forward: (core, out) => {
      for (let i = 0; i < order.length; i++) core.move(out + i * bytes, x.at + (order[i] as number) * bytes, width);
    },
    // By element: kernels go over whole vectors, and a row need not end with one.
    backward: ({ floats }, dy) =>
      into(x, (dx) => {
        for (let i = 0, from = dy >>> 2; i < order.length; i++)
          for (let to = (dx >>> 2) + (order[i] as number) * width, end = to + width; to < end; to++, from++)
            (floats[to] as number) += floats[from] as number;
      }),
  });
}
