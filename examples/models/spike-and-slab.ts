import { key } from "reparam";
import { Bernoulli } from "reparam/distributions";
import { adam, tensor } from "reparam/graph";
import { evidence, fit, meanField, model, posterior } from "reparam/inference";
import { crimeRegression } from "./data/crime.ts";
import { BLUE, GRID, legend, ORANGE, Panel, picture } from "./support/picture.ts";
import type { Outcome, Run } from "./support/program.ts";

export const about = "spike and slab: which of 15 figures of the states of the USA go with their crime rates of 1960";
export const steps = { whole: 1000, short: 500 };

/** Samples whose weights the bound has together. */
const TOGETHER = 16;

/** Each feature is in the regression or not: bits. Coefficients and noise have conjugate priors and are integrated out. */
export async function run({ steps, seed, isShort, signal, show }: Run): Promise<Outcome> {
  const { names, features, target } = crimeRegression();
  const count = names.length;
  const logEvidence = evidenceOfSubsets(features, target);

  const regression = model((p) => {
    const included = p.latent("included", new Bernoulli({ probs: new Array<number>(count).fill(0.5) }));
    const bits = included.toArray();
    const subsets = Array.from({ length: p.points }, (_, i) => bits.subarray(i * count, (i + 1) * count));
    // Numbers: the estimators of bits that ask for no derivative, such as VIMCO, learn from any.
    p.factor("crime rates", tensor(subsets.map(logEvidence)));
  });
  const guide = meanField(regression, undefined);
  await fit(regression, guide, undefined, {
    ...{ key: key(seed), steps, signal },
    bound: { type: "importanceWeighted" },
    samples: TOGETHER,
    optimizer: (parameters) => adam(parameters, { rate: 0.05 }),
  }).run(show);

  const samples = isShort ? 20_000 : 100_000;
  const weighted = posterior(regression, guide, undefined, { key: key(seed + 1), samples });
  const found = Array.from(weighted.predictive(({ included }) => included).mean);
  const own = Array.from(guide.parameters["included.logits"].toArray(), (logit) => 1 / (1 + Math.exp(-logit)));
  const exact = enumerated(count, logEvidence);
  const bounds: Record<string, number> = {};
  for (const together of [1, TOGETHER, 16 * TOGETHER]) {
    const options = { key: key(seed + 2), samples: isShort ? 200 : 1000, together, signal };
    const { value, standardError } = await evidence(regression, guide, undefined, options);
    bounds[`bound of ${together} together`] = value;
    bounds[`its standard error, of ${together}`] = standardError;
  }

  const apart = (of: readonly number[]): number => Math.max(...of.map((p, j) => Math.abs(p - exact.inclusion[j])));
  const ones = [...names.keys()];
  const panel = new Panel({
    ...{ left: 60, top: 100, width: 740, height: 240, x: [-0.6, count - 0.4], y: [0, 1], xNames: names },
    yLabel: "probability of inclusion",
  });
  panel.bars(ones, exact.inclusion, { fill: GRID, width: 0.7 });
  panel.points(ones, own, { fill: ORANGE }).points(ones, found, { fill: BLUE });
  return {
    numbers: {
      "log evidence by all subsets": exact.logEvidence,
      ...bounds,
      "Pareto k": weighted.k[0],
      "effective samples": weighted.effectiveSamples[0],
      "largest difference of an inclusion, weighted": apart(found),
      "of the guide as it is": apart(own),
      ...Object.fromEntries(names.map((name, j) => [`P(${name} in)`, found[j]])),
    },
    picture: picture(
      {
        ...{ width: 830, height: 400, title: "What goes with the crime rate of 47 states in 1960" },
        subtitle: `${2 ** count} subsets of 15 features, and ${samples} weighted samples of a mean-field guide`,
      },
      [
        legend(60, 82, [
          [GRID, "sum over all subsets"],
          [ORANGE, "guide"],
          [BLUE, "guide, weighted"],
        ]),
        panel.svg(),
      ],
    ),
  };
}

type Matrix = readonly (readonly number[])[];

/**
 * log p(y | subset) to a constant: with coefficients of Zellner's prior of g = n, an unknown mean and an unknown
 * variance it depends on the unexplained squares alone (Liang et al. 2008, eq. 6). Columns have mean 0.
 */
function evidenceOfSubsets(features: Matrix, target: readonly number[]): (included: ArrayLike<number>) => number {
  const n = target.length;
  const columns = [...features[0].map((_, j) => features.map((row) => row[j])), target];
  const products = columns.map((a) => columns.map((b) => a.reduce((sum, x, i) => sum + x * b[i], 0)));
  return (included) => {
    const left = products.map((row) => [...row]);
    const chosen = [...left.keys()].filter((j) => included[j] === 1);
    for (const j of chosen)
      for (let a = j + 1; a < left.length; a++)
        for (let b = a; b < left.length; b++) left[a][b] -= (left[j][a] * left[j][b]) / left[j][j];
    const unexplained = left.at(-1).at(-1) / products.at(-1).at(-1);
    return ((n - 1 - chosen.length) * Math.log1p(n) - (n - 1) * Math.log1p(n * unexplained)) / 2;
  };
}

/** The sum over all subsets, each as likely as the others before the data. */
function enumerated(count: number, logEvidence: (included: ArrayLike<number>) => number) {
  const subsets = Array.from({ length: 2 ** count }, (_, s) => Array.from({ length: count }, (_, j) => (s >> j) & 1));
  const each = subsets.map((subset) => Math.exp(logEvidence(subset)) / subsets.length);
  const total = each.reduce((sum, p) => sum + p, 0);
  const inclusion = Array.from({ length: count }, (_, j) =>
    subsets.reduce((sum, subset, s) => sum + (subset[j] * each[s]) / total, 0),
  );
  return { logEvidence: Math.log(total), inclusion };
}
