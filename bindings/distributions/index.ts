/**
 * Families of distributions as nodes of the graph: samples, densities and what follows from them,
 * with gradients to every parameter.
 *
 * @module reparam/distributions
 */

export { Beta } from "./continuous/beta.ts";
export { Cauchy } from "./continuous/cauchy.ts";
export { Dirichlet } from "./continuous/dirichlet.ts";
export { Exponential } from "./continuous/exponential.ts";
export { Gamma } from "./continuous/gamma.ts";
export { Gumbel } from "./continuous/gumbel.ts";
export { HalfNormal } from "./continuous/half-normal.ts";
export { Kumaraswamy } from "./continuous/kumaraswamy.ts";
export { Laplace } from "./continuous/laplace.ts";
export type { LocationScaleOptions } from "./continuous/location-scale.ts";
export { LogNormal } from "./continuous/log-normal.ts";
export { Logistic } from "./continuous/logistic.ts";
export { Normal } from "./continuous/normal.ts";
export { StudentT } from "./continuous/student-t.ts";
export { Uniform } from "./continuous/uniform.ts";
export { Weibull } from "./continuous/weibull.ts";
export { Bernoulli } from "./discrete/bernoulli.ts";
export { Binomial } from "./discrete/binomial.ts";
export { Categorical } from "./discrete/categorical.ts";
export type { CategoryOdds } from "./discrete/categories.ts";
export { Geometric } from "./discrete/geometric.ts";
export { NegativeBinomial } from "./discrete/negative-binomial.ts";
export type { Odds } from "./discrete/odds.ts";
export { OneHotCategorical, OneHotCategoricalStraightThrough } from "./discrete/one-hot-categorical.ts";
export { PlackettLuce } from "./discrete/plackett-luce.ts";
export { Poisson } from "./discrete/poisson.ts";
export {
  type Described,
  Distribution,
  Reparameterized,
  type SampleAndLogProb,
  Sampleable,
  type SampleOptions,
  type ValidateOptions,
} from "./distribution.ts";
export { type DivergenceFrom, klDivergence, registerKl } from "./kl/divergence.ts";
export type { Family, KlForm } from "./kl/form.ts";
export type { Relaxed } from "./kl/relaxed.ts";
export type { Values } from "./parameters.ts";
export type { RelaxedOdds } from "./relaxed/binary.ts";
export type { RelaxedWeights } from "./relaxed/concrete.ts";
export type { Estimate, EstimateOptions } from "./relaxed/estimate.ts";
export { ExpRelaxedOneHotCategorical } from "./relaxed/exp-relaxed-one-hot-categorical.ts";
export { HardConcrete, type HardConcreteOptions } from "./relaxed/hard-concrete.ts";
export { LogitRelaxedBernoulli } from "./relaxed/logit-relaxed-bernoulli.ts";
export { RelaxedBernoulli } from "./relaxed/relaxed-bernoulli.ts";
export { RelaxedBernoulliStraightThrough } from "./relaxed/relaxed-bernoulli-straight-through.ts";
export { RelaxedOneHotCategorical } from "./relaxed/relaxed-one-hot-categorical.ts";
export { RelaxedOneHotCategoricalStraightThrough } from "./relaxed/relaxed-one-hot-categorical-straight-through.ts";
export { TruncatedGumbelSoftmax } from "./relaxed/truncated-gumbel-softmax.ts";
export { RelaxedPermutation } from "./structures/permutation.ts";
export type { HardOptions, RelaxOptions } from "./structures/relaxation.ts";
export { sinkhorn } from "./structures/sinkhorn.ts";
export { neuralSort, softSort } from "./structures/sorting.ts";
export { RelaxedSubset } from "./structures/subset.ts";
export { relaxedTopK } from "./structures/top-k.ts";
export type { Support } from "./support.ts";
