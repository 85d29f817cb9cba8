import { Beta } from "../../../bindings/distributions/index.ts";
import { logBeta } from "../../reference/statistics.ts";
import type { Univariate } from "../case.ts";

export const beta: Univariate = {
  name: "Beta",
  settings: [
    { concentration1: 2, concentration0: 3.5 },
    { concentration1: 0.6, concentration0: 0.6 },
    { concentration1: 0.5, concentration0: 6 },
    { concentration1: 400, concentration0: 90 },
  ],
  make: (parameters) => new Beta(parameters),
  logProb: (x, { concentration1: a = 1, concentration0: b = 1 }) =>
    (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta(a, b),
  range: ({ concentration1: a = 1, concentration0: b = 1 }) => {
    const deviation = Math.sqrt((a * b) / (a + b + 1)) / (a + b);
    return { from: 0, to: 1, breaks: [-9, -4, 0, 4, 9].map((k) => a / (a + b) + k * deviation) };
  },
  points: () => [1e-30, 1e-3, 0.5, 1 - 2 ** -20],
};
