import { lengthOf } from "./interval.ts";
import { Measurer, measuringHere, type Seen } from "./measure.ts";
import { checkDiagnoseOptions, type DiagnoseOptions, entriesOf, type Measured } from "./options.ts";
import { type DiagnoseParametersOf, type DiagnoseProblem, Repeatable } from "./problem.ts";
import { type Diagnosis, diagnosisOf, Report } from "./report.ts";
import { measuringElsewhere } from "./shards.ts";
import { truthEntry, truthOf } from "./truth.ts";

/**
 * What estimators cost and what they are worth on a problem: bias, variance, mean squared error, angle to the true gradient,
 * evaluations and time, as data, as a table and as a picture. Every estimator gets the same draws.
 *
 *     const report = await diagnose(
 *       { parameters: { theta: [0, 1] }, loss: ({ theta }, run) => estimate(new Bernoulli({ logits: theta }), f, run) },
 *       { disarm: disarm(), rloo: { estimator: rloo(), samples: 4 } },
 *       { key: key(1), samples: 10_000 },
 *     );
 *     console.log(report.table());
 *
 * A gradient is that of the loss with respect to all parameters, as one vector g of mean m; t is the truth. bias = m - t, variance =
 * E|g - m|² (the trace of the covariance), mean squared error = E|g - t|². Intervals are normal ones with Bonferroni's correction over
 * coordinates: an unbiased estimator is called biased with a probability of 1 - confidence at most, if there are samples enough for a
 * mean to be normal (an event that is seen a few times or never spoils that). The error of a truth from a long run is part of them,
 * and so are 2^-20 of the largest coordinate, for rounding.
 *
 * All but times are the same to the bit for a key, whatever the chunk. An estimator that remembers (a moving average, a coefficient
 * that it learns) is measured as it learns, step by step, from what it remembers, and learns less often in larger chunks. What it
 * remembers and gradients of parameters are afterwards what they were.
 *
 * Gradients are added up in blocks: 256 in order (of more than 16384, a 64th of all), and blocks as a tree. So an `executor`'s workers
 * take them to the same bits, each some blocks of an estimator; `problem` and `estimators` are then what one call of a function of
 * `shared` returned. Where the truth is not exact it is measured first, the estimators after it all at once. One that remembers learns
 * in a worker as it does here, step by step from the first gradient to the last: it is one shard.
 *
 * @param problem where the gradient is taken, and the loss
 * @param estimators by name: estimators, or `{ estimator, samples }`
 * @throws KeyError; ArgumentError (an estimator that the problem does not allow, with its name; no truth to be had); ShapeError (a loss
 *   that is not a number for each repetition); the signal's reason; what a cost throws; with an executor ShardError
 */
export async function diagnose<
  const P extends DiagnoseParametersOf<P>,
  const E extends Readonly<Record<string, Measured>>,
>(problem: DiagnoseProblem<P>, estimators: E, options: DiagnoseOptions): Promise<Report<keyof E & string>> {
  const { confidence } = checkDiagnoseOptions(options);
  const entries = entriesOf(estimators);
  // Of the names of the parameters Repeatable knows what it reads from the object: no type says it.
  const repeatable = new Repeatable(problem as unknown as DiagnoseProblem<never>);
  const { samples, executor } = options;
  const measurer = new Measurer(
    repeatable,
    [...entries, truthEntry(options.truth?.estimator, options.truth?.samples)],
    options,
  );
  const measure = executor
    ? measuringElsewhere(measurer, { problem, estimators }, { ...options, executor })
    : measuringHere(measurer, options);
  const truth = await truthOf(measurer.entries, options, measure);
  const runs = entries.map((_, entry) => ({ entry, of: samples, isTruth: false, isListed: false }));
  const seen = await measure(runs, truth.gradient);
  const diagnoses: Record<string, Diagnosis> = {};
  for (const [i, entry] of entries.entries())
    diagnoses[entry.name] = diagnosisOf(repeatable, entry, seen[i] as Seen, truth, confidence);
  const { origin, gradient } = truth;
  return new Report({
    estimators: diagnoses as Record<keyof E & string, Diagnosis>,
    truth: { ...origin, gradient: repeatable.byParameter(gradient), norm: lengthOf(gradient) },
    samples,
    confidence,
  });
}
