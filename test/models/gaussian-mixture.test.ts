import { expect, test } from "vitest";
import { loadIris } from "../../examples/models/data/iris.ts";
import * as example from "../../examples/models/gaussian-mixture.ts";
import { runShort } from "../../examples/models/support/program.ts";
import { assignGaussian, fitGaussianMixture } from "../reference/models/gaussian-mixture.ts";

test("parameters, probabilities of assignments and bounds are those of EM in float64", {
  timeout: 60_000,
}, async () => {
  const { petalLength, petalWidth } = loadIris();
  const x = petalLength.map((length, i) => [length, petalWidth[i]]);
  const diagonal = ([a, b]: number[]) => [
    [Math.exp(2 * a), 0],
    [0, Math.exp(2 * b)],
  ];
  const start = {
    weights: [1 / 3, 1 / 3, 1 / 3],
    means: [
      [1.5, 0.3],
      [4, 1.2],
      [6, 2],
    ],
    covariances: [0, 1, 2].map(() => diagonal([-1, -1])),
  };
  const em = fitGaussianMixture(start, x, "diagonal");

  const { numbers, guessed, bounds, learned, picture } = await runShort(example);
  const logEvidence = numbers["log evidence, exact"] as number;
  expect(Math.abs(logEvidence - em.logLikelihood)).toBeLessThan(1e-3);
  em.model.means.flat().forEach((mean, i) => {
    expect(Math.abs(learned.means[i] - mean)).toBeLessThan(0.01);
  });
  em.responsibilities.flat().forEach((exact, i) => {
    expect(Math.abs(guessed[i] - exact)).toBeLessThan(0.02);
  });

  // The bounds are of the parameters as learned: their own log evidence, in float64.
  const unnormalized = [...learned.logits].map(Math.exp);
  const total = unnormalized.reduce((a, b) => a + b);
  const pairs = (values: Float32Array) => [0, 1, 2].map((k) => [...values.subarray(2 * k, 2 * k + 2)]);
  const { logLikelihood } = assignGaussian(
    {
      weights: unnormalized.map((each) => each / total),
      means: pairs(learned.means),
      covariances: pairs(learned.logScales).map(diagonal),
    },
    x,
  );
  // 4 standard errors, and the rounding of float32 sums of 150 rows.
  for (const { value, standardError } of bounds) expect(value).toBeLessThan(logLikelihood + 4 * standardError + 1e-3);
  const gaps = bounds.map(({ value }) => logLikelihood - value);
  expect(gaps[0]).toBeGreaterThan(gaps[1] + 0.1);
  expect(gaps[1]).toBeGreaterThan(gaps[3]);
  expect(Math.abs(gaps[3])).toBeLessThan(4 * bounds[3].standardError + 0.01);
  expect(picture).toContain("<svg");
});
