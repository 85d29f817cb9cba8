import { ShapeError } from "../../core/index.ts";
import { broadcast, expand } from "../../graph/extend.ts";
import { reshape, sub, type Tensor } from "../../graph/index.ts";
import { fused } from "../fused.ts";
import type { Concrete } from "../relaxed/concrete.ts";
import { checkEstimate, type Estimate, type EstimateOptions, estimate, exact } from "../relaxed/estimate.ts";
import { ExpRelaxedOneHotCategorical } from "../relaxed/exp-relaxed-one-hot-categorical.ts";
import { LogitRelaxedBernoulli } from "../relaxed/logit-relaxed-bernoulli.ts";
import { RelaxedBernoulli } from "../relaxed/relaxed-bernoulli.ts";
import { RelaxedOneHotCategorical } from "../relaxed/relaxed-one-hot-categorical.ts";
import type { Family } from "./form.ts";

/** Families whose divergence is an estimate. */
export type Relaxed = LogitRelaxedBernoulli | RelaxedBernoulli | ExpRelaxedOneHotCategorical | RelaxedOneHotCategorical;

export type Estimated = (p: never, q: never, options: EstimateOptions) => Estimate;

/** Pairs of a family with itself. */
export const ESTIMATES: readonly (readonly [family: Family, form: Estimated])[] = [
  [LogitRelaxedBernoulli, binary],
  [RelaxedBernoulli, binary],
  [ExpRelaxedOneHotCategorical, rows],
  [RelaxedOneHotCategorical, rows],
];

type Odds = Readonly<Record<"logits" | "temperature", Tensor>>;

const quadrature = (p: Odds, q: Odds): Estimate =>
  exact(
    fused("relaxedBernoulliKl", {
      logits: p.logits,
      temperature: p.temperature,
      otherLogits: q.logits,
      otherTemperature: q.temperature,
    }),
  );

function binary(p: Odds, q: Odds, options: EstimateOptions): Estimate {
  checkEstimate(options);
  return quadrature(p, q);
}

/** By quadrature of two categories; of more the mean of log p - log q over samples of p, with its pathwise gradient. */
function rows(p: Concrete, q: Concrete, options: EstimateOptions): Estimate {
  if (p.categories !== q.categories) throw new ShapeError("q", `${p.categories} categories`, `${q.categories}`);
  const batch = broadcast(p.batchShape, q.batchShape, "q");
  if (p.categories === 2) {
    checkEstimate(options);
    return quadrature(p.firstOdds, q.firstOdds);
  }
  return estimate("Mean", options, (key, samples) => {
    const ones = batch.slice(p.batchShape.length).map(() => 1);
    const y = reshape(p.logSamples(key, samples), [samples, ...ones, ...p.batchShape, p.categories]);
    return expand(sub(p.logDensity(y), q.logDensity(y)), [samples, ...batch]);
  });
}
