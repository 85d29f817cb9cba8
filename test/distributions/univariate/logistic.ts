import { Logistic } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const logistic: Univariate = {
  name: "Logistic",
  settings: [
    { loc: 0, scale: 1 },
    { loc: -3.5, scale: 0.01 },
    { loc: 100, scale: 250 },
  ],
  make: (parameters) => new Logistic(parameters),
  logProb: (x, { loc = 0, scale = 1 }) => {
    const z = Math.abs(x - loc) / scale;
    return -z - Math.log(scale) - 2 * Math.log(1 + Math.exp(-z));
  },
  range: ({ loc = 0, scale = 1 }) => ({ from: loc - 60 * scale, to: loc + 60 * scale, breaks: [loc] }),
  points: ({ loc = 0, scale = 1 }) => [loc + 1e3 * scale, loc - 30 * scale],
};
