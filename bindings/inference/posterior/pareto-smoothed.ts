import { ArgumentError, checkFloats, checkInteger, checkOptions, type Floats, ShapeError } from "../../core/index.ts";
import { exp, log } from "./double.ts";
import { fitGeneralizedPareto, quantileOf } from "./generalized-pareto.ts";

/** Importance weights, and of each row how far they can be trusted. */
export interface ParetoSmoothed {
  /** [samples × rows], as the log weights: those of a row add up to 1. */
  readonly weights: Float64Array;
  /**
   * Pareto k, the shape of the tail of the weights, which have about 1/k moments. -Infinity where the tail is flat (the largest
   * weight is that of all the tail), Infinity where there are fewer than five excesses to tell it from.
   */
  readonly k: Float64Array;
  /** 1 / sum of weights². */
  readonly effectiveSamples: Float64Array;
  /** How many of the largest weights k was told from, and were smoothed. */
  readonly tail: Int32Array;
  /** Above this k the weights are not to be trusted: min(1 - 1 / log10 samples, 0.7), the same for all rows. */
  readonly threshold: number;
  /** The samples with which k would be below that, 10^(1 / (1 - k)); Infinity for k of 0.7 or more, where that is no remedy. */
  readonly samplesNeeded: Float64Array;
  /** log of the mean weight: of weights p(x, z) / q(z) that of the evidence p(x). */
  readonly logMean: Float64Array;
  /** What k says, in a sentence. */
  readonly verdicts: readonly string[];
}

/**
 * Pareto-smoothed importance sampling: the largest weights, M = ceil(min(samples / 5, 3 sqrt(samples))) of them, are replaced by the
 * quantiles (j - 1/2) / M of the generalized Pareto law fitted to them, and none is made larger than the largest was. This has less
 * variance than the weights themselves, and a small bias. Samples are taken to be independent.
 *
 * Ties, which discrete samples make, are no part of the paper: weights that tie with the threshold are not in the tail, and equal
 * weights stay equal, with the mean of their quantiles. So the order of the samples does not matter.
 *
 * Computed in f64, and the same to the bit in every engine; within 1e-9 of an implementation by the host's functions. What limits k is
 * its standard error, about (1 + k) / sqrt(M).
 *
 * Vehtari, Simpson, Gelman, Yao, Gabry 2024, "Pareto smoothed importance sampling", JMLR 25(72), algorithm 1 and section 3.2.4.
 * @param logWeights log p(x, z) - log q(z) of samples z ~ q, up to a constant for each row: [samples × rows]; -Infinity for a weight of 0
 * @param options `rows`: how many sets of weights lie side by side, 1 by default
 * @throws ArgumentError (NaN, Infinity, a row of -Infinity); ShapeError (rows)
 */
export function paretoSmoothed(logWeights: Floats, options: { readonly rows?: number } = {}): ParetoSmoothed {
  const { rows = 1 } = checkOptions(options, ["rows"]);
  checkFloats("logWeights", logWeights);
  checkInteger("rows", rows, 1);
  const samples = logWeights.length / rows;
  if (!Number.isInteger(samples))
    throw new ShapeError("rows", `a divisor of the length ${logWeights.length}`, String(rows));
  const wrong = logWeights.findIndex((each: number) => Number.isNaN(each) || each === Infinity);
  if (wrong >= 0) throw new ArgumentError(`logWeights[${wrong}]`, "a number below Infinity", String(logWeights[wrong]));
  const each = Array.from({ length: rows }, (_, row) =>
    smooth(
      Float64Array.from({ length: samples }, (_, i) => logWeights[i * rows + row] as number),
      row,
    ),
  );
  const weights = new Float64Array(samples * rows);
  for (const [row, { weights: own }] of each.entries())
    for (let i = 0; i < samples; i++) weights[i * rows + row] = own[i] as number;
  const threshold = Math.min(1 - Math.LN10 / log(samples), 0.7);
  const ks = Float64Array.from(each, ({ k }) => k);
  return {
    weights,
    k: ks,
    effectiveSamples: Float64Array.from(each, ({ weights: own }) => 1 / own.reduce((sum, w) => sum + w * w, 0)),
    tail: Int32Array.from(each, ({ tail }) => tail),
    threshold,
    samplesNeeded: ks.map(samplesFor),
    logMean: Float64Array.from(each, ({ logMean }) => logMean),
    verdicts: Array.from(ks, (k) => verdictOn(k, threshold)),
  };
}

interface Smoothed extends Pick<GeneralizedTail, "k" | "tail"> {
  readonly weights: Float64Array;
  readonly logMean: number;
}

function smooth(logWeights: Float64Array, row: number): Smoothed {
  const largest = logWeights.reduce((most, each) => Math.max(most, each), -Infinity);
  if (largest === -Infinity)
    throw new ArgumentError("logWeights", "a weight above -Infinity in each row", `none in row ${row}`);
  const raw = logWeights.map((each) => exp(each - largest));
  const { k, tail, smoothed } = tailOf(raw);
  const weights = raw.map((each) => smoothed.get(each) ?? each);
  const total = weights.reduce((sum, each) => sum + each, 0);
  return {
    weights: weights.map((each) => each / total),
    k,
    tail,
    logMean: largest + log(total / weights.length),
  };
}

interface GeneralizedTail {
  readonly k: number;
  readonly tail: number;
  /** By the weight, of which 1 is the largest. */
  readonly smoothed: ReadonlyMap<number, number>;
}

function tailOf(raw: Float64Array): GeneralizedTail {
  const samples = raw.length;
  const ascending = raw.slice().sort();
  const inTail = Math.ceil(Math.min(0.2 * samples, 3 * Math.sqrt(samples)));
  const flat = { k: -Infinity, tail: 0, smoothed: new Map() };
  if (inTail < FEWEST) return { ...flat, k: Infinity };
  const threshold = ascending[samples - inTail - 1] as number;
  const weights = ascending.subarray(samples - inTail).filter((each) => each > threshold);
  const excesses = weights.map((each) => each - threshold);
  if (weights.length === 0 || (weights.length >= FEWEST && weights[0] === 1)) return flat;
  if (weights.length < FEWEST) return { ...flat, k: Infinity };
  const fitted = fitGeneralizedPareto(excesses);
  const smoothed = new Map<number, number>();
  for (let from = 0, to = 0; from < weights.length; from = to) {
    const weight = weights[from] as number;
    let sum = 0;
    for (; weights[to] === weight; to++) sum += quantileOf(fitted, (to + 0.5) / weights.length);
    smoothed.set(weight, Math.min(1, threshold + sum / (to - from)));
  }
  return { k: fitted.k, tail: weights.length, smoothed };
}

/** Excesses, from which the shape of a tail can be told at all. */
const FEWEST = 5;

/** Above this, more samples than can be had are needed. */
const HIGH = 0.7;

function samplesFor(k: number): number {
  // What rounding adds to a power of ten is not one sample more.
  return k < HIGH ? Math.ceil(exp(Math.LN10 / (1 - Math.max(0, k))) * (1 - 2 ** -40)) : Infinity;
}

function verdictOn(k: number, threshold: number): string {
  if (k === -Infinity) return "good: the tail of the weights is flat";
  if (k === Infinity) return "unknown: fewer than five weights in the tail";
  if (k < threshold) return "good: estimates and their errors can be relied on";
  if (k < HIGH) return "too few samples: with more of them estimates may be relied on";
  if (k < 1) return "bad: a large bias that no practical number of samples removes";
  return "useless: the weights have no mean that samples could tell";
}
