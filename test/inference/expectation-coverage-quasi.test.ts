// The same of nets: means of few nets, with the quantile of Student's distribution. Of an interval that covers for exactly 95 % of all
// seeds, other seeds than these would be outside of 93.5 % to 96.5 % with probability 0.03, case by case.

import { afterAll, beforeAll, expect, test } from "vitest";
import { Uniform } from "../../bindings/distributions/index.ts";
import { exp, mul, type Tensor } from "../../bindings/graph/index.ts";
import { useBuild } from "../builds.ts";
import { bits, type Case, coveredOf, MIXED, mixed, ofMixed, SQUARE_OF_BITS, square, total } from "./coverage.ts";

beforeAll(() => void useBuild("simd"));
afterAll(() => void useBuild("simd"));

const CASES: readonly Case[] = [
  { name: "nets of bits", cost: square, law: bits, truth: SQUARE_OF_BITS, options: { samples: 1024, quasi: true } },
  {
    name: "nets of uniforms",
    cost: (z: Tensor) => total(exp(z)),
    law: () => new Uniform({ low: [0, 1], high: [1, 2] }),
    truth: Math.E ** 2 - 1,
    options: { samples: 256, quasi: true },
  },
  {
    name: "nets of bits and a normal",
    cost: ofMixed,
    law: mixed,
    truth: MIXED,
    options: { samples: 1024, quasi: true },
  },
  {
    name: "8 nets of the same, with a control variate",
    cost: ofMixed,
    law: mixed,
    truth: MIXED,
    options: {
      samples: 256,
      quasi: true,
      replicates: 8,
      control: { of: (({ x }: { x: Tensor }) => mul(x, x)) as never, mean: 1.25 },
    },
  },
];

test.each(CASES)("$name", async (each) => {
  const covered = await coveredOf(each);
  expect(covered).toBeGreaterThanOrEqual(935);
  expect(covered).toBeLessThanOrEqual(965);
});
