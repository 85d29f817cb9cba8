import { cosineOf, intervalOf, meanSquaredError } from "./interval.ts";
import type { Seen } from "./measure.ts";
import type { Entry } from "./options.ts";
import { plotOf } from "./plot.ts";
import type { Repeatable } from "./problem.ts";
import { tableOf } from "./table.ts";
import { tidy } from "./tidy.ts";
import type { Origin, Truth } from "./truth.ts";

/** Numbers of each parameter, row-major. */
export type ByParameter = Readonly<Record<string, Float64Array>>;

/** How far the mean gradient of an estimator is from the truth, and how well that is known. */
export interface Bias {
  /** Mean gradient minus truth. */
  readonly values: ByParameter;
  /** With the report's confidence, all coordinates at once are within `margins` of `values`. */
  readonly margins: ByParameter;
  /** Length of the bias, less what chance adds to it; 0 where that is all. */
  readonly norm: number;
  /** Where the length is, with the report's confidence. */
  readonly normInterval: readonly [least: number, most: number];
  /** No coordinate's bias is larger than this. */
  readonly bound: number;
  /** Whether some coordinate's interval does not hold 0. */
  readonly detected: boolean;
  /** The same in words. */
  readonly verdict: string;
}

/** What was seen of one estimator. */
export interface Diagnosis {
  /** What the estimator calls itself. */
  readonly estimator: string;
  /** Samples averaged in one gradient. */
  readonly samples: number;
  /** Whether theory calls it unbiased. */
  readonly unbiased: boolean;
  /** Mean of its gradients. */
  readonly mean: ByParameter;
  /** Mean of its gradients minus the truth, with intervals. */
  readonly bias: Bias;
  /** Trace of the covariance of one gradient. */
  readonly variance: number;
  /** Standard error of `variance`. */
  readonly varianceError: number;
  /** E|gradient - truth|² */
  readonly meanSquaredError: number;
  /** Mean cosine of a gradient to the truth (0 of a gradient of zeros). */
  readonly cosine: number;
  /** Standard error of `cosine`. */
  readonly cosineError: number;
  /** Cosine of the mean gradient to the truth. */
  readonly cosineOfMean: number;
  /** Costs of single rows computed for a gradient, by all estimates of the loss. */
  readonly evaluations: number;
  /** Time of a gradient: it and the next depend on the machine. */
  readonly milliseconds: number;
  /** Variance × milliseconds: what one gradient's worth of accuracy takes, if gradients are averaged. */
  readonly varianceTime: number;
}

export function diagnosisOf(
  problem: Repeatable,
  { estimator, samples }: Entry,
  { moments, cosines, evaluations, milliseconds }: Seen,
  truth: Truth,
  confidence: number,
): Diagnosis {
  const { difference, margins, ...interval } = intervalOf(moments, truth, confidence);
  const { variance, varianceError } = moments;
  return {
    estimator: estimator.name,
    samples,
    unbiased: estimator.unbiased,
    mean: problem.byParameter(moments.mean),
    bias: {
      values: problem.byParameter(difference),
      margins: problem.byParameter(margins),
      ...interval,
      verdict: verdictOf(interval, confidence),
    },
    variance,
    varianceError,
    meanSquaredError: meanSquaredError(moments, truth),
    cosine: cosines.mean,
    cosineError: cosines.standardError,
    cosineOfMean: cosineOf(moments.mean, truth.gradient),
    evaluations,
    milliseconds,
    varianceTime: variance * milliseconds,
  };
}

const verdictOf = (
  { detected, norm, normInterval: [least, most] }: Pick<Bias, "detected" | "norm" | "normInterval">,
  confidence: number,
): string =>
  detected
    ? `a bias of length ${tidy(norm)}, between ${tidy(least)} and ${tidy(most)} at ${percent(confidence)}`
    : `no bias larger than ${tidy(most)} at ${percent(confidence)}`;

export const percent = (confidence: number): string => `${Number((100 * confidence).toPrecision(10))} %`;

/** What `diagnose` found: data, a table, a picture. */
export class Report<Name extends string = string> {
  /** By the names they were given. */
  readonly estimators: Readonly<Record<Name, Diagnosis>>;
  /** What all are compared with, and where it is from. */
  readonly truth: Origin & {
    /** The true gradient, or the mean of the gradients that stand for it. */
    readonly gradient: ByParameter;
    /** Its length, of all parameters together. */
    readonly norm: number;
  };
  /** Gradients of each estimator. */
  readonly samples: number;
  /** Of every interval. */
  readonly confidence: number;

  /** @internal */
  constructor({
    estimators,
    truth,
    samples,
    confidence,
  }: Pick<Report<Name>, "estimators" | "truth" | "samples" | "confidence">) {
    this.estimators = estimators;
    this.truth = truth;
    this.samples = samples;
    this.confidence = confidence;
  }

  /** A row for each estimator: aligned text, or Markdown. */
  table(options: { readonly format?: "text" | "markdown" } = {}): string {
    return tableOf(this, options);
  }

  /** Bias against variance, both on logarithmic scales: an SVG image. */
  plot(options: { readonly title?: string } = {}): string {
    return plotOf(this, options);
  }
}
