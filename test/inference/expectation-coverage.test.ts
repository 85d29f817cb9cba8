// Error bars are honest: of 1 000 seeds the 95 % interval covers the exact value for 93.5 % to 96.5 %. Of an interval that does so for
// exactly 95 % of all seeds, other seeds than these would be outside with probability 0.03, case by case.
//
// Of independent draws, of pairs and with control variates; of discrete, continuous and mixed samples.

import { afterAll, beforeAll, expect, test } from "vitest";
import { Bernoulli, Normal, OneHotCategorical, Uniform } from "../../bindings/distributions/index.ts";
import { add, exp, mul, sub, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { useBuild } from "../builds.ts";
import {
  bits,
  type Case,
  control,
  coveredOf,
  MIXED,
  mixed,
  ofMixed,
  SQUARE_OF_BITS,
  square,
  total,
} from "./coverage.ts";

beforeAll(() => void useBuild("simd"));
afterAll(() => void useBuild("simd"));

const CASES: readonly Case[] = [
  { name: "a sum of bits", cost: total, law: bits, truth: 1.4, options: { samples: 400 } },
  { name: "its square", cost: square, law: bits, truth: SQUARE_OF_BITS, options: { samples: 400 } },
  {
    name: "squares of a normal",
    cost: (z: Tensor) => total(mul(z, z)),
    law: () => new Normal({ loc: [0.5, -1] }),
    truth: 3.25,
    options: { samples: 1000 },
  },
  {
    name: "a table of categories",
    cost: (z: Tensor) => total(mul(z, tensor([1, -2, 5]))),
    law: () => new OneHotCategorical({ probs: tensor([0.5, 0.25, 0.25]) }),
    truth: 1.25,
    options: { samples: 400 },
  },
  { name: "pairs", cost: square, law: bits, truth: SQUARE_OF_BITS, options: { samples: 600, antithetic: true } },
  {
    name: "pairs of uniforms",
    cost: (z: Tensor) => total(exp(z)),
    law: () => new Uniform({ low: [0, 1], high: [1, 2] }),
    truth: Math.E ** 2 - 1,
    options: { samples: 400, antithetic: true },
  },
  { name: "a control variate", cost: square, law: bits, truth: SQUARE_OF_BITS, options: { samples: 400, control } },
  {
    name: "pairs and a control variate",
    cost: (z: Tensor) => mul(square(z), sub(3, total(z))),
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
  { name: "bits and a normal together", cost: ofMixed, law: mixed, truth: MIXED, options: { samples: 800 } },
  {
    name: "the same with a control variate",
    cost: ofMixed,
    law: mixed,
    truth: MIXED,
    options: { samples: 800, control: { of: (({ x }: { x: Tensor }) => mul(x, x)) as never, mean: 1.25 } },
  },
  {
    name: "pairs of bits and normals together",
    cost: ({ bit, x }: { bit: Tensor; x: Tensor }) => add(mul(bit, x), mul(x, x)),
    law: () => ({ bit: new Bernoulli({ probs: 0.3 }), x: new Normal({ loc: 0.5 }) }),
    truth: 0.15 + 1.25,
    options: { samples: 1600, antithetic: true },
  },
];

test.each(CASES)("$name", async (each) => {
  const covered = await coveredOf(each);
  expect(covered).toBeGreaterThanOrEqual(935);
  expect(covered).toBeLessThanOrEqual(965);
});
