import { describe, expect, test } from "vitest";
import { Beta, Gamma, type Reparameterized, StudentT } from "../../bindings/distributions/index.ts";
import { backward, parameter, step, sum, type Tensor } from "../../bindings/graph/index.ts";
import { key } from "../../bindings/index.ts";
import { kolmogorovSmirnov, ksPValue } from "../reference/statistics.ts";
import { BETA, GAMMA, implicitGradient, type Law, STUDENT } from "./implicit.ts";

const LEAST = 2 ** -126;
const BELOW_ONE = 1 - 2 ** -24;
const SHAPES = [1e-2, 0.1, 0.5, 1, 3, 50, 1e3, 1e4].map(Math.fround);

/** n samples and their gradients to each of the parameters, which are the same for all. */
function draws(
  make: (parameters: Tensor[]) => Reparameterized,
  values: readonly number[],
  n: number,
  seed = 31,
): { z: Float32Array; gradients: Float32Array[] } {
  const parameters = values.map((x) => parameter([n], new Float32Array(n).fill(x)));
  const z = step(() => {
    const sample = make(parameters).rsample(key(seed));
    backward(sum(sample));
    return sample.toArray().slice();
  });
  const gradients = parameters.map((p) => p.grad().slice());
  for (const p of parameters) p.dispose();
  return { z, gradients };
}

const gamma = ([concentration, rate]: Tensor[]) =>
  new Gamma({ concentration: concentration as Tensor, rate: rate ?? 1 });
const beta = ([concentration1, concentration0]: Tensor[]) =>
  new Beta({ concentration1: concentration1 as Tensor, concentration0: concentration0 as Tensor });
const studentT = ([df]: Tensor[]) => new StudentT({ df: df as Tensor });

/** The gradient of a sample to a shape, against the oracle; `blur` is how far the rounding of z moves it. */
function expectImplicit(law: Law, shapes: readonly number[], index: number, z: number, got: number, blur = 0): void {
  const expected = implicitGradient(law, shapes, index, z);
  const tolerance = 4e-6 * Math.max(1, Math.abs(expected)) + blur * Math.abs(expected);
  expect(Math.abs(got - expected), `z ${z}: ${got}, not ${expected}`).toBeLessThanOrEqual(tolerance);
}

describe("implicit gradients are -(∂F/∂θ) / p, F by quadrature of the density", () => {
  test.each(SHAPES)("Gamma of shape %d", (a) => {
    const { z, gradients } = draws(gamma, [a, 1], 10);
    for (const [i, x] of z.entries()) expectImplicit(GAMMA, [a], 0, x, gradients[0]?.[i] as number, 1e-6);
    expect(gradients[1]).toEqual(z.map((x) => -x));
  });

  const pairs = [1e-2, 0.4, 1, 20, 1e4].flatMap((a) => [1e-2, 0.4, 1, 20, 1e4].map((b) => [a, b].map(Math.fround)));
  test.each(pairs)("Beta of shapes %d and %d", (a = 1, b = 1) => {
    const { z, gradients } = draws(beta, [a, b], 4);
    for (const [i, x] of z.entries())
      for (const index of [0, 1]) {
        const got = gradients[index]?.[i] as number;
        if (x > LEAST && x < BELOW_ONE) expectImplicit(BETA, [a, b], index, x, got, 1e-6 + 2e-7 / (1 - x));
        // The variate is nearer to the end than any float, and moves less than one at the float would.
        else expect(Math.abs(got)).toBeLessThanOrEqual(1.01 * Math.abs(implicitGradient(BETA, [a, b], index, x)));
      }
  });

  test.each([0.1, 0.5, 1, 3, 50, 1e4].map(Math.fround))("StudentT of %d degrees of freedom", (df) => {
    const { z, gradients } = draws(studentT, [df], 8);
    for (const [i, x] of z.entries()) expectImplicit(STUDENT, [df], 0, x, gradients[0]?.[i] as number, 1e-6);
  });
});

describe("100 000 draws and their gradients are finite, and within the support", () => {
  const N = 1e5;
  const extremes = [1e-2, 1, 1e4];

  test.each(extremes)("Gamma %d", (a) => {
    const { z, gradients } = draws(gamma, [a, 1], N);
    expect(z.every((x) => x > 0 && x < Infinity)).toBe(true);
    expect(gradients.every((each) => each.every(Number.isFinite))).toBe(true);
  });

  test.each(extremes.flatMap((a) => extremes.map((b) => [a, b])))("Beta %d %d", (a, b) => {
    const { z, gradients } = draws(beta, [a as number, b as number], N);
    expect(z.every((x) => x > 0 && x < 1)).toBe(true);
    expect(gradients.every((each) => each.every(Number.isFinite))).toBe(true);
  });

  test.each(extremes)("StudentT %d", (df) => {
    const make = ([v, loc, scale]: Tensor[]) =>
      new StudentT({ df: v as Tensor, loc: loc as Tensor, scale: scale as Tensor });
    const { z, gradients } = draws(make, [df, 3, 2], N);
    expect(z.every(Number.isFinite)).toBe(true);
    expect(gradients.every((each) => each.every(Number.isFinite))).toBe(true);
  });
});

/** 20 tests, refused below 1e-5: a false alarm in 5000 runs with other seeds; with these there is none. */
describe("samples follow the law: Kolmogorov and Smirnov, 50 000 draws", () => {
  const N = 50_000;
  const expectLaw = (make: () => Reparameterized & { cdf(x: Tensor): Tensor }, least: number, most: number): void => {
    const [z, f] = step(() => {
      const drawn = make().sample(key(32), { shape: [N] });
      return [drawn.toArray().slice(), make().cdf(drawn).toArray().slice()];
    });
    // Values moved to the ends have the probability that is there; each value, the float32 of its own cdf.
    const at = new Map(Array.from(z, (x, i) => [x, f[i] as number]));
    const inner = z.filter((x) => x > least && x < most);
    const below = z.filter((x) => x <= least).length / N;
    const scale = (x: number): number => ((at.get(x) as number) - below) / (inner.length / N);
    expect(inner.length).toBeGreaterThan(N / 100);
    const expected = below > 0 ? (at.get(least) as number) : 0;
    expect(Math.abs(below - expected)).toBeLessThanOrEqual(4.5 * Math.sqrt((expected * (1 - expected)) / N));
    expect(ksPValue(kolmogorovSmirnov(inner, scale), inner.length)).toBeGreaterThan(1e-5);
  };

  test.each(SHAPES)("Gamma %d", (a) => expectLaw(() => new Gamma({ concentration: a, rate: 2 }), LEAST, Infinity));

  test.each([
    [0.3, 0.3],
    [0.5, 3],
    [1, 1],
    [2, 0.7],
    [30, 4],
    [1e4, 1e4],
    [1e4, 1],
  ])("Beta %d %d", (a, b) => expectLaw(() => new Beta({ concentration1: a, concentration0: b }), LEAST, BELOW_ONE));

  test.each([0.5, 1, 3, 50, 1e4])("StudentT %d", (df) =>
    expectLaw(() => new StudentT({ df, loc: 1, scale: 3 }), -Infinity, Infinity),
  );
});
