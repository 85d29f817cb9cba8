export interface Moments {
  readonly mean: number;
  readonly variance: number;
  readonly count: number;
}

export function moments(values: ArrayLike<number>): Moments {
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i] - mean) ** 2;
  return { mean, variance: squares / count, count };
}

/** The difference of two means in its standard deviations. */
export const distance = (a: Moments, b: Moments): number =>
  Math.abs(a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count);
