import { Distribution, Reparameterized } from "../../distributions/index.ts";
import type { Factor, Kind } from "../factor.ts";

type Refusal = (factor: Factor) => string | undefined;

const ofKinds =
  (expected: string, ...kinds: readonly Kind[]): Refusal =>
  ({ kind }) =>
    kinds.includes(kind) ? undefined : expected;

export const onlyBinary = ofKinds("a Bernoulli distribution", "binary");

/** What a cost can be differentiated by: an index is no number to differentiate by. */
export const onlyVectors = ofKinds("a Bernoulli or OneHotCategorical distribution", "binary", "one-hot");

export const onlyCategories = ofKinds("a Categorical or OneHotCategorical distribution", "one-hot", "index");

export const onlyCounts = ofKinds("a Poisson, Binomial, NegativeBinomial or Geometric distribution", "count");

export const onlyDensities: Refusal = ({ law }) =>
  law instanceof Distribution ? undefined : "a distribution with a log-probability";

export const onlyListed: Refusal = ({ law }) =>
  law instanceof Distribution && law.hasEnumerateSupport ? undefined : "a distribution whose support can be listed";

export const onlyReparameterized: Refusal = ({ law }) =>
  law instanceof Reparameterized || law.hasRsample ? undefined : "a distribution with rsample";
