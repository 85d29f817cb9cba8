import { Gamma } from "../../../bindings/distributions/index.ts";
import { logGamma } from "../../reference/statistics.ts";
import type { Univariate } from "../case.ts";

export const gamma: Univariate = {
  name: "Gamma",
  settings: [
    { concentration: 2.5, rate: 1.5 },
    { concentration: 0.4, rate: 20 },
    { concentration: 1, rate: 0.1 },
    { concentration: 300, rate: 40 },
  ],
  make: (parameters) => new Gamma(parameters),
  logProb: (x, { concentration: a = 1, rate: b = 1 }) =>
    a * Math.log(b) + (a === 1 ? 0 : (a - 1) * Math.log(x)) - b * x - logGamma(a),
  range: ({ concentration: a = 1, rate: b = 1 }) => ({
    from: 0,
    to: (a + 12 * Math.sqrt(a) + 60) / b,
    breaks: [-6, -3, 0, 3, 6].map((k) => (a + k * Math.sqrt(a)) / b),
  }),
  points: ({ concentration: a = 1, rate: b = 1 }) => [a === 1 ? 1e-3 : 1e-30, 1e-6 / b, (20 * a) / b],
};
