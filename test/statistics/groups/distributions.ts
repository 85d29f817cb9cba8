import "../../../bindings/entry/default/distributions.ts"; // provides the modules to the sources that the tables use
import { step } from "../../../bindings/graph/index.ts";
import type { Setting, Univariate } from "../../distributions/case.ts";
import { expectation, rounded } from "../../distributions/expectation.ts";
import { UNIVARIATE } from "../../distributions/tables.ts";
import type { SamplerCase } from "../case.ts";
import type { Job } from "../job.ts";
import { samplerJobs } from "../samplers.ts";
import { tabulate } from "../tools/table.ts";

/** Every family over single numbers at every setting of its table, held to the law of the table's own density. */
export const distributionCases: readonly SamplerCase[] = UNIVARIATE.flatMap((family) =>
  family.settings.map((setting) => caseOf(family, rounded(setting))),
);

function caseOf(family: Univariate, setting: Setting): SamplerCase {
  const parameters = Object.entries(setting).map(([name, x]) => `${name} ${Number(x.toPrecision(6))}`);
  return {
    name: `${family.name} ${parameters.join(" ")}`,
    draws: (key, n) =>
      step(() =>
        family
          .make({ ...setting, validateArgs: false })
          .sample(key, { shape: [n] })
          .toArray(),
      ),
    law: lawOf(family, setting),
    ...momentsOf(family, setting),
  };
}

export function lawOf(family: Univariate, setting: Setting): SamplerCase["law"] {
  const p = (x: number): number => Math.exp(family.logProb(x, setting));
  if (family.counts) {
    const { from, to } = family.counts(setting);
    return { kind: "discrete", pmf: p, from, to: Math.ceil(to) };
  }
  const { from, to, breaks = [] } = (family.range as NonNullable<Univariate["range"]>)(setting);
  const inside = breaks.filter((x) => x > from && x < to).sort((a, b) => a - b);
  let table: ((x: number) => number) | undefined;
  return {
    kind: "continuous",
    cdf: (x) => {
      table ??= tabulate(p, [from, ...inside, to]);
      return table(x);
    },
  };
}

function momentsOf(
  family: Univariate,
  setting: Setting,
): Pick<SamplerCase, "mean" | "variance" | "fourthCentralMoment"> {
  if (family.without?.includes("mean")) return { mean: Number.NaN, variance: Number.NaN };
  const mean = expectation(family, setting, (x) => x);
  const central = (power: number): number => expectation(family, setting, (x) => (x - mean) ** power);
  if (family.without?.includes("variance")) return { mean, variance: Infinity };
  return { mean, variance: central(2), fourthCentralMoment: central(4) };
}

export const distributionJobs: readonly Job[] = distributionCases.flatMap(samplerJobs);
