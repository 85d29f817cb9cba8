import { Exponential } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const exponential: Univariate = {
  name: "Exponential",
  settings: [{ rate: 1 }, { rate: 0.004 }, { rate: 300 }],
  make: (parameters) => new Exponential(parameters),
  logProb: (x, { rate = 1 }) => (x < 0 ? -Infinity : Math.log(rate) - rate * x),
  range: ({ rate = 1 }) => ({ from: 0, to: 60 / rate, breaks: [1 / rate, 8 / rate] }),
  points: ({ rate = 1 }) => [1e-3 / rate, 1e3 / rate],
};
