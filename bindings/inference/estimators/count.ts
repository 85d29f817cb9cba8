import { Binomial, type Distribution, Geometric, NegativeBinomial, Poisson } from "../../distributions/index.ts";
import { expand } from "../../graph/extend.ts";
import { sub, tensor } from "../../graph/index.ts";
import type { Factor } from "../factor.ts";
import { onlyCounts } from "./accept.ts";

type Count = Poisson | Binomial | NegativeBinomial | Geometric;

/** The law of a factor whose kind is "count". */
export const countOf = ({ law }: Factor): Count => law as Count;

/**
 * The counts are one family, with variance mu + a mu² for a mean mu: a = 0 of Poisson, -1/n of Binomial, 1/r of NegativeBinomial, 1 of
 * Geometric. For each element of the batch.
 */
export function curvatureOf({ law, shape, size }: Factor): Float64Array {
  if (law instanceof Poisson) return new Float64Array(size);
  if (law instanceof Geometric) return new Float64Array(size).fill(1);
  const { totalCount } = law as Binomial | NegativeBinomial;
  const sign = law instanceof Binomial ? -1 : 1;
  return new Float64Array(expand(totalCount, shape).toArray()).map((each) => sign / each);
}

/** The law of Z' with d/d mu E f(Z) = E [f(Z' + 1) - f(Z')]: the same probability, with n - 1 trials, or r + 1. */
export function neighbourOf({ law, shape }: Factor): Distribution {
  if (law instanceof Geometric)
    return new NegativeBinomial({ totalCount: 2, logits: sub(0, law.logits), validateArgs: false });
  if (law instanceof Binomial) {
    const trials = expand(law.totalCount, shape)
      .toArray()
      .map((n) => Math.max(n - 1, 0));
    return new Binomial({ totalCount: tensor(trials, shape), logits: law.logits, validateArgs: false });
  }
  if (law instanceof NegativeBinomial) {
    const failures = expand(law.totalCount, shape)
      .toArray()
      .map((r) => r + 1);
    return new NegativeBinomial({ totalCount: tensor(failures, shape), logits: law.logits, validateArgs: false });
  }
  return law as Poisson;
}

/** A count whose only parameter with a gradient is behind its mean. */
export function onlyMeans(factor: Factor): string | undefined {
  const refused = onlyCounts(factor);
  if (refused !== undefined) return refused;
  const { law } = factor;
  if ((law instanceof Binomial || law instanceof NegativeBinomial) && law.totalCount.differentiable)
    return "a totalCount without a gradient";
  return undefined;
}
