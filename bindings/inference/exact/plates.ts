import { ArgumentError, checkInteger, checkOptions } from "../../core/index.ts";
import { type GraphCore, into, type Shape, sizeOf } from "../../graph/extend.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkKey, foldIn, gumbel, type Key } from "../../random/index.ts";

/** How many samples of a posterior, and of which rows. */
export interface ExactSampleOptions {
  /** Independent samples: 1 by default. */
  readonly samples?: number;
  /** Number of the first row, 0 by default: of rows that are part of a larger batch, cut along the first plate. */
  readonly firstRow?: number;
}

/** A copy of log values: finite, or -Infinity for what cannot be. */
export function checkLogValues(name: string, x: Tensor): Float32Array {
  const values = x.toArray();
  for (let i = 0; i < values.length; i++)
    if (!((values[i] as number) < Infinity))
      throw new ArgumentError(name, "log values, finite or -Infinity", `${values[i]} at element ${i}`);
  return values;
}

/** Adds numbers to the gradient of a tensor, if it wants one. */
export const addInto = (core: GraphCore, x: Tensor, numbers: Float64Array): void =>
  into(x, (dx) => {
    const gradient = core.view(dx, numbers.length);
    for (let i = 0; i < numbers.length; i++) (gradient[i] as number) += numbers[i] as number;
  });

/** Where, for each position of `target`, its part of a tensor of `shape` begins, whose parts have `inner` elements. */
export function startsOf(shape: Shape, target: Shape, inner: number): Float64Array {
  const starts = new Float64Array(sizeOf(target));
  const rank = target.length;
  let stride = inner;
  let repeat = 1; // positions of the target that the dimensions after this one have
  for (let d = rank - 1; d >= 0; d--) {
    const length = target[d] as number;
    const own = shape[d - rank + shape.length] ?? 1;
    if (own > 1)
      for (let i = 0; i < starts.length; i++) (starts[i] as number) += (Math.floor(i / repeat) % length) * stride;
    stride *= own;
    repeat *= length;
  }
  return starts;
}

/** Gumbel noise of samples, `width` numbers for each plate, which are the same in whatever part of a batch it is. */
export function noiseOfPlates(
  key: Key,
  plates: Shape,
  options: ExactSampleOptions,
): { samples: number; noise: (sample: number, width: number, of?: Key) => Float32Array } {
  checkKey(key);
  const { samples = 1, firstRow = 0 } = checkOptions(options, ["samples", "firstRow"]);
  checkInteger("samples", samples, 1);
  checkInteger("firstRow", firstRow, 0);
  const size = sizeOf(plates);
  const first = firstRow * (size / (plates[0] ?? 1));
  return {
    samples,
    noise: (sample, width, of = key) => gumbel(foldIn(of, sample), size * width, { offset: first * width }),
  };
}

export const impossible = (plate: number): ArgumentError =>
  new ArgumentError("logEvidence", "a posterior: values that are possible", `-Infinity in plate ${plate}`);
