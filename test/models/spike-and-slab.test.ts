import { expect, test } from "vitest";
import { crimeRegression } from "../../examples/models/data/crime.ts";
import * as example from "../../examples/models/spike-and-slab.ts";
import { runShort } from "../../examples/models/support/program.ts";
import { enumerateSubsets } from "../reference/models/subsets.ts";

test("spike and slab: inclusions and evidence are those of all 32 768 subsets", async () => {
  const { names, features, target } = crimeRegression();
  const exact = enumerateSubsets(features, target, { kind: "g", g: target.length });
  const { numbers, picture } = await runShort(example);
  expect(numbers["log evidence by all subsets"]).toBeCloseTo(exact.logEvidence, 9);
  names.forEach((name, j) => {
    expect(Math.abs(numbers[`P(${name} in)`] - exact.inclusion[j])).toBeLessThan(0.02);
  });
  expect(numbers["largest difference of an inclusion, weighted"]).toBeLessThan(0.02);
  expect(numbers["Pareto k"]).toBeLessThan(0.7);
  // What the weights have to correct is more than that.
  expect(numbers["of the guide as it is"]).toBeGreaterThan(0.03);

  const gaps = [1, 16, 256].map((together) => exact.logEvidence - numbers[`bound of ${together} together`]);
  // A bound from below but for 4 standard errors, and the closer the more samples are together.
  [1, 16, 256].forEach((together, i) => {
    expect(gaps[i]).toBeGreaterThan(-4 * numbers[`its standard error, of ${together}`]);
    if (i > 0) expect(gaps[i]).toBeLessThan(gaps[i - 1] / 4);
  });
  expect(gaps[2]).toBeLessThan(0.05);
  expect(picture).toContain("</svg>");
}, 20_000);
