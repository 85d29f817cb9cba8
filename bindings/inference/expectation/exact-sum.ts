import { ArgumentError, describe } from "../../core/index.ts";

/** Least and greatest exponents of what is added: products of two float32 numbers lie between 2^-298 and 2^256. */
const LEAST = -300;
const GREATEST = 300;
/** A total counts units of 2^-360: below the last bit of anything that is added, 2^(-300 - 52). */
export const UNIT = 360;
/** So many numbers of 27 bits add up to one of 53. */
const FULL = 2 ** 26;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** Where the half with the sign and the exponent is: 1 where numbers lie with the low half first. */
const HIGH = new Uint32Array(Float64Array.of(1).buffer)[1] === 0 ? 0 : 1;

/** Exact: 2^k for |k| up to 1022. */
export function powerOfTwo(k: number): number {
  words[1 - HIGH] = 0;
  words[HIGH] = (k + 1023) << 20;
  return float[0] as number;
}

/**
 * A sum of float64 numbers without rounding, and so the same for any order and any parts: of numbers of a size between 2^-300 and
 * 2^300, and zeros. A number is cut into halves of 26 and 27 bits, and each is added to the others of its exponent: multiples of one power
 * of two, whose sum is a float64 number until there are 2^26 of them. Then, and when it is asked for, all goes to one big integer.
 */
export class ExactSum {
  readonly #high = new Float64Array(GREATEST - LEAST + 1);
  readonly #low = new Float64Array(GREATEST - LEAST + 1);
  readonly #full: number;
  #held = 0;
  #total = 0n;

  /** @param full how many numbers are held before they are carried, for tests */
  constructor(full = FULL) {
    this.#full = full;
  }

  add(x: number): void {
    if (x === 0) return;
    float[0] = x;
    const exponent = (((words[HIGH] as number) >>> 20) & 0x7ff) - 1023;
    if (exponent < LEAST || exponent > GREATEST)
      throw new ArgumentError("x", "0, or a number of a size between 2^-300 and 2^300", String(x));
    (words[1 - HIGH] as number) &= 0xf8000000;
    const high = float[0] as number;
    (this.#high[exponent - LEAST] as number) += high;
    (this.#low[exponent - LEAST] as number) += x - high;
    if (++this.#held === this.#full) this.#carry();
  }

  #carry(): void {
    for (let i = 0; this.#held > 0 && i < this.#high.length; i++) {
      // In units of the last bit of numbers of this exponent.
      const scale = powerOfTwo(52 - (i + LEAST));
      const [high, low] = [this.#high[i] as number, this.#low[i] as number];
      if (high !== 0 || low !== 0)
        this.#total += (BigInt(high * scale) + BigInt(low * scale)) << BigInt(i + LEAST - 52 + UNIT);
    }
    this.#high.fill(0);
    this.#low.fill(0);
    this.#held = 0;
  }

  /** In units of 2^-360. */
  get total(): bigint {
    this.#carry();
    return this.#total;
  }

  /** Plain data: the total in units of 2^-360, hexadecimal. */
  get state(): string {
    return this.total.toString(16);
  }

  /** Adds the total of another sum. */
  merge(total: bigint): void {
    this.#total += total;
  }
}

/** The total that a state says. */
export function totalOf(name: string, state: unknown): bigint {
  if (typeof state !== "string" || !/^-?[0-9a-f]{1,256}$/.test(state))
    throw new ArgumentError(name, "a hexadecimal integer of 256 digits at most", describe(state));
  return state.startsWith("-") ? -BigInt(`0x${state.slice(1)}`) : BigInt(`0x${state}`);
}

/** A rational number: exact arithmetic on sums. */
export interface Ratio {
  readonly over: bigint;
  /** Above 0. */
  readonly under: bigint;
}

export const ratio = (over: bigint, under = 1n): Ratio => ({ over, under });

/** A total as what it stands for. */
export const sumOf = (total: bigint): Ratio => ratio(total, 1n << BigInt(UNIT));

/** A finite float64 number, exactly. */
export function exactly(x: number): Ratio {
  let shift = 0;
  let scaled = x;
  // An integer once the last of its bits is in front of the point: doubling is exact, and subnormal numbers get there too.
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    shift++;
  }
  return ratio(BigInt(scaled), 1n << BigInt(shift));
}

export const plus = (a: Ratio, b: Ratio): Ratio => ratio(a.over * b.under + b.over * a.under, a.under * b.under);
export const times = (a: Ratio, b: Ratio): Ratio => ratio(a.over * b.over, a.under * b.under);
export const minus = (a: Ratio, b: Ratio): Ratio => plus(a, ratio(-b.over, b.under));

/** Rounded to the nearest float64 number, once; results below 2^-900 are 0. */
export function rounded({ over, under }: Ratio): number {
  if (over === 0n) return 0;
  const negative = over < 0n;
  const size = negative ? -over : over;
  // A quotient of 64 bits or more, whose last bit says whether there is a remainder, rounds as the exact one does.
  const shift = Math.max(64 + bitsOf(under) - bitsOf(size), 0);
  const shifted = size << BigInt(shift);
  const quotient = (shifted / under) | (shifted % under === 0n ? 0n : 1n);
  if (shift - bitsOf(quotient) > 900) return 0;
  const half = shift >> 1;
  const result = Number(quotient) * powerOfTwo(-half) * powerOfTwo(half - shift);
  return negative ? -result : result;
}

/** To four bits: upwards. */
const bitsOf = (x: bigint): number => x.toString(16).length * 4;
