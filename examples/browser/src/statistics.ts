export const CATEGORIES = 3;

/** A number for each category. */
export type Triple = readonly [number, number, number];

export interface Summary {
  /** How often each category is the largest coordinate. */
  readonly frequency: Triple;
  /** The mean of the samples, which estimates E[y]. */
  readonly mean: Triple;
  readonly frequencyError: Triple;
  readonly meanError: Triple;
  /** Share of samples within `NEAR` of a corner in their largest coordinate. */
  readonly nearCorner: number;
}

export const NEAR = 0.01;

const each = (value: (k: number) => number): Triple => [value(0), value(1), value(2)];

/** Of equal coordinates the lowest index is the largest, as in the library. */
export function largest(samples: Float32Array, at: number): 0 | 1 | 2 {
  const [a, b, c] = [samples[at], samples[at + 1], samples[at + 2]];
  if (a >= b) return a >= c ? 0 : 2;
  return b >= c ? 1 : 2;
}

/** @param samples [n × 3] */
export function summarize(samples: Float32Array): Summary {
  const n = samples.length / CATEGORIES;
  const [wins, sum, squares] = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
  let near = 0;
  for (let at = 0; at < samples.length; at += CATEGORIES) {
    const best = largest(samples, at);
    wins[best]++;
    if (samples[at + best] > 1 - NEAR) near++;
    for (let k = 0; k < CATEGORIES; k++) {
      const y = samples[at + k];
      sum[k] += y;
      squares[k] += y * y;
    }
  }
  const spread = (total: number, ofSquares: number): number =>
    Math.sqrt(Math.max(0, ofSquares / n - (total / n) ** 2) / n);
  return {
    frequency: each((k) => wins[k] / n),
    mean: each((k) => sum[k] / n),
    frequencyError: each((k) => spread(wins[k], wins[k])),
    meanError: each((k) => spread(sum[k], squares[k])),
    nearCorner: near / n,
  };
}

/** Half the sum of the absolute differences: the largest difference in the probability of any event. */
export const totalVariation = (p: Triple, q: Triple): number =>
  (Math.abs(p[0] - q[0]) + Math.abs(p[1] - q[1]) + Math.abs(p[2] - q[2])) / 2;
