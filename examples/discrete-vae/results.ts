import type { Compared } from "./compare.ts";
import { estimators } from "./estimators.ts";
import type { Job, Run, Settings } from "./train.ts";

/** What results.json holds. */
export interface Results {
  readonly settings: Settings;
  readonly images: { readonly train: number; readonly test: number };
  readonly runs: readonly Run[];
  /** At the parameters of the reference's run. */
  readonly compared: readonly Compared[];
}

/**
 * Results of earlier with those of later in the place of the same estimators', in the order of the table of estimators: same
 * seed, same bits, whether in one go or not. Of other settings nothing is kept.
 */
export function merged(earlier: Results, later: Results): Results {
  if (!same(earlier.settings, later.settings) || !same(earlier.images, later.images)) return later;
  const together = <T extends Job & { readonly step?: number }>(before: readonly T[], after: readonly T[]): T[] => {
    const kept = before.filter((old) => !after.some((each) => same(identity(old), identity(each))));
    return [...kept, ...after].sort(
      (a, b) =>
        a.latent.localeCompare(b.latent) || (a.step ?? 0) - (b.step ?? 0) || place(a.estimator) - place(b.estimator),
    );
  };
  return {
    ...later,
    runs: together(earlier.runs, later.runs),
    compared: together(earlier.compared, later.compared),
  };
}

const identity = ({ latent, estimator, step }: Job & { readonly step?: number }) => [latent, estimator, step];

const place = (estimator: string): number => Object.keys(estimators).indexOf(estimator);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
