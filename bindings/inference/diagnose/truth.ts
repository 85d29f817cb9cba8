import { ArgumentError, WasmError } from "../../core/index.ts";
import { named } from "../../random/index.ts";
import type { Credit } from "../credit.ts";
import type { Estimator } from "../estimator.ts";
import { enumeration } from "../estimators/enumeration.ts";
import type { Reference } from "./interval.ts";
import { measure } from "./measure.ts";
import { type DiagnoseOptions, type Entry, entryOf } from "./options.ts";
import type { Repeatable } from "./problem.ts";

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
const exactly = (listing: Estimator): Estimator => ({
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

/** The gradient that others are compared with, of a key of its own. */
export async function truthOf(
  problem: Repeatable,
  entries: readonly Entry[],
  options: DiagnoseOptions,
): Promise<Truth> {
  const { truth, samples } = options;
  const key = named(options.key, "truth");
  const taken = async (entry: Entry, gradients: number): Promise<Truth> => {
    const { moments } = await measure(problem, entry, gradients, key, options);
    return { gradient: moments.mean, moments, origin: { estimator: entry.estimator.name, exact: false, gradients } };
  };
  const listed = async (entry: Entry, gradients: number): Promise<Truth> => {
    const exact = { ...entry, estimator: exactly(entry.estimator) };
    const few = await taken(exact, PROBES);
    // A loss may have randomness that is not listed: then each enumeration is one gradient of many.
    if (few.moments?.variance !== 0) return taken(exact, gradients);
    return { gradient: few.gradient, moments: undefined, origin: { ...few.origin, exact: true } };
  };
  const entry = entryOf("truth", "truth", truth?.estimator ?? enumeration({ limit: STATES }), truth?.samples);
  if (truth) {
    const { gradients = 10 * samples } = truth;
    return entry.estimator.name === "enumeration" ? listed(entry, gradients) : taken(entry, gradients);
  }
  try {
    return await listed(entry, samples);
  } catch (error) {
    // Not to be listed, too many states, or too many for the memory there is. What else is wrong comes again below.
    if (!(error instanceof ArgumentError || error instanceof WasmError)) throw error;
    const unbiased = entries.find(({ estimator }) => estimator.unbiased && estimator.name !== "enumeration");
    if (unbiased) return taken({ ...unbiased, name: "truth" }, 10 * samples);
    throw Object.assign(
      new ArgumentError("truth", "an unbiased estimator, as enumeration is not possible here", "none"),
      { cause: error },
    );
  }
}
