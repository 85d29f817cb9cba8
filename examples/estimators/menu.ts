import type { Parameters } from "reparam/graph";
import {
  arm,
  arms,
  categoricalDisarm,
  decoupledGumbelSoftmax,
  disarm,
  type Estimator,
  enumeration,
  gappedStraightThrough,
  gumbelRao,
  gumbelSoftmax,
  localExpectation,
  measureValued,
  movingAverage,
  muProp,
  rebar,
  reinMax,
  rloo,
  scoreFunction,
  straightThrough,
  straightThroughGumbelSoftmax,
  sumAndSample,
  unorderedSet,
  zgr,
} from "reparam/inference";
import { relaxWithNetwork } from "./control.ts";
import * as means from "./exact/means.ts";
import type { StandardProblem } from "./problems/problem.ts";

/** An estimator, with parameters of its own that an optimizer has to train along. */
export interface Trained {
  readonly estimator: Estimator;
  readonly parameters: Parameters;
}

/** An estimator as the page compares it. */
export interface Entry {
  readonly name: string;
  /** A fresh one: some remember what they saw, and belong to one run. */
  make(problem: StandardProblem): Estimator | Trained;
  /** Hard draws of a gradient, 1 by default. */
  readonly samples?: number;
  /** Of which variables; both by default. */
  readonly kind?: StandardProblem["kind"];
  /** The mean of its gradients, of a biased one; an unbiased one has the exact gradient. */
  readonly mean?: means.Mean;
  /** Whether that mean is an integral over noise, which is done for 2 and 3 categories. */
  readonly integrated?: boolean;
  /** Whether it is in all pictures, or in those of bias and variance only; with all they would be too full. Tables have all. */
  readonly drawn?: boolean | "bias and variance";
}

const TAU = 0.5;

const unbiased: readonly Entry[] = [
  { name: "enumeration", make: () => enumeration(), drawn: true },
  { name: "local expectation", make: () => localExpectation() },
  { name: "measure-valued", make: () => measureValued(), kind: "binary" },
  { name: "score function", make: () => scoreFunction(), drawn: true },
  { name: "score function, moving average", make: () => scoreFunction({ baseline: movingAverage() }) },
  { name: "RLOO, 2 samples", make: () => rloo(), samples: 2, drawn: true },
  { name: "RLOO, 4 samples", make: () => rloo(), samples: 4 },
  { name: "sum-and-sample, k = 1", make: () => sumAndSample({ k: 1 }) },
  { name: "unordered set, k = 2", make: () => unorderedSet({ k: 2 }), drawn: true },
  { name: "unordered set, k = 4", make: () => unorderedSet({ k: 4 }) },
  { name: "ARM", make: () => arm(), kind: "binary", drawn: true },
  { name: "DisARM", make: () => disarm(), kind: "binary", drawn: true },
  { name: "ARMS, 4 copies", make: () => arms({ copies: 4 }), kind: "binary" },
  { name: "categorical DisARM", make: () => categoricalDisarm(), kind: "one-hot", drawn: true },
  { name: "MuProp", make: () => muProp(), drawn: "bias and variance" },
  { name: `REBAR, τ = ${TAU}`, make: () => rebar({ tau: TAU }) },
  { name: "REBAR, learned", make: () => rebar({ tau: TAU, learn: 0.01 }), drawn: "bias and variance" },
  { name: "RELAX", make: relaxWithNetwork, drawn: true },
];

const biased: readonly Entry[] = [
  { name: "straight-through", make: () => straightThrough(), mean: means.straightThrough, drawn: true },
  ...[0.1, TAU, 1].map(
    (tau): Entry => ({
      name: `Gumbel-Softmax, τ = ${tau}`,
      make: () => gumbelSoftmax({ tau }),
      mean: means.gumbelSoftmax(tau),
      integrated: true,
      drawn: tau === TAU || "bias and variance",
    }),
  ),
  {
    name: "decoupled Gumbel-Softmax, τ = 0.1, 0.5",
    make: () => decoupledGumbelSoftmax({ forward: 0.1, backward: TAU }),
    mean: means.decoupledGumbelSoftmax(0.1, TAU),
    integrated: true,
  },
  {
    name: `ST-Gumbel-Softmax, τ = ${TAU}`,
    make: () => straightThroughGumbelSoftmax({ tau: TAU }),
    mean: means.straightThroughGumbelSoftmax(TAU),
    integrated: true,
    drawn: true,
  },
  {
    name: `Gumbel-Rao, τ = ${TAU}, 10 draws`,
    make: () => gumbelRao({ tau: TAU, draws: 10 }),
    drawn: "bias and variance",
    mean: means.straightThroughGumbelSoftmax(TAU),
    integrated: true,
  },
  {
    name: "gapped ST, τ = 0.5, gap 1",
    make: () => gappedStraightThrough({ tau: TAU, gap: 1 }),
    mean: means.gappedStraightThrough(TAU, 1),
    drawn: true,
  },
  { name: "ZGR", make: () => zgr(), mean: means.reinMax },
  { name: "ReinMax", make: () => reinMax(), mean: means.reinMax, drawn: true },
];

/** In the order of tables. Temperatures are in the names, as they decide bias and variance. */
export const menu: readonly Entry[] = [...unbiased, ...biased];

export const menuOf = ({ kind }: StandardProblem): Entry[] =>
  menu.filter((each) => each.kind === undefined || each.kind === kind);

export const madeOf = (entry: Entry, problem: StandardProblem): { estimator: Estimator; parameters?: Parameters } => {
  const made = entry.make(problem);
  return "parameters" in made ? made : { estimator: made };
};
