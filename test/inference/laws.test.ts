// The cost depends on the key and the law alone; the gradient of a row on the key, the row's number and its inputs.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sampleable } from "../../bindings/distributions/index.ts";
import { add, backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { estimate } from "../../bindings/inference/index.ts";
import { key, uniform } from "../../bindings/random/index.ts";
import { useBuild } from "../builds.ts";
import { ESTIMATORS, FAMILIES, type Family, squareOf, takes } from "./all.ts";

beforeAll(() => void useBuild("simd"));
afterAll(() => void useBuild("simd"));

type Chosen = (typeof ESTIMATORS)[number];

interface Call {
  readonly seed: number;
  readonly samples: number;
  readonly first: number;
  readonly end: number;
  /** Floats that lie before everything else in memory. */
  readonly before?: number;
}

/** Costs and gradients of some rows. */
function run({ make }: Chosen, { shape, law }: Family, { seed, samples, first, end, before = 0 }: Call) {
  const rows = end - first;
  const size = shape.reduce((product, of) => product * of, 1);
  const beside = before ? parameter([before]) : undefined;
  const inputs = parameter([rows, ...shape], valuesOf(seed, first * size, rows * size));
  const above = valuesOf(seed + 1, first, rows);
  try {
    const costs = step(() => {
      if (before) tensor(new Float32Array(before).fill(Number.NaN));
      const costs = estimate(law(inputs), squareOf([rows]) as never, {
        key: key(seed),
        estimator: make(),
        samples,
        firstRow: first,
      });
      backward(sum(mul(costs, tensor(above))));
      return costs.toArray();
    });
    return { costs, gradients: inputs.grad() };
  } finally {
    inputs.dispose();
    beside?.dispose();
  }
}

const valuesOf = (seed: number, offset: number, length: number): Float32Array =>
  uniform(key(seed), length, { offset }).map((u) => 3 * u - 1.5);

const anyCall = fc.record({
  seed: fc.nat(),
  samples: fc.constantFrom(2, 3),
  first: fc.constantFrom(0, 0, 1, 7),
  rows: fc.integer({ min: 1, max: 6 }),
});

/** Pairs of an estimator and a family that it takes. */
const pairs = step(() =>
  FAMILIES.flatMap((family) => {
    const law: Sampleable = family.law(tensor(new Float32Array(family.shape.reduce((a, b) => a * b, 1)), family.shape));
    return ESTIMATORS.filter(({ make }) => takes(make(), law)).map((estimator) => ({
      title: `${estimator.name} of ${family.name}`,
      estimator,
      family,
    }));
  }),
);

/** Its value is a mean of bounds, each of several samples. */
const NO_MEAN = new Set(["vimco"]);

test("the estimators are found", () => {
  const names = ESTIMATORS.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["arm", "arms", "categoricalDisarm", "disarm", "enumeration", "rloo"]));
  expect(names).toEqual(expect.arrayContaining(["relax", "sumAndSample", "unorderedSet"]));
  for (const { name } of ESTIMATORS) expect(pairs.some(({ estimator }) => estimator.name === name)).toBe(true);
});

describe.each(FAMILIES)("the cost of $name", (family) => {
  const all = pairs.filter((pair) => pair.family === family && !NO_MEAN.has(pair.estimator.name));

  test("is the same for every estimator", () => {
    fc.assert(
      fc.property(anyCall, ({ seed, samples, first, rows }) => {
        const call = { seed, samples, first, end: first + rows };
        const [one, ...others] = all.map(({ title, estimator }) => ({ title, ...run(estimator, family, call) }));
        for (const { title, costs } of others) expect(costs, title).toEqual(one.costs);
      }),
      { numRuns: 8, seed: 1 },
    );
  });
});

describe.each(pairs)("an estimate by $title", ({ estimator, family }) => {
  const size = family.shape.reduce((product, of) => product * of, 1);

  test("does not depend on which rows a call has, nor on where they lie in memory", () => {
    const cuts = fc.array(fc.nat({ max: 6 }), { maxLength: 2 });
    const places = fc.constantFrom(0, 1, 6, 13);
    fc.assert(
      fc.property(anyCall, cuts, places, ({ seed, samples, first, rows }, chosen, before) => {
        const end = first + rows;
        const whole = run(estimator, family, { seed, samples, first, end });
        const borders = [first, ...chosen.map((cut) => first + cut).filter((at) => at > first && at < end), end];
        borders.sort((a, b) => a - b);
        for (const [i, to] of borders.slice(1).entries()) {
          const from = borders[i];
          if (from === to) continue;
          const part = run(estimator, family, { seed, samples, first: from, end: to, before });
          expect(part.costs).toEqual(whole.costs.slice(from - first, to - first));
          expect(part.gradients).toEqual(whole.gradients.slice((from - first) * size, (to - first) * size));
        }
      }),
      { numRuns: 6, seed: 2 },
    );
  });

  test.each([2, 3])("of a cost that is always a, of %d samples, has the gradient 1 for a", (samples) => {
    const rows = 4;
    const [inputs, a] = [
      parameter([rows, ...family.shape], valuesOf(5, 0, rows * size)),
      parameter([rows], [1, 2, 3, 4]),
    ];
    step(() => {
      const cost = (z: Tensor): Tensor => add(mul(squareOf([rows])(z), 0), a);
      backward(sum(estimate(family.law(inputs), cost as never, { key: key(6), estimator: estimator.make(), samples })));
    });
    for (const each of a.grad()) expect(each).toBeCloseTo(1, 5);
    inputs.dispose();
    a.dispose();
  });

  test("has the same bits on the SIMD and the scalar build", () => {
    const call = { seed: 3, samples: 3, first: 2, end: 9 };
    const expected = run(estimator, family, call);
    useBuild("scalar");
    try {
      expect(run(estimator, family, call)).toEqual(expected);
    } finally {
      useBuild("simd");
    }
  });
});

/** The control variate of relax is for costs [n, rows]. */
test.each(pairs.filter(({ estimator }) => estimator.name !== "relax"))(
  "$title: without gradients the draws alone are evaluated, for the same costs",
  ({ estimator, family }) => {
    const count = (gradients: boolean) => {
      let points = 0;
      const cost = (z: Tensor): Tensor => {
        points += z.shape[0];
        return squareOf([])(z);
      };
      const options = { key: key(7), estimator: estimator.make(), samples: 3 };
      const inputs = parameter(family.shape, valuesOf(7, 0, 6).slice(0, family.shape[0] * (family.shape[1] ?? 1)));
      try {
        const value = step(() => estimate(family.law(inputs), cost as never, options).item(), { gradients });
        return { points, value };
      } finally {
        inputs.dispose();
      }
    };
    expect(count(false)).toEqual({ points: 3, value: count(true).value });
  },
);
