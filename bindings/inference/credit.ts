import { apply, into, sizeOf } from "../graph/extend.ts";
import type { Shape, Tensor } from "../graph/index.ts";

/** A part of a gradient: the sum over n and j of weights[n, row, j] d of[n, row, j], for each row of the cost. */
export interface Credit {
  /** [n, rows, j] */
  readonly of: Tensor;
  readonly n: number;
  /** [n, rows, j], or [n, rows] where a weight is that of all elements of a row. */
  readonly weights: ArrayLike<number>;
  /**
   * Whether the sign of what comes from above is left away: of what is to become smaller whatever becomes of the cost, as the
   * error of a baseline.
   */
  readonly unsigned?: boolean;
}

/** What an estimator has to say: the cost of each row, and its gradient. */
export interface Estimated {
  readonly value: ArrayLike<number>;
  readonly credits: readonly Credit[];
}

/** A tensor with the value of an estimate and, in the backward pass, its gradient. */
export function carry({ value, credits }: Estimated, shape: Shape): Tensor {
  const rows = sizeOf(shape);
  return apply({
    name: "estimate",
    inputs: Object.fromEntries(credits.map(({ of }, i) => [`credits[${i}]`, of])),
    shape,
    forward: (core, y) => core.write(value, y),
    backward: (core, dy) => {
      for (const credit of credits) into(credit.of, (dx) => send(core.floats, credit, dx >>> 2, dy >>> 2, rows));
    },
  });
}

function send(
  floats: Float32Array,
  { of, n, weights, unsigned = false }: Credit,
  dx: number,
  dy: number,
  rows: number,
): void {
  const inner = weights.length / (n * rows);
  const copies = of.size / weights.length;
  for (let w = 0, x = dx; w < weights.length; )
    for (let row = 0; row < rows; row++) {
      const up = floats[dy + row] as number;
      const above = unsigned ? Math.abs(up) : up;
      for (let j = 0; j < inner; j++, w++) {
        const each = above * (weights[w] as number);
        for (let copy = 0; copy < copies; copy++, x++) (floats[x] as number) += each;
      }
    }
}
