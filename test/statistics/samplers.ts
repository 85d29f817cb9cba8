import { foldIn } from "reparam";
import type { DiscreteLaw, SamplerCase } from "./case.ts";
import { type Job, job, keyFor } from "./job.ts";
import type { Outcome } from "./outcome.ts";
import { hitsTest } from "./tools/hits.ts";
import { chiSquareTest, ksTest } from "./tools/law.ts";
import { momentTests, Powers } from "./tools/moments.ts";

const LAW_DRAWS = 1e6;
const MOMENT_DRAWS = 1e7;
/** Draws at a time: 4 MB. */
const CHUNK = 1e6;

/** What every sampler is held to: its law at 1e6 draws, mean and variance at 1e7 where it has them. */
export const samplerJobs = (each: SamplerCase): Job[] => [
  job(`${each.name}: law`, () => lawTests(each)),
  ...(Number.isFinite(each.mean) && Number.isFinite(each.variance)
    ? [job(`${each.name}: moments`, () => moments(each))]
    : []),
];

export function lawTests({ name, draws, law }: Pick<SamplerCase, "name" | "draws" | "law">, n = LAW_DRAWS): Outcome[] {
  const sample = draws(foldIn(keyFor(name), 1), n);
  return law.kind === "continuous"
    ? [ksTest(`${name}: law`, sample, (x) => law.cdf(x))]
    : discreteTests(`${name}: law`, sample, law);
}

function discreteTests(name: string, sample: Float32Array, { pmf, from, to }: DiscreteLaw): Outcome[] {
  const size = to - from + 1;
  const counts = new Float64Array(size);
  let [beyond, impossible] = [0, 0];
  for (const k of sample) {
    if (!Number.isInteger(k)) throw new Error(`${name}: expected integers, got ${k}`);
    if (k >= from && k <= to) counts[k - from]++;
    else if (pmf(k) > 0) beyond++;
    else impossible++;
  }
  const chances = Array.from({ length: size }, (_, i) => pmf(from + i));
  // Rounding leaves 1e-15 where the table has all there is; that a draw lies there by chance is nothing to wait for.
  const rest = Math.max(1e-15, 1 - chances.reduce((sum, chance) => sum + chance, 0));
  return [
    chiSquareTest(
      name,
      counts,
      chances.map((chance) => chance * sample.length),
    ),
    hitsTest(`${name}, outside the support`, impossible, sample.length, 0),
    hitsTest(`${name}, beyond ${from} to ${to}`, beyond, sample.length, rest),
  ];
}

export function moments(
  { name, draws, mean, variance, fourthCentralMoment }: SamplerCase,
  n = MOMENT_DRAWS,
): Outcome[] {
  const key = foldIn(keyFor(name), 2);
  const powers = new Powers(mean);
  for (let i = 0; i * CHUNK < n; i++) powers.add(draws(foldIn(key, i), Math.min(CHUNK, n - i * CHUNK)));
  return momentTests(name, powers, { variance, fourthCentralMoment });
}
