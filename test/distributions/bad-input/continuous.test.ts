import { describe, expect, test } from "vitest";
import {
  Cauchy,
  Exponential,
  Gumbel,
  HalfNormal,
  Kumaraswamy,
  Laplace,
  Logistic,
  LogNormal,
  Normal,
  Uniform,
  Weibull,
} from "../../../bindings/distributions/index.ts";
import { parameter, step, tensor } from "../../../bindings/graph/index.ts";
import { ArgumentError, key, ReparamError, ShapeError } from "../../../bindings/index.ts";

const POSITIVE = "a finite number above 0";
const REAL = "a finite number";
const LOCATION_SCALE = { Cauchy, Gumbel, Laplace, LogNormal, Logistic, Normal };

type Make = (value: never) => unknown;
type Row = [name: string, make: Make, argument: string, allowed: string, bad: readonly unknown[]];

const NOT_POSITIVE = [0, -1, Number.NaN, Infinity];
const NOT_FINITE = [Number.NaN, Infinity, -Infinity];

const PARAMETERS: Row[] = [
  ...Object.entries(LOCATION_SCALE).flatMap(([name, Family]): Row[] => [
    [name, (scale) => new Family({ scale }), "scale", POSITIVE, NOT_POSITIVE],
    [name, (loc) => new Family({ loc }), "loc", REAL, NOT_FINITE],
  ]),
  ["Exponential", (rate) => new Exponential({ rate }), "rate", POSITIVE, NOT_POSITIVE],
  ["HalfNormal", (scale) => new HalfNormal({ scale }), "scale", POSITIVE, NOT_POSITIVE],
  ["Weibull", (scale) => new Weibull({ scale }), "scale", POSITIVE, NOT_POSITIVE],
  ["Weibull", (concentration) => new Weibull({ concentration }), "concentration", POSITIVE, NOT_POSITIVE],
  ...(["concentration1", "concentration0"] as const).map(
    (name): Row => ["Kumaraswamy", (x) => new Kumaraswamy({ [name]: x }), name, POSITIVE, NOT_POSITIVE],
  ),
  ["Uniform", (low) => new Uniform({ low }), "low", REAL, NOT_FINITE],
  ["Uniform", (high) => new Uniform({ high }), "high", REAL, NOT_FINITE],
];

