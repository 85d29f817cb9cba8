import { ArgumentError, checkInteger, describe } from "../../core/index.ts";
import {
  ExactSum,
  exactly,
  minus,
  plus,
  type Ratio,
  ratio,
  rounded,
  sumOf,
  times,
  totalOf,
  UNIT,
} from "./exact-sum.ts";

/** Of costs f, and of a control variate g. */
const NAMES = ["f", "g", "ff", "fg", "gg"] as const;
const VERSION = 1;

/** What comes of a run: plain data, which JSON or a worker hands on. Sums are exact: hexadecimal integers. */
export type MomentsState = {
  /** Of this form of the data: 1. */
  readonly version: number;
  /** Samples in a unit: 1, 2 of pairs, as many as a net has points. */
  readonly each: number;
  /** Samples, pairs or nets that were added. */
  readonly units: number;
  /** Exact sums of f, of g and of their products over all units, in multiples of 2^-360, as hexadecimal integers. */
  readonly sums: Readonly<Record<"f" | "g" | "ff" | "fg" | "gg", string>>;
};

/**
 * Exact sums of float32 numbers, of their squares and of their products (48 bits: exact as float64), unit by unit. A unit is a sample,
 * or the sum over a pair of which (f + f')² is taken as ff + 2ff' + f'f', or the sum over so many that come after each other, whose
 * square is one of big integers. The same for any order of units and of `merge`.
 */
export class Moments {
  /** Samples, pairs or nets that were added, by `merge` too. */
  units = 0;
  /** Samples in a unit: 1, 2 of pairs, as many as a net has points. */
  readonly each: number;
  readonly #sums = Object.fromEntries(NAMES.map((name) => [name, new ExactSum()])) as Record<
    (typeof NAMES)[number],
    ExactSum
  >;

  /** The unit that is not full yet: running sums, what they were when it began, and its samples. */
  readonly #open = { f: new ExactSum(), g: new ExactSum() };
  readonly #before = { f: 0n, g: 0n };
  #held = 0;

  /** @param each samples in a unit: 1 by default, 2 of pairs */
  constructor(each = 1) {
    this.each = checkInteger("each", each, 1);
  }

  /** A sample: its cost, and its control variate. It counts once its unit is full. */
  add(f: number, g = 0): void {
    if (this.each > 1) {
      this.#open.f.add(f);
      this.#open.g.add(g);
      if (++this.#held === this.each) this.#close();
      return;
    }
    this.units++;
    this.#part(f, g);
    this.#products(f, g, f, g);
  }

  #close(): void {
    const [f, g] = (["f", "g"] as const).map((name) => {
      const total = this.#open[name].total;
      const sum = total - this.#before[name];
      this.#before[name] = total;
      return sum;
    }) as [bigint, bigint];
    const sums = { f, g, ff: product(f, f), fg: product(f, g), gg: product(g, g) };
    for (const name of NAMES) this.#sums[name].merge(sums[name]);
    this.units++;
    this.#held = 0;
  }

  /** A pair as one unit, of two samples in each. */
  addPair(f: number, other: number, g = 0, otherG = 0): void {
    this.units++;
    this.#part(f, g);
    this.#part(other, otherG);
    this.#products(f, g, f, g);
    this.#products(f, g, other, otherG);
    this.#products(other, otherG, f, g);
    this.#products(other, otherG, other, otherG);
  }

  #part(f: number, g: number): void {
    this.#sums.f.add(f);
    this.#sums.g.add(g);
  }

  #products(f: number, g: number, f2: number, g2: number): void {
    this.#sums.ff.add(f * f2);
    this.#sums.fg.add(f * g2);
    this.#sums.gg.add(g * g2);
  }

  /**
   * Adds what another run came to, with the same control variate and the same `each`.
   * @throws ArgumentError for what is no such state; nothing is changed then
   */
  merge(state: MomentsState): void {
    if (state?.version !== VERSION) throw new ArgumentError("state.version", String(VERSION), describe(state?.version));
    if (state.each !== this.each) throw new ArgumentError("state.each", String(this.each), describe(state.each));
    if (!Number.isSafeInteger(state.units) || state.units < 0)
      throw new ArgumentError("state.units", "an integer of 0 or more", describe(state.units));
    const totals = NAMES.map((name) => totalOf(`state.sums.${name}`, state.sums?.[name]));
    for (const [i, name] of NAMES.entries()) this.#sums[name].merge(totals[i] as bigint);
    this.units += state.units;
  }

  /** A copy of what was added, as plain data: for JSON, and for `merge`. */
  get state(): MomentsState {
    const sums = Object.fromEntries(NAMES.map((name) => [name, this.#sums[name].state]));
    return { version: VERSION, each: this.each, units: this.units, sums: sums as MomentsState["sums"] };
  }

  #of(name: (typeof NAMES)[number]): Ratio {
    return sumOf(this.#sums[name].total);
  }

  /** n Σ xy - Σx Σy: n (n - 1) times a covariance. */
  #central(name: "ff" | "fg" | "gg"): Ratio {
    const [x, y] = [name[0] as "f" | "g", name[1] as "f" | "g"];
    return minus(times(this.#of(name), ratio(BigInt(this.units))), times(this.#of(x), this.#of(y)));
  }

  /** Of f per sample, rounded once: NaN of none. */
  get mean(): number {
    if (this.units === 0) return Number.NaN;
    return rounded(times(this.#of("f"), ratio(1n, BigInt(this.units) * BigInt(this.each))));
  }

  /** The regression of f on g: Cov(f, g) / Var(g), rounded once; 0 of a g that does not vary. */
  get coefficient(): number {
    const { over, under } = this.#central("gg");
    const covariance = this.#central("fg");
    return over === 0n ? 0 : rounded(ratio(covariance.over * under, covariance.under * over));
  }

  /**
   * The mean of f - coefficient (g - mean), and its standard error, each of exact sums and rounded once (before the root).
   * @throws ArgumentError for fewer than two units
   */
  result(
    coefficient = 0,
    mean = 0,
  ): {
    /** The mean per sample, also of pairs. */
    value: number;
    /** One standard deviation of the value, estimated. */
    standardError: number;
  } {
    if (this.units < 2) throw new ArgumentError("units", "2 or more, for a standard error", String(this.units));
    const [n, each] = [BigInt(this.units), BigInt(this.each)];
    const samples = ratio(1n, n * each);
    const c = exactly(coefficient);
    const total = minus(times(this.#of("f"), samples), times(c, minus(times(this.#of("g"), samples), exactly(mean))));
    const twice = times(times(ratio(-2n), c), this.#central("fg"));
    const spread = plus(plus(this.#central("ff"), twice), times(times(c, c), this.#central("gg")));
    const squaredError = times(spread, ratio(1n, n * n * (n - 1n) * each * each));
    return { value: rounded(total), standardError: Math.sqrt(rounded(squaredError)) };
  }
}

/** Of totals. Exact: sums of float32 numbers are multiples of 2^-149, whose products are of 2^-298. */
const product = (a: bigint, b: bigint): bigint => (a * b) >> BigInt(UNIT);
