import { describe, expect, test } from "vitest";
import {
  Beta,
  Binomial,
  Gamma,
  klDivergence,
  NegativeBinomial,
  Poisson,
  StudentT,
} from "../../bindings/distributions/index.ts";
import { backward, parameter, step, type Tensor } from "../../bindings/graph/index.ts";
import { logBeta, logGamma } from "../reference/statistics.ts";
import { derivative } from "./quadrature.ts";

/**
 * Shapes far from 1, where the textbook formulas are differences of numbers as large as a log a. Expected values:
 * mpmath at 60 digits, from the textbook formulas at the float32 arguments.
 */
const close = (got: number, expected: number): void =>
  expect(Math.abs(got - expected), `${got}, not ${expected}`).toBeLessThanOrEqual(
    4e-6 * Math.max(1, Math.abs(expected)),
  );

const value = (f: () => Tensor): number => step(() => f().item());

describe("logProb", () => {
  test.each([
    [1e-30, 1e-2, 1, 63.787297374],
    [1.01e4, 1e4, 1, -6.0307588517],
    [1e10, 1e10, 1, -12.431863998],
    [1.00001e10, 1e10, 1, -12.93539686],
    [2e-20, 1e-20, 3, -Math.LN2],
    [1e12, 1e6, 1e-6, -21.642204449],
    [1e30, 1e30, 1, -35.457714936],
  ])("at %d, Gamma(%d, %d)", (x, concentration, rate, expected) =>
    close(
      value(() => new Gamma({ concentration, rate }).logProb(x)),
      expected,
    ),
  );

  test.each([
    [1e-30, 1e-2, 1e-2, 63.088622012],
    [0.5, 1e4, 1e4, 4.7259399236],
    [0.5001, 1e9, 1e9, -29.530861852],
    [1e-8, 3, 1e8, 16.727533592],
    [0.99999, 1e10, 1e5, 16.255603589],
    [0.5, 1e-20, 1e-20, -45.358554711],
  ])("at %d, Beta(%d, %d)", (x, concentration1, concentration0, expected) =>
    close(
      value(() => new Beta({ concentration1, concentration0 }).logProb(x)),
      expected,
    ),
  );

  test.each([
    [3, 1e-2, -6.4383930968],
    [1e30, 1e-2, -75.096562203],
    [3, 1e4, -5.417389545],
    [40, 1e8, -800.9125466],
    [2, 1e20, -2.9189385332],
  ])("at %d, StudentT(%d)", (x, df, expected) =>
    close(
      value(() => new StudentT({ df }).logProb(x)),
      expected,
    ),
  );
});