/** The error of a call, checked for its words. */
function refusal(call: () => unknown): ReparamError {
  try {
    call();
  } catch (error) {
    if (error instanceof ReparamError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe.each(PARAMETERS)("%s", (_, make, argument, allowed, bad) => {
  test(`${argument} is ${allowed}`, () => {
    for (const value of bad) {
      const error = refusal(() => make(value as never));
      expect(error).toBeInstanceOf(ArgumentError);
      expect(error.message).toBe(`${argument}: expected ${allowed}, got ${value}`);
      const among = refusal(() => make([1, value, 1] as never));
      expect(among.message).toBe(`${argument}: expected ${allowed}, got ${value} at index 1 of [3]`);
    }
    expect(refusal(() => make("1" as never)).message).toMatch(new RegExp(`^${argument}: expected .*, got "1"$`));
    expect(refusal(() => make([] as never))).toBeInstanceOf(ShapeError);
  });
});

describe("a misspelt option, and shapes that do not broadcast", () => {
  test.each(Object.entries(LOCATION_SCALE))("%s", (_, Family) => {
    expect(refusal(() => new Family({ mean: 1 } as never)).message).toBe(
      'options: expected no options but loc, scale, validateArgs, got one named "mean"',
    );
    expect(refusal(() => new Family({ loc: [1, 2], scale: [1, 2, 3] }))).toBeInstanceOf(ShapeError);
    const value = refusal(() => step(() => new Family({ scale: [1, 2] }).logProb([1, 2, 3])));
    expect(value).toBeInstanceOf(ShapeError);
    expect(value.argument).toBe("value");
    expect(refusal(() => new Family({ validateArgs: 1 } as never)).argument).toBe("validateArgs");
  });
});

describe("Uniform", () => {
  test("each low is below its high", () => {
    expect(refusal(() => new Uniform({ low: 2, high: 2 })).message).toBe(
      "high: expected numbers above low, got 2 for low 2",
    );
    expect(refusal(() => new Uniform({ low: [0, 3, 1], high: 2 })).message).toBe(
      "high: expected numbers above low, got 2 for low 3 at index 1 of [3]",
    );
    const low = parameter([2, 1], [0, 5]);
    expect(refusal(() => new Uniform({ low, high: [1, 6, 5] })).message).toBe(
      "high: expected numbers above low, got 1 for low 5 at index 3 of [2, 3]",
    );
    low.dispose();
    expect(() => new Uniform({ low: 2, high: 1, validateArgs: false })).not.toThrow();
  });

  test("a value is between the bounds that it meets", () => {
    const call = (value: number[], shape = [value.length]) =>
      step(() => [...new Uniform({ low: [0, 10], high: [2, 20] }).logProb(tensor(value, shape)).toArray()]);
    expect(call([0, 20])).toEqual([2, 10].map((width) => Math.fround(-Math.log(width))));
    expect(refusal(() => call([0.5, 1])).message).toBe(
      "value: expected a number from low to high, got 1 at index 1 of [2]",
    );
    expect(refusal(() => call([0.5, 15, 1, 25], [2, 2])).message).toBe(
      "value: expected a number from low to high, got 25 at index 3 of [2, 2]",
    );
    expect(refusal(() => call([0.5])).message).toBe("value: expected a number from low to high, got 0.5");
  });

  test("bounds that an optimizer moves are read when they are asked for", () => {
    const high = parameter([], [1]);
    const d = new Uniform({ high });
    expect(() => step(() => d.logProb(2))).toThrow("value: expected a number from low to high, got 2");
    step(() => high.set([3]));
    expect(step(() => d.logProb(2).item())).toBe(Math.fround(-Math.log(3)));
    high.dispose();
  });
});

const FAMILIES = { ...LOCATION_SCALE, Exponential, HalfNormal, Kumaraswamy, Uniform, Weibull };

describe.each(Object.entries(FAMILIES))("%s", (_, Family) => {
  test("icdf takes probabilities", () => {
    for (const p of [-0.1, 1.5, Number.NaN])
      expect(refusal(() => step(() => new Family().icdf([0.5, p]))).message).toBe(
        `p: expected a number from 0 to 1, got ${Math.fround(p)} at index 1 of [2]`,
      );
    expect(() => step(() => new Family().icdf([0, 1]))).not.toThrow();
  });

  test("the ends of icdf are those of the support, where cdf is 0 and 1", () => {
    const [low, high] = step(() => new Family({ validateArgs: false }).icdf([0, 1]).toArray());
    const ends = step(() => new Family({ validateArgs: false }).cdf([low as number, high as number]).toArray());
    expect([...ends]).toEqual([0, 1]);
  });

  test("cdf refuses what logProb does", () => {
    expect(refusal(() => step(() => new Family().cdf([Number.NaN]))).argument).toBe("value");
  });

  test("a bad key, shape or offset", () => {
    const d = new Family();
    expect(refusal(() => step(() => d.rsample(5 as never))).argument).toBe("key");
    expect(refusal(() => step(() => d.rsample(key(1), { shape: [0] }))).argument).toBe("shape[0]");
    expect(refusal(() => step(() => d.rsample(key(1), { offset: -1 }))).argument).toBe("offset");
  });
});

test("a number that is out of range in float32 alone is named as it was given", () => {
  expect(() => new Normal({ scale: 1e-50 })).toThrow(
    "scale: expected a finite number above 0, got 1e-50, which is 0 in float32",
  );
});

test("what is neither a number, an array nor a tensor is refused, and an array is not kept by reference", () => {
  expect(() => new Normal({ scale: "2" as never })).toThrow(
    'scale: expected a number, an array of numbers or a tensor, got "2"',
  );
  const scale = Float32Array.of(1, 2);
  const kept = new Normal({ scale });
  scale[0] = -1;
  expect(step(() => [...kept.scale.toArray()])).toEqual([1, 2]);
});
