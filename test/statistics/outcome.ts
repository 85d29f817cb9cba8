/** What a statistical test found: one line of the report. */
export interface Outcome {
  readonly name: string;
  readonly draws: number;
  /** What `value` is, with its degrees of freedom or its expectation. */
  readonly statistic: string;
  readonly value: number;
  /** The least p-value that passes: how often a right sampler would fail if its key were drawn at random. */
  readonly threshold: number;
  readonly p: number;
  /** A sampler that is wrong on purpose: the test has to fail on it. */
  readonly control?: true;
}

/** An outcome, and the name of the job it came of. */
export interface Reported extends Outcome {
  readonly job: string;
}

/**
 * Of all tests but those of moments. Keys are fixed, so a test passes always or never; were they random, a thousand tests of right
 * samplers would all pass but once in a million times (Bonferroni).
 */
export const FALSE_ALARM = 1e-9;

/** Of moments, which have to lie within 4 standard errors: P(|Z| > 4) of a standard normal Z. */
export const FOUR_ERRORS = 6.334248366623996e-5;

/** A p-value that is no number never passes. */
export const hasPassed = ({ p, threshold, control }: Outcome): boolean =>
  control === true ? p < threshold : p >= threshold;

/** How often all tests together would raise a false alarm, at most (Bonferroni); controls raise none. */
export const falseAlarmRate = (outcomes: readonly Outcome[]): number =>
  outcomes.reduce((sum, { threshold, control }) => sum + (control ? 0 : threshold), 0);
