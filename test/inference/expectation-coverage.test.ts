// Error bars are honest: of 1 000 seeds the 95 % interval covers the exact value for 93.5 % to 96.5 %. Of an interval that does so for
// exactly 95 % of all seeds, other seeds than these would be outside with probability 0.03, case by case.

import { afterAll, beforeAll, expect, test } from "vitest";
import { Bernoulli, Normal, OneHotCategorical, type Sampleable, Uniform } from "../../bindings/distributions/index.ts";
import { exp, mul, sub, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { type ExpectationOptions, expectation } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { useBuild } from "../builds.ts";

beforeAll(() => void useBuild("simd"));
afterAll(() => void useBuild("simd"));

const total = (z: Tensor): Tensor => sum(z, { axis: -1 });
const square = (z: Tensor): Tensor => mul(total(z), total(z));
const bits = () => new Bernoulli({ probs: [0.2, 0.5, 0.7] });
// The sum of three bits: mean 1.4, variance 0.16 + 0.25 + 0.21.
const SQUARE_OF_BITS = 0.62 + 1.4 ** 2;

interface Case {
  readonly name: string;
  readonly cost: (z: Tensor) => Tensor;
  readonly law: () => Sampleable;
  readonly truth: number;
  readonly options: Omit<ExpectationOptions<never>, "key">;
}

const control = { of: total as never, mean: 1.4 };
const CASES: readonly Case[] = [
  { name: "a sum of bits", cost: total, law: bits, truth: 1.4, options: { samples: 400 } },
  { name: "its square", cost: square, law: bits, truth: SQUARE_OF_BITS, options: { samples: 400 } },
  {
    name: "squares of a normal",
    cost: (z) => total(mul(z, z)),
    law: () => new Normal({ loc: [0.5, -1] }),
    truth: 3.25,
    options: { samples: 1000 },
  },
  {
    name: "a table of categories",
    cost: (z) => total(mul(z, tensor([1, -2, 5]))),
    law: () => new OneHotCategorical({ probs: tensor([0.5, 0.25, 0.25]) }),
    truth: 1.25,
    options: { samples: 400 },
  },
  { name: "pairs", cost: square, law: bits, truth: SQUARE_OF_BITS, options: { samples: 600, antithetic: true } },
  {
    name: "pairs of uniforms",
    cost: (z) => total(exp(z)),
    law: () => new Uniform({ low: [0, 1], high: [1, 2] }),
    truth: Math.E ** 2 - 1,
    options: { samples: 400, antithetic: true },
  },
  { name: "a control variate", cost: square, law: bits, truth: SQUARE_OF_BITS, options: { samples: 400, control } },
  {
    name: "pairs and a control variate",
    cost: (z) => mul(square(z), sub(3, total(z))),
    law: bits,
    // Sums of 1 and 2: 2 and 4, with the probabilities 0.43 and 0.38.
    truth: 2 * 0.43 + 4 * 0.38,
    options: { samples: 600, antithetic: true, control },
  },
  {
    name: "an early stop",
    cost: square,
    law: bits,
    truth: SQUARE_OF_BITS,
    options: { samples: 20_000, standardError: 0.05, leastSamples: 1024 },
  },
];

test.each(CASES)("$name", async ({ cost, law, truth, options }) => {
  let covered = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const got = await expectation(cost as never, law as never, { ...options, key: key(seed) });
    if (Math.abs(got.value - truth) <= 1.959964 * got.standardError) covered++;
  }
  expect(covered).toBeGreaterThanOrEqual(935);
  expect(covered).toBeLessThanOrEqual(965);
});
