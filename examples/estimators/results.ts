import type { Report } from "reparam/inference";

/** How an estimator's runs on a problem went. */
export interface Run {
  readonly estimator: string;
  readonly unbiased: boolean;
  readonly samples: number;
  /** In the picture too. */
  readonly drawn: boolean;
  /** Steps taken, and the mean of the measure over the runs. */
  readonly points: readonly (readonly [step: number, mean: number])[];
  /** The mean of the measure over runs and the last fifth of the steps, and its standard error over runs. */
  readonly end: number;
  readonly error: number;
  /** Runs that reached the goal, and the step by which the last of them had. */
  readonly reached: number;
  readonly by: number | undefined;
  /** The measure where the mean gradient comes to rest, in float64; undefined where that is not computed. */
  readonly rest: number | undefined;
}

/** Bias, variance and cost of all estimators' gradients at one place. */
export interface Comparison {
  readonly at: string;
  readonly report: Report;
}

export interface ProblemResults {
  readonly id: string;
  readonly title: string;
  readonly measure: string;
  readonly goal: string;
  readonly runs: number;
  readonly steps: number;
  readonly traces: readonly Run[];
  readonly comparisons: readonly Comparison[];
}

/** docs/estimators.json */
export interface Results {
  readonly version: string;
  readonly seed: number;
  readonly quick: boolean;
  readonly problems: readonly ProblemResults[];
}

/** Numbers only: of reports the truth and what was seen of each estimator, arrays as such. A time is not the same again. */
export const toJson = (results: Results): string =>
  `${JSON.stringify(results, (_, value) => (value instanceof Float64Array ? Array.from(value) : value))}\n`;
