/**
 * exp and log in double precision by + - * / alone: the host's own differ from engine to engine, and the kernels' are float32.
 * Errors below 4e-16, relative and (of the log) absolute, against the host's in test/inference/exact-log-space.test.ts.
 */

/** log 2 in two parts, the first of 32 bits: k times it is exact (fdlibm). */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E = Math.LOG2E;

/** 2^-k, down to the smallest double, and 0 after it: -745 is 1075 times log 2, rounded. */
const HALVES = /* @__PURE__ */ halves(1076);

function halves(count: number): Float64Array {
  const powers = new Float64Array(count);
  for (let k = 0, half = 1; k < count; k++, half /= 2) powers[k] = half;
  return powers;
}

/** 1 / n! */
const [C3, C4, C5, C6, C7, C8] = [1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040, 1 / 40320] as const;
const [C9, C10, C11, C12, C13] = [1 / 362880, 1 / 3628800, 1 / 39916800, 1 / 479001600, 1 / 6227020800] as const;

/** exp(x) for x up to 0 (and a rounding above it); 0 from -745 on, where a double ends. */
export function expOf(x: number): number {
  if (!(x >= -745)) return Number.isNaN(x) ? x : 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  // Taylor to the 13th power: |r| <= log(2) / 2, the rest is below 5e-18. In parts that do not wait for each other (Estrin).
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = C4 + C5 * r + (C6 + C7 * r) * r2;
  const high = C8 + C9 * r + (C10 + C11 * r) * r2 + (C12 + C13 * r) * r4;
  const sum = 1 + (r + (r2 * (0.5 + C3 * r) + r4 * (low + r4 * high)));
  return k > 0 ? sum * 2 : sum * (HALVES[-k] as number);
}

const BLOCK = 2 ** 32;

/** log(x) for a finite x above 0. */
export function logOf(x: number): number {
  let k = 0;
  let m = x;
  for (; m > BLOCK; k += 32) m /= BLOCK;
  for (; m < 1 / BLOCK; k -= 32) m *= BLOCK;
  for (; m > Math.SQRT2; k++) m /= 2;
  for (; m < Math.SQRT1_2; k--) m *= 2;
  // 2 atanh f with |f| < 0.172; the rest is below 1e-17.
  const f = (m - 1) / (m + 1);
  const s = f * f;
  const s2 = s * s;
  const s4 = s2 * s2;
  const low = 1 / 3 + (1 / 5) * s + (1 / 7 + (1 / 9) * s) * s2;
  const middle = 1 / 11 + (1 / 13) * s + (1 / 15 + (1 / 17) * s) * s2;
  const high = 1 / 19 + (1 / 21) * s + (1 / 23) * s2;
  return k * LN2_HIGH + (2 * (f + f * (s * (low + s4 * (middle + s4 * high)))) + k * LN2_LOW);
}

/** log of the sum of exp of `count` values from `from` on; -Infinity of nothing else. */
export function logSumOf(values: Float64Array, from: number, count: number): number {
  const end = from + count;
  let most = -Infinity;
  for (let i = from; i < end; i++) if ((values[i] as number) > most) most = values[i] as number;
  if (most === -Infinity) return most;
  let sum = 0;
  for (let i = from; i < end; i++) sum += expOf((values[i] as number) - most);
  return most + logOf(sum);
}

/** Which of `count` values is the largest with what `noise` adds: the first of equals. */
export function largestOf(
  values: Float64Array,
  from: number,
  count: number,
  noise?: Float32Array,
  noiseFrom = 0,
): number {
  let best = 0;
  let most = -Infinity;
  for (let k = 0; k < count; k++) {
    const value = (values[from + k] as number) + (noise ? (noise[noiseFrom + k] as number) : 0);
    if (value > most) {
      most = value;
      best = k;
    }
  }
  return best;
}
