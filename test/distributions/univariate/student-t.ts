import { StudentT } from "../../../bindings/distributions/index.ts";
import { logBeta } from "../../reference/statistics.ts";
import type { Univariate } from "../case.ts";

/** With a fourth moment that quadrature and averages find: implicit.test.ts has those with fewer degrees. */
export const studentT: Univariate = {
  name: "StudentT",
  settings: [
    { df: 12, loc: 0, scale: 1 },
    { df: 9, loc: -3, scale: 0.02 },
    { df: 250, loc: 10, scale: 30 },
  ],
  make: (parameters) => new StudentT(parameters),
  logProb: (x, { df = 1, loc = 0, scale = 1 }) =>
    -((df + 1) / 2) * Math.log1p(((x - loc) / scale) ** 2 / df) -
    logBeta(df / 2, 0.5) -
    Math.log(df) / 2 -
    Math.log(scale),
  range: ({ df = 1, loc = 0, scale = 1 }) => {
    const far = df < 100 ? 1e7 : 60;
    const steps = [0, 1, 4, 16, 1e2, 1e3, 1e4, 1e5].filter((k) => k < far);
    const breaks = steps.flatMap((k) => [loc - k * scale, loc + k * scale]);
    return { from: loc - far * scale, to: loc + far * scale, breaks: [...new Set(breaks)] };
  },
  points: ({ loc = 0, scale = 1 }) => [loc, loc + 1e4 * scale, loc - 30 * scale],
};
