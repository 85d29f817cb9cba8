import { Poisson } from "../../../bindings/distributions/index.ts";
import { logGamma } from "../../reference/statistics.ts";
import type { Univariate } from "../case.ts";

export const poisson: Univariate = {
  name: "Poisson",
  settings: [{ rate: 1e-3 }, { rate: 0.1 }, { rate: 9.99 }, { rate: 10 }, { rate: 1000 }, { rate: 1e6 }],
  make: (parameters) => new Poisson(parameters),
  logProb: (x, { rate = 0 }) => x * Math.log(rate) - rate - logGamma(x + 1),
  counts: ({ rate = 0 }) => ({
    from: Math.max(0, Math.floor(rate - 12 * Math.sqrt(rate))),
    to: Math.ceil(rate + 12 * Math.sqrt(rate) + 20),
  }),
  points: ({ rate = 0 }) => [0, 1, 50, Math.round(3 * rate)],
};
