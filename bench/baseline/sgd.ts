import { sumOfSquares } from "./reduce.ts";

/** Stochastic gradient descent with momentum: v = momentum v + dx, x -= rate v. */
export function sgd(x: Float32Array, dx: Float32Array, velocity: Float32Array, rate: number, momentum: number): void {
  for (let i = 0; i < x.length; i++) {
    const v = momentum * velocity[i] + dx[i];
    velocity[i] = v;
    x[i] -= rate * v;
  }
}

/** out = dx at a Euclidean norm of `maxNorm`. @returns the norm before */
export function clip(out: Float32Array, dx: Float32Array, maxNorm: number): number {
  const norm = Math.sqrt(sumOfSquares(dx));
  const factor = maxNorm / norm;
  for (let i = 0; i < dx.length; i++) out[i] = dx[i] * factor;
  return norm;
}
