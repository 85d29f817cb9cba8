import { ArgumentError, ShardError, WasmError } from "../../core/index.ts";
import type { Credit } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import { enumeration } from "../estimators/enumeration.ts";
import type { Reference } from "./interval.ts";
import type { Measure, Run } from "./measure.ts";
import { type DiagnoseOptions, type Entry, entryOf } from "./options.ts";

/** Where a true gradient is from. */
export interface Origin {
  /** What the estimator calls itself. */
  readonly estimator: string;
  /** Whether it has no error but rounding. */
  readonly exact: boolean;
  /** Gradients it is the mean of. */
  readonly gradients: number;
}

export interface Truth extends Reference {
  readonly origin: Origin;
}

const STATES = 4096;
/** Keys under which an enumeration has to give the same gradient to be called exact. */
const PROBES = 16;

/**
 * With the exact expectation for its value too: so a cost with an estimate within has no randomness left. (The first credit of an
 * enumeration is that of its costs, weighted with their probabilities.)
 */
export const exactly = (listing: Estimator): Estimator => ({
  ...listing,
  estimate(problem) {
    const { credits } = listing.estimate(problem);
    const [{ of, weights }] = credits as [Credit];
    const costs = of.toArray();
    const value = new Float64Array(problem.rows);
    for (let i = 0; i < costs.length; i++)
      (value[i % value.length] as number) += (weights[i] as number) * (costs[i] as number);
    return { value, credits };
  },
});

/** That of a truth: of what was asked for, or an enumeration. */
export const truthEntry = (estimator: Estimator | undefined, samples: number | undefined): Entry =>
  entryOf("truth", "truth", estimator ?? enumeration({ limit: STATES }), samples);

/**
 * The gradient that others are compared with, of a key of its own.
 *
 * @param entries those that are measured, and behind them that of the truth
 */
export async function truthOf(
  entries: readonly Entry[],
  { truth, samples }: DiagnoseOptions,
  measure: Measure,
): Promise<Truth> {
  const taken = async (run: Pick<Run, "entry" | "of" | "isListed">): Promise<Truth> => {
    const [{ moments }] = (await measure([{ ...run, isTruth: true }])) as [Awaited<ReturnType<Measure>>[number]];
    const { name } = (entries[run.entry] as Entry).estimator;
    return { gradient: moments.mean, moments, origin: { estimator: name, exact: false, gradients: run.of } };
  };
  const own = entries.length - 1;
  const listed = async (gradients: number): Promise<Truth> => {
    const few = await taken({ entry: own, of: PROBES, isListed: true });
    // A loss may have randomness that is not listed: then each enumeration is one gradient of many.
    if (few.moments?.variance !== 0) return taken({ entry: own, of: gradients, isListed: true });
    return { gradient: few.gradient, moments: undefined, origin: { ...few.origin, exact: true } };
  };
  if (truth) {
    const { gradients = 10 * samples } = truth;
    const isListed = truth.estimator.name === "enumeration";
    return isListed ? listed(gradients) : taken({ entry: own, of: gradients, isListed });
  }
  try {
    return await listed(samples);
  } catch (error) {
    // What else is wrong comes again below.
    if (!isRefusal(error)) throw error;
    const isUsable = ({ unbiased, name }: Estimator): boolean => unbiased && name !== "enumeration";
    const entry = entries.findIndex(({ estimator }) => isUsable(estimator));
    if (entry >= 0) return taken({ entry, of: 10 * samples, isListed: false });
    throw Object.assign(
      new ArgumentError("truth", "an unbiased estimator, as enumeration is not possible here", "none"),
      { cause: error },
    );
  }
}

/** Not to be listed, too many states, or too many for the memory there is, here or in a worker. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ShardError) return (error.cause as Error | undefined)?.name === "WasmError";
  return error instanceof ArgumentError || error instanceof WasmError;
}
