import { expect, test } from "vitest";
import * as example from "../../examples/models/bernoulli-mixture.ts";
import { runShort } from "../../examples/models/support/program.ts";
import { assignBernoulli, fitBernoulliMixture } from "../reference/models/bernoulli-mixture.ts";

const K = 20;

test("the mixture found in mini-batches is as good as EM's from the same start, in float64", {
  timeout: 60_000,
}, async () => {
  const { pixels, start, weights, odds, logEvidence, responsibilities, picture } = await runShort(example);
  const count = pixels.length;
  const meansOf = (all: Float32Array) =>
    Array.from({ length: K }, (_, k) => Array.from(pixels[0], (_, i) => 1 / (1 + Math.exp(-all[i * K + k]))));

  // What the example says of its own parameters.
  const own = { weights: [...weights], means: meansOf(odds) };
  const exact = assignBernoulli(own, pixels);
  expect(Math.abs(logEvidence - exact.logLikelihood) / count).toBeLessThan(1e-3);
  exact.responsibilities.flat().forEach((each, i) => {
    expect(Math.abs(responsibilities[i] - each)).toBeLessThan(0.02);
  });

  const em = fitBernoulliMixture({ weights: Array(K).fill(1 / K), means: meansOf(start) }, pixels, {
    pseudo: 1,
    tolerance: 1e-6,
  });
  const logPrior = own.means.flat().reduce((sum, mean) => sum + Math.log(mean) + Math.log1p(-mean), 0);
  const objective = exact.logLikelihood + logPrior;
  const [begun, best] = [em.objectives[0] as number, em.objectives.at(-1) as number];
  expect(objective - begun).toBeGreaterThan(0.98 * (best - begun));
  // It is at a maximum: EM from there has next to nothing to gain.
  const further = fitBernoulliMixture(own, pixels, { pseudo: 1, tolerance: 1e-6 });
  const gain = (further.objectives.at(-1) as number) - objective;
  expect(gain).toBeLessThan(0.01 * (best - begun));
  expect(picture).toContain("<svg");
});
