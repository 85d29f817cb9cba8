import { ArgumentError, ShapeError } from "../../core/index.ts";
import { broadcast, expand } from "../../graph/extend.ts";
import { mul, stopGradient, type Tensor } from "../../graph/index.ts";
import { Bernoulli } from "../discrete/bernoulli.ts";
import { Binomial } from "../discrete/binomial.ts";
import { Categorical } from "../discrete/categorical.ts";
import type { Categories } from "../discrete/categories.ts";
import { Geometric } from "../discrete/geometric.ts";
import { NegativeBinomial } from "../discrete/negative-binomial.ts";
import type { WithOdds } from "../discrete/odds.ts";
import { OneHotCategorical } from "../discrete/one-hot-categorical.ts";
import { Poisson } from "../discrete/poisson.ts";
import { fused } from "../fused.ts";
import { reduced } from "../rows.ts";
import { type Entry, entry } from "./form.ts";

const ofTrials = (p: WithOdds, q: WithOdds): Tensor =>
  fused("bernoulliKl", { logits: p.logits, otherLogits: q.logits });

/** p's totalCount, which q has to have too: else there is no closed form. */
function sharedCount(p: Binomial | NegativeBinomial, q: Binomial | NegativeBinomial): Tensor {
  const shape = broadcast(p.batchShape, q.batchShape, "q");
  const [one, other] = [expand(p.totalCount, shape).toArray(), expand(q.totalCount, shape).toArray()];
  const at = one.findIndex((n, i) => n !== other[i]);
  if (at >= 0) throw new ArgumentError("q", `a totalCount of ${one[at]}, as p has`, `${other[at]}`);
  return stopGradient(p.totalCount); // it cannot change without q's
}

/** That of one trial, for each of the trials. */
const binomialKl = (p: Binomial, q: Binomial): Tensor =>
  fused("binomialKl", { totalCount: sharedCount(p, q), one: ofTrials(p, q) });

/** Up to each of the failures there is a geometric number of successes. */
function negativeBinomialKl(p: NegativeBinomial, q: NegativeBinomial): Tensor {
  const [failure, otherFailure] = [mul(-1, p.logits), mul(-1, q.logits)];
  return mul(sharedCount(p, q), fused("geometricKl", { logits: failure, otherLogits: otherFailure }));
}

/** Σ p (log p - log q) over the categories. */
function categoricalKl({ logits }: Categories, { logits: others }: Categories): Tensor {
  const [cols, theirs] = [logits, others].map(({ shape }) => shape.at(-1));
  if (theirs !== cols) throw new ShapeError("q", `${cols} categories, as p has`, `${theirs}`);
  return reduced("categoriesKl", { p: logits, q: others });
}

export const discrete = (): readonly Entry[] => [
  entry(Bernoulli, Bernoulli, ofTrials),
  entry(Binomial, Binomial, binomialKl),
  entry(Categorical, Categorical, categoricalKl),
  entry(Geometric, Geometric, (p, q) => fused("geometricKl", { logits: p.logits, otherLogits: q.logits })),
  entry(NegativeBinomial, NegativeBinomial, negativeBinomialKl),
  entry(OneHotCategorical, OneHotCategorical, categoricalKl),
  entry(Poisson, Poisson, (p, q) => fused("poissonKl", { rate: p.rate, otherRate: q.rate })),
];
