import { HalfNormal } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

export const halfNormal: Univariate = {
  name: "HalfNormal",
  settings: [{ scale: 1 }, { scale: 0.01 }, { scale: 250 }],
  make: (parameters) => new HalfNormal(parameters),
  logProb: (x, { scale = 1 }) =>
    x < 0 ? -Infinity : Math.log(2 / Math.PI) / 2 - Math.log(scale) - (x / scale) ** 2 / 2,
  range: ({ scale = 1 }) => ({ from: 0, to: 14 * scale, breaks: [scale, 3 * scale] }),
  points: ({ scale = 1 }) => [1e-20 * scale, 30 * scale],
};
