import { describe, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { mul, reshape, sub, type Tensor } from "../../bindings/graph/index.ts";
import {
  type Estimator,
  gumbelSoftmax,
  reinMax,
  straightThrough,
  straightThroughGumbelSoftmax,
  zgr,
} from "../../bindings/inference/index.ts";
import { momentsOf } from "./given.ts";
import { binaryCases } from "./quadrature.ts";

/** E (b - t)^2 of one Bernoulli variable, its gradient with respect to the logit at probability 1/2: (1 - 2 t) / 4. */
const toy = (t: number) => ({
  parameters: [0],
  law: (logits: Tensor) => new Bernoulli({ logits }),
  cost: ((b: Tensor) => {
    const d = sub(reshape(b, [b.shape[0], b.size / b.shape[0]]), t);
    return mul(d, d);
  }) as never,
});

/** Mean and variance of one sample, at t = 0.45 and 0.499: as they are printed in the notes, to the digits given there. */
const rows: readonly (readonly [name: string, estimator: Estimator, moments: readonly string[]])[] = [
  ["Concrete, lambda 0.1", gumbelSoftmax({ tau: 0.1 }), ["0.0247989", "0.08619", "0.000495978", "0.08266"]],
  ["Concrete, lambda 0.5", gumbelSoftmax({ tau: 0.5 }), ["0.0214602", "0.014245", "0.000429204", "0.013929"]],
  ["Concrete, lambda 1", gumbelSoftmax({ tau: 1 }), ["0.0166667", "0.0048175", "0.000333333", "0.0047619"]],
  [
    "ST-GS, lambda 0.5",
    straightThroughGumbelSoftmax({ tau: 0.5 }),
    ["0.0214602", "0.077934", "0.000429204", "0.077618"],
  ],
  ["ST", straightThrough(), ["0.025", "0.0625", "0.0005", "0.0625"]],
  // Not in the table. At theta = 1/2 f'(b) / 4 as ST has it, elsewhere not.
  ["ReinMax", reinMax(), ["0.025", "0.0625", "0.0005", "0.0625"]],
  ["ZGR", zgr(), ["0.025", "0.0625", "0.0005", "0.0625"]],
];
const cases = binaryCases([0], 1 / 24);

/** A unit of the last digit, and what f32 leaves of a difference of numbers of size 1. */
const tolerance = (printed: string): number => 10 ** -(printed.split(".")[1] as string).length + 5e-8;

describe.each(rows)("%s", (_, estimator, moments) => {
  test.each([0, 1])("mean and variance at t = 0.45 or 0.499: %i", (i) => {
    const { mean, variance } = momentsOf({ ...toy([0.45, 0.499][i]), estimator }, cases);
    const [printedMean, printedVariance] = [moments[2 * i], moments[2 * i + 1]];
    expect(Math.abs(mean[0] - Number(printedMean))).toBeLessThan(tolerance(printedMean));
    expect(Math.abs(variance - Number(printedVariance))).toBeLessThan(tolerance(printedVariance));
  });
});

test("straight-through stays at theta = t, where its mean is 0 and the gradient is not", () => {
  const t = 0.45;
  const [logit, truth] = [Math.log(t / (1 - t)), (1 - 2 * t) * t * (1 - t)];
  const at = (estimator: Estimator): number =>
    momentsOf({ ...toy(t), parameters: [logit], estimator }, binaryCases([logit], 1 / 24)).mean[0];
  expect(Math.abs(at(straightThrough()))).toBeLessThan(1e-7);
  expect(Math.abs(at(zgr()) - truth)).toBeLessThan(1e-7);
  expect(truth).toBeGreaterThan(0.02);
});
