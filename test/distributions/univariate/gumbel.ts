import { Gumbel } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const gumbel: Univariate = {
  name: "Gumbel",
  settings: [
    { loc: 0, scale: 1 },
    { loc: -3.5, scale: 0.01 },
    { loc: 100, scale: 250 },
  ],
  make: (parameters) => new Gumbel(parameters),
  logProb: (x, { loc = 0, scale = 1 }) => {
    const z = (x - loc) / scale;
    return -z - Math.exp(-z) - Math.log(scale);
  },
  range: ({ loc = 0, scale = 1 }) => ({ from: loc - 5 * scale, to: loc + 60 * scale, breaks: [loc, loc + 8 * scale] }),
  points: ({ loc = 0, scale = 1 }) => [loc, loc + 1e3 * scale, loc - 5 * scale],
};
