import { Cauchy } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const cauchy: Univariate = {
  name: "Cauchy",
  settings: [
    { loc: 0, scale: 1 },
    { loc: -3.5, scale: 0.1 },
    { loc: 100, scale: 250 },
  ],
  make: (parameters) => new Cauchy(parameters),
  logProb: (x, { loc = 0, scale = 1 }) => -Math.log(Math.PI * scale * (1 + ((x - loc) / scale) ** 2)),
  // The tail beyond 1e13 is 6e-14.
  range: ({ loc = 0, scale = 1 }) => ({
    from: loc - 1e13 * scale,
    to: loc + 1e13 * scale,
    breaks: [-1e9, -1e6, -1e3, -30, -3, -1, 0, 1, 3, 30, 1e3, 1e6, 1e9].map((z) => loc + z * scale),
  }),
  without: ["mean", "variance"],
  points: ({ loc = 0, scale = 1 }) => [loc, loc + 1e9 * scale, loc - 1e4 * scale],
};
