import { categoricalJobs } from "./groups/categorical.ts";
import { conditionalJobs } from "./groups/conditional.ts";
import { distributionJobs } from "./groups/distributions.ts";
import { estimatorJobs } from "./groups/estimators.ts";
import { finiteJobs } from "./groups/finite.ts";
import { gumbelSoftmaxJobs } from "./groups/gumbel-softmax.ts";
import { noiseJobs } from "./groups/noise.ts";
import { rareJobs } from "./groups/rare.ts";
import { rowJobs } from "./groups/rows.ts";
import { tailJobs } from "./groups/tails.ts";
import type { Job } from "./job.ts";

/** The longest first, so that no thread is left alone with one at the end. */
export const JOBS: readonly Job[] = [
  ...rareJobs,
  ...categoricalJobs,
  ...tailJobs,
  ...estimatorJobs,
  ...finiteJobs,
  ...conditionalJobs,
  ...noiseJobs,
  ...distributionJobs,
  ...rowJobs,
  ...gumbelSoftmaxJobs,
];
