/** Naive float64 oracles and differences for laws over rows. */

export const logSoftmax = (x: readonly number[]): number[] => {
  const most = Math.max(...x);
  const total = most + Math.log(x.reduce((sum, each) => sum + Math.exp(each - most), 0));
  return x.map((each) => each - total);
};

/** The derivative of f in each element of x, by Richardson's extrapolation of central differences: about 1e-10. */
export const gradientOf = (f: (x: readonly number[]) => number, x: readonly number[], h = 1e-3): number[] =>
  x.map((_, i) => {
    const slope = (step: number): number =>
      (f(x.map((each, j) => (j === i ? each + step : each))) - f(x.map((each, j) => (j === i ? each - step : each)))) /
      (2 * step);
    return (4 * slope(h / 2) - slope(h)) / 3;
  });

/** How far float32 results may be from double precision: what issue 5 asks of log-densities and their gradients. */
export const farthest = (got: ArrayLike<number>, expected: readonly number[]): number =>
  Math.max(...expected.map((y, i) => Math.abs((got[i] as number) - y) / Math.max(1, Math.abs(y))));

export const TOLERANCE = 4e-6;

/** Rows of 32-bit floats, as arrays. */
export const rowsOf = (x: ArrayLike<number>, cols: number): number[][] =>
  Array.from({ length: x.length / cols }, (_, r) => Array.from({ length: cols }, (_, k) => x[r * cols + k] as number));
