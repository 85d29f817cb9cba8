import { ArgumentError } from "../../core/index.ts";
import { sizeOf } from "../../graph/extend.ts";
import type { Shape } from "../../graph/index.ts";

/** A posterior expectation by weighted samples. */
export interface Predicted {
  /** E[f(z) | x], row-major. */
  readonly mean: Float64Array;
  /** Of the mean, by the delta method: sqrt(sum of w² (f(z) - mean)²). */
  readonly standardError: Float64Array;
  /** [...rows, ...] as f gives them. */
  readonly shape: Shape;
}

/**
 * Means of values under weights that add up to 1 in each row.
 *
 * Self-normalized importance sampling: Owen 2013, "Monte Carlo theory, methods and examples", equation 9.9.
 * @param weights [samples, rows]
 * @param parts the values of some samples after the other, [samples, ...shape]
 * @throws ArgumentError for a value that is not finite where the weight is above 0
 */
export function weightedMean(
  weights: Float64Array,
  rows: number,
  parts: readonly Float32Array[],
  shape: Shape,
): Predicted {
  const size = sizeOf(shape);
  const width = size / rows;
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  const each = (add: (j: number, weight: number, y: number) => void): void => {
    let at = 0;
    for (const part of parts)
      for (const y of part) {
        const weight = weights[Math.floor(at / width)] as number;
        if (!Number.isFinite(y) && weight > 0)
          throw new ArgumentError("f", "finite numbers", `${y} for point ${Math.floor(at / size)}`);
        if (weight > 0) add(at % size, weight, y);
        at++;
      }
  };
  each((j, weight, y) => {
    (mean[j] as number) += weight * y;
  });
  each((j, weight, y) => {
    const apart = weight * (y - (mean[j] as number));
    (squares[j] as number) += apart * apart;
  });
  return { mean, standardError: squares.map(Math.sqrt), shape };
}
