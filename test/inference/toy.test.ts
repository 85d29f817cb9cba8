import { expect, test } from "vitest";
import { toy } from "../reference/toy.ts";

/** As computed elsewhere, to the digits given: mean and variance at theta = 1/2, t = 0.45 and t = 0.499. */
const COMPUTED: Readonly<Record<string, readonly [number, number, number, number]>> = {
  exact: [0.025, 0, 0.0005, 0],
  scoreFunction: [0.025, 0.0159391, 0.0005, 0.0156251],
  rloo: [0.025, 6.25e-4, 0.0005, 2.5e-7],
  arm: [0.025, 2.08333e-4, 0.0005, 8.33333e-8],
  disarm: [0.025, 0, 0.0005, 0],
  muProp: [0.025, 0.015625, 0.0005, 0.015625],
  "rebar 0.5": [0.025, 0.022653, 0.0005, 0.02229],
  "gumbelSoftmax 0.1": [0.0247989, 0.08619, 0.000495978, 0.08266],
  "gumbelSoftmax 0.5": [0.0214602, 0.014245, 0.000429204, 0.013929],
  "gumbelSoftmax 1": [0.0166667, 0.0048175, 0.000333333, 0.0047619],
  "straightThroughGumbelSoftmax 0.5": [0.0214602, 0.077934, 0.000429204, 0.077618],
  straightThrough: [0.025, 0.0625, 0.0005, 0.0625],
};

/** The library against these at 10^7 samples: npm run test:statistics. */
test.each([0.45, 0.499])("exact means and variances of the toy at t = %d are the published ones", (t) => {
  const moments = toy(t, 0);
  expect(Object.keys(moments)).toEqual(Object.keys(COMPUTED));
  for (const [name, [mean, variance, mean499, variance499]] of Object.entries(COMPUTED)) {
    const expected = t === 0.45 ? { mean, variance } : { mean: mean499, variance: variance499 };
    for (const moment of ["mean", "variance"] as const)
      expect(Math.abs(moments[name][moment] - expected[moment]), `${name}: ${moment}`).toBeLessThan(
        5e-5 * expected[moment] + 1e-15,
      );
  }
});
