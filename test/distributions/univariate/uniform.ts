import { Uniform } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const uniform: Univariate = {
  name: "Uniform",
  settings: [
    { low: 0, high: 1 },
    { low: -3, high: 5 },
    { low: 10, high: 12 },
  ],
  make: (parameters) => new Uniform(parameters),
  logProb: (x, { low = 0, high = 1 }) => (x < low || x > high ? -Infinity : -Math.log(high - low)),
  range: ({ low = 0, high = 1 }) => ({ from: low, to: high }),
};