/** Against differences of naive float64 code, which has the digits up to 1e4. */
describe("gradients of logProb for shapes from 1e-2 to 1e4", () => {
  const shapes = [1e-2, 1, 50, 1e4].map(Math.fround);
  const naive = {
    gamma: ([x = 0, a = 0, b = 0]: number[]) => a * Math.log(b) + (a - 1) * Math.log(x) - b * x - logGamma(a),
    beta: ([x = 0, a = 0, b = 0]: number[]) => (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta(a, b),
    studentT: ([x = 0, v = 0]: number[]) =>
      -((v + 1) / 2) * Math.log1p((x * x) / v) - logBeta(v / 2, 0.5) - Math.log(v) / 2,
  };
  const make = {
    gamma: ([x, concentration, rate]: Tensor[]) =>
      new Gamma({ concentration: concentration as Tensor, rate: rate as Tensor }).logProb(x as Tensor),
    beta: ([x, concentration1, concentration0]: Tensor[]) =>
      new Beta({ concentration1: concentration1 as Tensor, concentration0: concentration0 as Tensor }).logProb(
        x as Tensor,
      ),
    studentT: ([x, df]: Tensor[]) => new StudentT({ df: df as Tensor }).logProb(x as Tensor),
  };
  const expectGradient = (family: keyof typeof naive, at: readonly number[]): void => {
    const point = at.map(Math.fround);
    const parameters = point.map((x) => parameter([], [x]));
    step(() => backward(make[family](parameters)));
    for (const [i, p] of parameters.entries()) {
      const own = point[i] as number;
      const room = family === "beta" && i === 0 ? Math.min(own, 1 - own) : Math.max(Math.abs(own), 1e-3);
      const slope = derivative((x) => naive[family](point.map((y, j) => (i === j ? x : y))), own, room / 16);
      expect(Math.abs((p.grad()[0] as number) - slope), `${family} ${point}, ${i}`).toBeLessThanOrEqual(
        4e-6 * Math.max(1, Math.abs(slope)),
      );
      p.dispose();
    }
  };

  test.each(shapes)("Gamma %d", (a) => {
    for (const x of [0.3 * a, a, 1.01 * a, 7 * a]) expectGradient("gamma", [x / 2, a, 2]);
  });
  test.each(shapes.flatMap((a) => shapes.map((b) => [a, b])))("Beta %d %d", (a = 1, b = 1) => {
    for (const x of [0.01, a / (a + b), 0.9]) if (x > 1e-5 && x < 1 - 1e-5) expectGradient("beta", [x, a, b]);
  });
  test.each(shapes)("StudentT %d", (df) => {
    for (const x of [0, 0.5, -20]) expectGradient("studentT", [x, df]);
  });
});

describe("entropy", () => {
  test.each([
    [1e-2, -94.945798939],
    [1e-10, -9999999843.037],
    [1e4, 6.024075385],
    [1e10, 12.931863998],
    [1e30, 35.957714936],
  ])("Gamma(%d, 1)", (concentration, expected) =>
    close(
      value(() => new Gamma({ concentration, rate: 1 }).entropy()),
      expected,
    ),
  );

  test.each([
    [1e-2, 1e-2, -93.733717344],
    [1e4, 1e-2, -104.15609081],
    [1e10, 1e10, -11.133707703],
    [1e20, 3, -44.20412337],
  ])("Beta(%d, %d)", (concentration1, concentration0, expected) =>
    close(
      value(() => new Beta({ concentration1, concentration0 }).entropy()),
      expected,
    ),
  );

  test.each([
    [1e-2, 103.31076332],
    [1e4, 1.4190385357],
    [1e10, 1.4189385333],
  ])("StudentT(%d)", (df, expected) =>
    close(
      value(() => new StudentT({ df }).entropy()),
      expected,
    ),
  );
});

/** Expected: the expansion in 1 / variance. An optimizer may move a parameter anywhere: whatever it is, there is an end. */
describe("entropy of counts", () => {
  const gradientOf = (make: (x: Tensor) => Tensor, at: number): number[] => {
    const x = parameter([], [at]);
    const y = step(() => {
      const y = make(x);
      backward(y);
      return y.item();
    });
    const slope = x.grad()[0] as number;
    x.dispose();
    return [y, slope];
  };
  const half = (x: number): number => 0.5 * Math.log(2 * Math.PI * Math.E * x);

  test.each([9.9e5, 1.1e6, 1e7, 1e20, 1e38])("Poisson(%d)", (rate) => {
    const at = Math.fround(rate);
    const [y = 0, slope = 0] = gradientOf((x) => new Poisson({ rate: x, validateArgs: false }).entropy(), at);
    close(y, half(at) - 1 / (12 * at));
    expect(Math.abs(slope * 2 * at - 1)).toBeLessThan(1e-6);
  });

  test.each([
    [1e7, 0.1],
    [1e7, 3],
    [1e20, -2],
    [1e38, 0],
  ])("Binomial(%d, log-odds %d)", (trials, logit) => {
    const totalCount = Math.fround(trials);
    const p = 1 / (1 + Math.exp(-Math.fround(logit)));
    const v = totalCount * p * (1 - p);
    const [y = 0, slope = 0] = gradientOf(
      (logits) => new Binomial({ totalCount, logits, validateArgs: false }).entropy(),
      logit,
    );
    close(y, half(v) - (1 - 2 * p) ** 2 / (12 * v));
    close(slope, 0.5 - p);
  });

  test("not a number where there is no law", () => {
    for (const rate of [Number.NaN, Infinity, -1, -1e20])
      expect(value(() => new Poisson({ rate, validateArgs: false }).entropy())).toBeNaN();
    for (const totalCount of [Number.NaN, Infinity, -1, -1e20])
      expect(value(() => new Binomial({ totalCount, logits: 1, validateArgs: false }).entropy())).toBeNaN();
    for (const df of [-1e20, -Infinity]) {
      const law = () => new StudentT({ df, validateArgs: false });
      expect(value(() => law().logProb(1))).toBeNaN();
      expect(value(() => law().entropy())).toBeNaN();
    }
  });
});

/** Above shapes of 1e12 beta and t are the gamma and the normal law to all digits of float32. */
describe("icdf", () => {
  test.each([
    [1e13, 0.975, 1.959963985],
    [1e16, 0.975, 1.959963985],
    [1e20, 0.975, 1.959963985],
    [1e38, 0.001, -3.090232306],
  ])("StudentT(%d) at %d", (df, p, expected) => {
    const q = value(() => new StudentT({ df }).icdf(p));
    close(q, expected);
  });

  test.each([
    [1e13, 1e13, 0.3],
    [1e18, 1e18, 0.3],
    [1e30, 1e38, 0.3],
  ])("Beta(%d, %d) at %d", (concentration1, concentration0, p) => {
    const q = value(() => new Beta({ concentration1, concentration0 }).icdf(p));
    expect(Math.abs(q / (concentration1 / (concentration1 + concentration0)) - 1)).toBeLessThan(1e-6);
  });

  test("Beta(2, 1e15): the law of Gamma(2) / 1e15", () => {
    const q = value(() => new Beta({ concentration1: 2, concentration0: 1e15 }).icdf(0.9));
    expect(Math.abs((q * 1e15) / 3.88972017 - 1)).toBeLessThan(1e-6);
  });
});

/** Expected: the normal density of variance 2 r at the mean, which is within 1 / r of it. */
describe("logProb of NegativeBinomial(r, 1/2) at r", () => {
  test.each([1e6, 1e8, 1e12, 1e16, 1e20].map(Math.fround))("%d", (r) => {
    const expected = -0.5 * Math.log(4 * Math.PI * r);
    close(
      value(() => new NegativeBinomial({ totalCount: r, logits: 0 }).logProb(r)),
      expected,
    );
    close(
      value(() => new NegativeBinomial({ totalCount: r, probs: 0.5 }).logProb(r)),
      expected,
    );
  });
});

describe("klDivergence", () => {
  test.each([
    [1e-2, 1, 1e4, 1, 1087702.9893],
    [1e4, 1, 1e-2, 1, 10007.693592],
    [1e4, 1, 1.0001e4, 1, 5.0000833333e-5],
    [1e10, 1, 1.00001e10, 1, 0.5035245109],
    [3, 1, 3, 1, 0],
    [1e12, 1e6, 1.00001e12, 1e6, 50.270276902],
  ])("Gamma(%d, %d) || Gamma(%d, %d)", (a, b, c, e, expected) =>
    close(
      value(() => klDivergence(new Gamma({ concentration: a, rate: b }), new Gamma({ concentration: c, rate: e }))),
      expected,
    ),
  );

  test.each([
    [1e-2, 1e4, 1e4, 1e-2, 1097710.6829],
    [1e4, 1e4, 1.001e4, 1e4, 0.0024989380903],
    [1e10, 1e10, 1.00001e10, 1e10, 0.25176183438],
    [1e-2, 1e-2, 2e-2, 1e-2, 0.21231907219],
  ])("Beta(%d, %d) || Beta(%d, %d)", (a, b, c, e, expected) =>
    close(
      value(() =>
        klDivergence(
          new Beta({ concentration1: a, concentration0: b }),
          new Beta({ concentration1: c, concentration0: e }),
        ),
      ),
      expected,
    ),
  );
});

describe("what a family does not have everywhere", () => {
  test("StudentT: no mean up to 1 degree of freedom, no finite variance up to 2", () => {
    const [mean, variance] = step(() => {
      const d = new StudentT({ df: [0.5, 1, 1.5, 2, 2.5], loc: 3, scale: 2 });
      return [[...d.mean().toArray()], [...d.variance().toArray()]];
    });
    expect(mean).toEqual([Number.NaN, Number.NaN, 3, 3, 3]);
    expect(variance).toEqual([Number.NaN, Number.NaN, Infinity, Infinity, 20]);
  });

  test("Beta: the mode is an end of the interval where a shape is 1 or less", () => {
    const p = [parameter([6], [0.5, 2, 1, 0.5, 0.5, 1]), parameter([6], [2, 0.5, 1, 0.9, 0.2, 2])] as const;
    const mode = step(() => {
      const y = new Beta({ concentration1: p[0], concentration0: p[1] }).mode();
      return [...y.toArray()];
    });
    expect(mode).toEqual([0, 1, 1, 0, 1, 0]);
    for (const x of p) x.dispose();
  });

  test("Gamma: the mode is 0 up to shape 1", () => {
    expect(step(() => [...new Gamma({ concentration: [0.5, 1, 3], rate: 2 }).mode().toArray()])).toEqual([0, 0, 1]);
  });

  test("quantiles of 0 and 1 are the ends of the support", () => {
    const ends = step(() =>
      [
        new Gamma({ concentration: 2, rate: 3 }),
        new Beta({ concentration1: 2, concentration0: 3 }),
        new StudentT({ df: 4 }),
      ].map((d) => [...d.icdf([0, 1]).toArray()]),
    );
    expect(ends).toEqual([
      [0, Infinity],
      [0, 1],
      [-Infinity, Infinity],
    ]);
  });
});
