import type { Univariate } from "./case.ts";
import { bernoulli } from "./univariate/bernoulli.ts";
import { beta } from "./univariate/beta.ts";
import { binomial } from "./univariate/binomial.ts";
import { cauchy } from "./univariate/cauchy.ts";
import { exponential } from "./univariate/exponential.ts";
import { gamma } from "./univariate/gamma.ts";
import { geometric } from "./univariate/geometric.ts";
import { gumbel } from "./univariate/gumbel.ts";
import { halfNormal } from "./univariate/half-normal.ts";
import { kumaraswamy } from "./univariate/kumaraswamy.ts";
import { laplace } from "./univariate/laplace.ts";
import { logNormal } from "./univariate/log-normal.ts";
import { logistic } from "./univariate/logistic.ts";
import { negativeBinomial } from "./univariate/negative-binomial.ts";
import { normal } from "./univariate/normal.ts";
import { poisson } from "./univariate/poisson.ts";
import { relaxedBernoulli } from "./univariate/relaxed-bernoulli.ts";
import { studentT } from "./univariate/student-t.ts";
import { uniform } from "./univariate/uniform.ts";
import { weibull } from "./univariate/weibull.ts";

/** Families over single numbers: univariate.test.ts checks each in the same ways. */
export const UNIVARIATE: readonly Univariate[] = [
  ...bernoulli,
  beta,
  ...binomial,
  cauchy,
  exponential,
  gamma,
  ...geometric,
  gumbel,
  halfNormal,
  ...kumaraswamy,
  laplace,
  logNormal,
  logistic,
  ...negativeBinomial,
  normal,
  poisson,
  ...relaxedBernoulli,
  studentT,
  uniform,
  weibull,
];

/** Families over rows, each with a test of its own: name and file. */
export const MULTIVARIATE: Readonly<Record<string, string>> = {
  Categorical: "categorical.test.ts",
  Dirichlet: "dirichlet.test.ts",
  OneHotCategorical: "one-hot.test.ts",
  OneHotCategoricalStraightThrough: "one-hot.test.ts",
  PlackettLuce: "plackett-luce.test.ts",
  RelaxedPermutation: "structures/permutation.test.ts",
  RelaxedSubset: "structures/subset.test.ts",
  ExpRelaxedOneHotCategorical: "relaxed-one-hot.test.ts",
  HardConcrete: "hard-concrete.test.ts",
  RelaxedBernoulliStraightThrough: "relaxed-straight-through.test.ts",
  RelaxedOneHotCategorical: "relaxed-one-hot.test.ts",
  RelaxedOneHotCategoricalStraightThrough: "relaxed-straight-through.test.ts",
  TruncatedGumbelSoftmax: "truncated-gumbel-softmax.test.ts",
};
