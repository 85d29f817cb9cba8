import { exponential, gumbel, logistic, normal, uniform } from "reparam";
import type { Family } from "../../reference/noise.ts";
import { cdf } from "../../reference/statistics.ts";
import type { SamplerCase } from "../case.ts";
import type { Job } from "../job.ts";
import { samplerJobs } from "../samplers.ts";

export const SAMPLERS: Record<Family, typeof uniform> = { uniform, exponential, gumbel, logistic, normal };

/** Mean, variance and fourth central moment (Johnson, Kotz, Balakrishnan, Continuous univariate distributions, 2nd ed.). */
const MOMENTS: Record<Family, readonly [number, number, number]> = {
  uniform: [1 / 2, 1 / 12, 1 / 80],
  exponential: [1, 1, 9],
  gumbel: [0.5772156649015329, Math.PI ** 2 / 6, (3 * Math.PI ** 4) / 20],
  logistic: [0, Math.PI ** 2 / 3, (7 * Math.PI ** 4) / 15],
  normal: [0, 1, 3],
};

export const CASES: readonly SamplerCase[] = (Object.keys(SAMPLERS) as Family[]).map((name) => {
  const [mean, variance, fourthCentralMoment] = MOMENTS[name];
  return {
    name: `noise ${name}`,
    draws: SAMPLERS[name],
    law: { kind: "continuous", cdf: cdf[name] },
    ...{ mean, variance, fourthCentralMoment },
  };
});

export const noiseJobs: readonly Job[] = CASES.flatMap(samplerJobs);
