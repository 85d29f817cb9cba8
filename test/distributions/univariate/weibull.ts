import { Weibull } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const weibull: Univariate = {
  name: "Weibull",
  settings: [
    { scale: 1, concentration: 1 },
    { scale: 0.02, concentration: 0.5 },
    { scale: 30, concentration: 4 },
    { scale: 2, concentration: 60 },
  ],
  make: (parameters) => new Weibull(parameters),
  logProb: (x, { scale = 1, concentration: k = 1 }) =>
    Math.log(k / scale) + (k === 1 ? 0 : (k - 1) * Math.log(x / scale)) - (x / scale) ** k,
  range: ({ scale = 1, concentration: k = 1 }) => ({
    from: 0,
    to: scale * 60 ** (1 / k),
    breaks: [0.01, 0.1, 0.5, 1, 2, 4, 8, 16].map((e) => scale * e ** (1 / k)),
  }),
  points: ({ scale = 1, concentration: k = 1 }) => [scale * 1e-3 ** (1 / k), scale * 200 ** (1 / k)],
};
