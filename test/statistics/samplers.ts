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

/** What every sampler is held to: its law at 1e6 draws, mean and variance at 1e7. */
export const samplerJobs = (each: SamplerCase): Job[] => [
  job(`${each.name}: law`, () => lawTests(each)),
  job(`${each.name}: moments`, () => moments(each)),
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
  let beyond = 0;
  for (const k of sample) {
    if (!Number.isInteger(k)) throw new Error(`${name}: expected integers, got ${k}`);
    if (k < from || k > to) beyond++;
    else counts[k - from]++;
  }
  const chances = Array.from({ length: size }, (_, i) => pmf(from + i));
  // Rounded sums to 1 are 1e-16 k from it; what is beyond is told apart from that only where it is more.
  const rest = Math.max(0, 1 - chances.reduce((sum, chance) => sum + chance, 0));
  return [
    chiSquareTest(
      name,
      counts,
      chances.map((chance) => chance * sample.length),
    ),
    hitsTest(`${name}, beyond ${from} to ${to}`, beyond, sample.length, Math.max(rest, Number.MIN_VALUE)),
  ];
}

export function moments(
  { name, draws, mean, variance, fourthCentralMoment }: SamplerCase,
  n = MOMENT_DRAWS,
): Outcome[] {
  if (!Number.isFinite(mean)) return [];
  const key = foldIn(keyFor(name), 2);
  const powers = new Powers(mean);
  for (let i = 0; i * CHUNK < n; i++) powers.add(draws(foldIn(key, i), Math.min(CHUNK, n - i * CHUNK)));
  return momentTests(name, powers, { variance, fourthCentralMoment });
}
