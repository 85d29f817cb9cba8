// How often the 95 % interval of an expectation covers the exact value, of 1 000 seeds, and laws and costs to ask that of.

import { Bernoulli, Normal, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { add, mul, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { type ExpectationOptions, expectation, type Factors } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";

export const total = (z: Tensor): Tensor => sum(z, { axis: -1 });
export const square = (z: Tensor): Tensor => mul(total(z), total(z));
export const bits = () => new Bernoulli({ probs: [0.2, 0.5, 0.7] });
// The sum of three bits: mean 1.4, variance 0.16 + 0.25 + 0.21.
export const SQUARE_OF_BITS = 0.62 + 1.4 ** 2;

export interface Case {
  readonly name: string;
  readonly cost: (z: never) => Tensor;
  readonly law: () => Factors;
  readonly truth: number;
  readonly options: Omit<ExpectationOptions<never>, "key">;
}

/** A bit, a category of two, and a normal number. */
export const mixed = () => ({
  bit: new Bernoulli({ probs: 0.3 }),
  row: new OneHotCategorical({ probs: tensor([0.4, 0.6]) }),
  x: new Normal({ loc: 0.5 }),
});
/** bit x² + (1, -2) row x + x: 0.3 (1 + 1/4) + (0.4 - 1.2) / 2 + 1/2. */
export const ofMixed = ({ bit, row, x }: Record<keyof ReturnType<typeof mixed>, Tensor>): Tensor =>
  mul(add(mul(bit, x), add(total(mul(row, tensor([1, -2]))), 1)), x);
export const MIXED = 0.375 - 0.4 + 0.5;

export const control = { of: total as never, mean: 1.4 };

/** Seeds of 1000 whose interval covers the truth. */
export async function coveredOf({ cost, law, truth, options }: Case): Promise<number> {
  let covered = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const { interval } = await expectation(cost as never, law as () => never, { ...options, key: key(seed) });
    if (interval[0] <= truth && truth <= interval[1]) covered++;
  }
  return covered;
}
