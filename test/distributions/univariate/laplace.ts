import { Laplace } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const laplace: Univariate = {
  name: "Laplace",
  settings: [
    { loc: 0, scale: 1 },
    { loc: -3.5, scale: 0.01 },
    { loc: 100, scale: 250 },
  ],
  make: (parameters) => new Laplace(parameters),
  logProb: (x, { loc = 0, scale = 1 }) => -Math.abs(x - loc) / scale - Math.log(2 * scale),
  range: ({ loc = 0, scale = 1 }) => ({ from: loc - 60 * scale, to: loc + 60 * scale, breaks: [loc] }),
  points: ({ loc = 0, scale = 1 }) => [loc + 1e3 * scale, loc - 30 * scale],
};
