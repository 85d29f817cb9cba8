/**
 * exp and log in double precision by + - * / alone: the host's own differ from engine to engine, and the kernels' are float32.
 * Errors below 4e-16, relative and (of the log) absolute, against the host's in test/inference/exact-log-space.test.ts.
 */

/** log 2 in two parts, the first of 32 bits: k times it is exact (fdlibm). */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E = Math.LOG2E;

/** 2^-k, down to the smallest double. */
const HALVES = new Float64Array(1075);
for (let k = 0, half = 1; k < HALVES.length; k++, half /= 2) HALVES[k] = half;

/** exp(x) for x up to 0 (and a rounding above it); 0 from -745 on, where a double ends. */
export function expOf(x: number): number {
  if (!(x >= -745)) return Number.isNaN(x) ? x : 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  // Taylor to the 13th power: |r| <= log(2) / 2, the rest is below 5e-18.
  let sum = 1;
  for (let n = 13; n >= 1; n--) sum = 1 + (sum * r) / n;
  return k > 0 ? sum * 2 : sum * (HALVES[-k] as number);
}

/** log(x) for a finite x from 1 on: a sum of exponentials of which the largest is 1. */
export function logOf(x: number): number {
  let k = 0;
  let m = x;
  for (; m > Math.SQRT2; k++) m /= 2;
  // 2 atanh f with |f| < 0.172; the rest is below 1e-17.
  const f = (m - 1) / (m + 1);
  const square = f * f;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return k * LN2_HIGH + (2 * f * sum + k * LN2_LOW);
}

/** log of the sum of exp of `count` values from `from` on, `stride` apart; -Infinity of nothing else. */
export function logSumOf(values: Float64Array, from: number, count: number, stride = 1): number {
  const end = from + count * stride;
  let most = -Infinity;
  for (let i = from; i < end; i += stride) if ((values[i] as number) > most) most = values[i] as number;
  if (most === -Infinity) return most;
  let sum = 0;
  for (let i = from; i < end; i += stride) sum += expOf((values[i] as number) - most);
  return most + logOf(sum);
}

/** Which of `count` values, `stride` apart, is the largest with what `noise` adds: the first of equals. */
export function largestOf(
  values: Float64Array,
  from: number,
  count: number,
  stride = 1,
  noise?: Float32Array,
  noiseFrom = 0,
): number {
  let best = 0;
  let most = -Infinity;
  for (let k = 0; k < count; k++) {
    const value = (values[from + k * stride] as number) + (noise ? (noise[noiseFrom + k] as number) : 0);
    if (value > most) {
      most = value;
      best = k;
    }
  }
  return best;
}
