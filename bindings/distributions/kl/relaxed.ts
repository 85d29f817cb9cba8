import { ArgumentError, ShapeError } from "../../core/index.ts";
import { broadcast, expand } from "../../graph/extend.ts";
import { reshape, sub, type Tensor, tensor } from "../../graph/index.ts";
import { fused } from "../fused.ts";
import type { Concrete } from "../relaxed/concrete.ts";
import { checkEstimate, type Estimate, type EstimateOptions, estimate, exact } from "../relaxed/estimate.ts";
import { ExpRelaxedOneHotCategorical } from "../relaxed/exp-relaxed-one-hot-categorical.ts";
import { HardConcrete } from "../relaxed/hard-concrete.ts";
import { LogitRelaxedBernoulli } from "../relaxed/logit-relaxed-bernoulli.ts";
import { RelaxedBernoulli } from "../relaxed/relaxed-bernoulli.ts";
import { RelaxedOneHotCategorical } from "../relaxed/relaxed-one-hot-categorical.ts";
import { type BinaryLaw, oddsOfFirst } from "../relaxed/two.ts";
import type { Family } from "./form.ts";

/** Families whose divergence is an estimate. */
export type Relaxed =
  | HardConcrete
  | LogitRelaxedBernoulli
  | RelaxedBernoulli
  | ExpRelaxedOneHotCategorical
  | RelaxedOneHotCategorical;

export type Estimated = (p: never, q: never, options: EstimateOptions) => Estimate;

/** Pairs of a family with itself. */
export const ESTIMATES: readonly (readonly [family: Family, form: Estimated])[] = [
  [HardConcrete, hard],
  [LogitRelaxedBernoulli, binary],
  [RelaxedBernoulli, binary],
  [ExpRelaxedOneHotCategorical, rows],
  [RelaxedOneHotCategorical, rows],
];

const parametersOf = (p: BinaryLaw, q: BinaryLaw): Readonly<Record<string, Tensor>> => ({
  logits: p.logits,
  temperature: p.temperature,
  otherLogits: q.logits,
  otherTemperature: q.temperature,
});

function binary(p: BinaryLaw, q: BinaryLaw, options: EstimateOptions): Estimate {
  checkEstimate(options);
  return exact(fused("relaxedBernoulliKl", parametersOf(p, q)));
}

/** By quadrature. What one law can have between its ends the other has to have too: a stretch for both. */
function hard(p: HardConcrete, q: HardConcrete, options: EstimateOptions): Estimate {
  checkEstimate(options);
  const { stretch } = p;
  if (stretch.some((end, i) => end !== q.stretch[i]))
    throw new ArgumentError("q", `a stretch of [${stretch.join(", ")}], as p has`, `[${q.stretch.join(", ")}]`);
  return exact(fused("hardConcreteKl", parametersOf(p, q), ...stretch));
}

/** With its log-density where it was drawn: nothing underflows. The divergence of x is that of log x. */
const inLogs = ({ logits, temperature }: Concrete): ExpRelaxedOneHotCategorical =>
  new ExpRelaxedOneHotCategorical({ logits, temperature, validateArgs: false });

/** 0 of one category, by quadrature of two; of more the mean of log p - log q over samples of p, with its pathwise gradient. */
function rows(p: Concrete, q: Concrete, options: EstimateOptions): Estimate {
  if (p.categories !== q.categories) throw new ShapeError("q", `${p.categories} categories`, `${q.categories}`);
  const batch = broadcast(p.batchShape, q.batchShape, "q");
  if (p.categories === 2) return binary(oddsOfFirst(p), oddsOfFirst(q), options);
  const [one, other] = [inLogs(p), inLogs(q)];
  if (p.categories === 1) {
    checkEstimate(options);
    const only = tensor(new Float32Array(1));
    return exact(expand(sub(one.logProb(only), other.logProb(only)), batch));
  }
  return estimate("Mean", options, (key, samples) => {
    const ones = batch.slice(p.batchShape.length).map(() => 1);
    const y = reshape(one.rsample(key, { shape: [samples] }), [samples, ...ones, ...p.batchShape, p.categories]);
    return expand(sub(one.logProb(y), other.logProb(y)), [samples, ...batch]);
  });
}
