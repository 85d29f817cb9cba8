/** dx += dy f'(x), from whichever of the argument x and the result y is cheaper. */

/** A product with 0 or 1: where signs are random, a choice by `?:` is a branch, and twice as slow. */
export function reluGrad(dx: Float32Array, y: Float32Array, dy: Float32Array): void {
  for (let i = 0; i < dx.length; i++) dx[i] += dy[i] * Number(y[i] > 0);
}

export function tanhGrad(dx: Float32Array, y: Float32Array, dy: Float32Array): void {
  for (let i = 0; i < dx.length; i++) dx[i] += dy[i] * (1 - y[i] * y[i]);
}

export function sigmoidGrad(dx: Float32Array, y: Float32Array, dy: Float32Array): void {
  for (let i = 0; i < dx.length; i++) dx[i] += dy[i] * y[i] * (1 - y[i]);
}

/** From x: 1 - exp(-y) would cancel where y is small. */
export function softplusGrad(dx: Float32Array, x: Float32Array, dy: Float32Array): void {
  for (let i = 0; i < dx.length; i++) dx[i] += dy[i] / (1 + Math.exp(-x[i]));
}

export function expGrad(dx: Float32Array, y: Float32Array, dy: Float32Array): void {
  for (let i = 0; i < dx.length; i++) dx[i] += dy[i] * y[i];
}

export function logGrad(dx: Float32Array, x: Float32Array, dy: Float32Array): void {
  for (let i = 0; i < dx.length; i++) dx[i] += dy[i] / x[i];
}
