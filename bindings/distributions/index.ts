/**
 * reparam/distributions: families of distributions as nodes of the graph: samples, densities and what follows from them,
 * with gradients to every parameter.
 */
export { Bernoulli } from "./bernoulli.ts";
export { Distribution, Reparameterized, type SampleAndLogProb, type SampleOptions } from "./distribution.ts";
export { klDivergence, registerKl } from "./kl.ts";
export { Normal } from "./normal.ts";
export type { Values } from "./parameters.ts";
export type { Support } from "./support.ts";
