import { LogNormal } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const logNormal: Univariate = {
  name: "LogNormal",
  settings: [
    { loc: 0, scale: 1 },
    { loc: 3, scale: 0.05 },
    { loc: -2, scale: 0.5 },
  ],
  make: (parameters) => new LogNormal(parameters),
  logProb: (x, { loc = 0, scale = 1 }) =>
    -(((Math.log(x) - loc) / scale) ** 2) / 2 - Math.log(x * scale * Math.sqrt(2 * Math.PI)),
  range: ({ loc = 0, scale = 1 }) => ({
    from: Math.exp(loc - 12 * scale),
    to: Math.exp(loc + 12 * scale),
    breaks: [-6, -4, -2, -1, 0, 1, 2, 4, 6, 8, 10].map((z) => Math.exp(loc + z * scale)),
  }),
  points: ({ loc = 0, scale = 1 }) => [Math.exp(loc + 10 * scale), Math.exp(loc - 10 * scale)],
};
