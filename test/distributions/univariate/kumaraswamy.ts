import { Kumaraswamy } from "../../../bindings/distributions/index.ts";
import type { Univariate } from "../case.ts";

const family: Omit<Univariate, "settings"> = {
  name: "Kumaraswamy",
  make: (parameters) => new Kumaraswamy(parameters),
  logProb: (x, { concentration1: a = 1, concentration0: b = 1 }) =>
    Math.log(a * b) + (a - 1) * Math.log(x) + (b - 1) * Math.log(-Math.expm1(a * Math.log(x))),
  range: () => ({ from: 0, to: 1, breaks: [1e-6, 1e-3, 0.1, 0.5, 0.9] }),
  points: () => [1e-6, 0.25, 0.999],
};

/** With a mode, at 0 or 1 or between; and without: flat, or rising to both ends. */
export const kumaraswamy: readonly Univariate[] = [
  {
    ...family,
    settings: [
      { concentration1: 2, concentration0: 5 },
      { concentration1: 12, concentration0: 0.9 },
      { concentration1: 0.7, concentration0: 40 },
    ],
  },
  {
    ...family,
    settings: [
      { concentration1: 1, concentration0: 1 },
      { concentration1: 0.5, concentration0: 0.9 },
    ],
    without: ["mode"],
  },
];
