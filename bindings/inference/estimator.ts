import type { Estimated } from "./credit.ts";
import type { Factor } from "./factor.ts";
import type { Memory } from "./memory.ts";
import type { Problem } from "./problem.ts";

/**
 * A way to the gradient of an expectation with respect to the parameters of what is sampled. Made by a function of its options;
 * some remember: a baseline, a coefficient. Such an estimator belongs to one place of one program.
 */
export interface Estimator {
  /** For messages and tables: "RLOO". */
  readonly name: string;
  /** Whether the mean of its gradients is the gradient of the expected cost: not of a multiple (NVIL), nor of a bound (VIMCO). */
  readonly unbiased: boolean;
  /** Whether it differentiates the cost by the sample, so that this cannot be a black box. */
  readonly differentiates: boolean;
  /** Whether its value is not the mean cost of the draws, as all others' is, but one of its own. */
  readonly hasOwnValue?: boolean;
  /** Fewest samples it can do with: 1, or 2 where samples are compared. */
  readonly leastSamples?: number;
  /** What it remembers from step to step, to be saved and restored: absent from one that remembers nothing. */
  readonly memory?: Memory | undefined;
  /** @internal What it expects of a law that it cannot take; undefined for one that it can. */
  refuses(factor: Factor): string | undefined;
  /** @internal */
  estimate(problem: Problem): Estimated;
}
