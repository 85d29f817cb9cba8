import { Normal } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const normal: Univariate = {
  name: "Normal",
  settings: [
    { loc: 0, scale: 1 },
    { loc: -3.5, scale: 0.01 },
    { loc: 100, scale: 250 },
  ],
  make: (parameters) => new Normal(parameters),
  logProb: (x, { loc = 0, scale = 1 }) => -(((x - loc) / scale) ** 2) / 2 - Math.log(scale * Math.sqrt(2 * Math.PI)),
  range: ({ loc = 0, scale = 1 }) => ({ from: loc - 14 * scale, to: loc + 14 * scale, breaks: [loc] }),
  points: ({ loc = 0, scale = 1 }) => [loc, loc + 1e3 * scale, loc - 30 * scale],
};
