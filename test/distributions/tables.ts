import type { Univariate } from "./case.ts";
import { bernoulli } from "./univariate/bernoulli.ts";
import { geometric } from "./univariate/geometric.ts";
import { normal } from "./univariate/normal.ts";

/** Families over single numbers: univariate.test.ts checks each in the same ways. */
export const UNIVARIATE: readonly Univariate[] = [...bernoulli, ...geometric, normal];

/** Families over rows, each with a test of its own: name and file. */
export const MULTIVARIATE: Readonly<Record<string, string>> = {
  Categorical: "categorical.test.ts",
  OneHotCategorical: "one-hot.test.ts",
  OneHotCategoricalStraightThrough: "one-hot.test.ts",
  PlackettLuce: "plackett-luce.test.ts",
};
