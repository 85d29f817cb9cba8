import { describe, expect, test } from "vitest";
import { Beta, Dirichlet, klDivergence } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { key, normal } from "../../bindings/index.ts";
import { logGamma } from "../reference/statistics.ts";
import { derivative } from "./quadrature.ts";
import { farthest, rowsOf, TOLERANCE } from "./rows.ts";

const K = 4;
const ALPHA = [0.3, 1, 2.5, 7, 40, 0.02, 900, 1e4].map(Math.fround);
const ROWS = rowsOf(ALPHA, K);
const make = (): Dirichlet => new Dirichlet({ concentration: tensor(ALPHA, [2, K]) });

const total = (x: readonly number[]): number => x.reduce((s, each) => s + each, 0);
const logBeta = (a: readonly number[]): number => total(a.map(logGamma)) - logGamma(total(a));
const logDensity = (x: readonly number[], a: readonly number[]): number =>
  total(x.map((each, j) => ((a[j] as number) - 1) * Math.log(each))) - logBeta(a);
const digamma = (x: number): number => derivative(logGamma, x, x / 8);
const entropy = (a: readonly number[]): number =>
  logBeta(a) + (total(a) - K) * digamma(total(a)) - total(a.map((each) => (each - 1) * digamma(each)));
const variance = (a: readonly number[]): number[] =>
  a.map((each) => ((each / total(a)) * (1 - each / total(a))) / (total(a) + 1));
const mode = (a: readonly number[]): number[] => {
  const above = a.map((each) => Math.max(each - 1, 0));
  return above.map((each) => each / total(above));
};

/** The gradient of Σ w f(α), by random weights, to the concentrations. */
function differentiate(f: (d: Dirichlet) => Tensor): { gradient: Float32Array; weights: readonly number[] } {
  const p = parameter([2, K], ALPHA);
  let weights: readonly number[] = [];
  step(() => {
    const y = f(new Dirichlet({ concentration: p }));
    weights = [...normal(key(41), y.size)];
    backward(sum(mul(y, tensor(weights, y.shape))));
  });
  const gradient = p.grad().slice();
  p.dispose();
  return { gradient, weights };
}

const differences = (f: (a: readonly number[]) => number): number[] =>
  ALPHA.map((at, i) => derivative((x) => f(ALPHA.map((a, j) => (i === j ? x : a))), at, Math.max(1e-4, at) / 16));

describe("Dirichlet", () => {
  const VALUES = [0.1, 0.2, 0.3, 0.4, 0.004, 1e-30, 0.096, 0.9].map(Math.fround);

  test("logProb and its gradients", () => {
    const expected = (x: readonly number[], a: readonly number[]): number[] =>
      rowsOf(x, K).map((row, r) => logDensity(row, rowsOf(a, K)[r] as number[]));
    const got = step(() =>
      make()
        .logProb(tensor(VALUES, [2, K]))
        .toArray(),
    );
    expect(farthest(got, expected(VALUES, ALPHA))).toBeLessThan(TOLERANCE);

    const x = parameter([2, K], VALUES);
    const { gradient, weights } = differentiate((d) => d.logProb(x));
    const weighted = (v: readonly number[], a: readonly number[]): number =>
      total(expected(v, a).map((y, r) => y * (weights[r] as number)));
    expect(
      farthest(
        gradient,
        differences((a) => weighted(VALUES, a)),
      ),
    ).toBeLessThan(TOLERANCE);
    const slopes = VALUES.map((at, i) =>
      derivative(
        (t) =>
          weighted(
            VALUES.map((v, j) => (i === j ? t : v)),
            ALPHA,
          ),
        at,
        at / 16,
      ),
    );
    expect(farthest(x.grad(), slopes)).toBeLessThan(TOLERANCE);
    x.dispose();
  });

  test.each([1e-2, 1, 300, 1e4, 1e6])("logProb at concentrations about %d", (size) => {
    const alpha = [size, 2 * size, size / 2].map(Math.fround);
    const x = [0.2, 0.7, 0.1].map(Math.fround);
    const got = step(() => new Dirichlet({ concentration: alpha }).logProb(x).item());
    expect(farthest([got], [logDensity(x, alpha)])).toBeLessThan(TOLERANCE);
  });

  test("mean, variance, mode, entropy, and their gradients", () => {
    const byRow = (f: (a: readonly number[]) => readonly number[]) => (a: readonly number[]) =>
      rowsOf(a, K).flatMap((row) => f(row));
    const oracles = {
      mean: byRow((a) => a.map((each) => each / total(a))),
      variance: byRow(variance),
      mode: byRow(mode),
      entropy: byRow((a) => [entropy(a)]),
    };
    for (const [name, oracle] of Object.entries(oracles)) {
      const functional = name as keyof typeof oracles;
      const got = step(() => make()[functional]().toArray());
      expect(farthest(got, oracle(ALPHA)), name).toBeLessThan(TOLERANCE);
      const { gradient, weights } = differentiate((d) => d[functional]());
      const weighted = (a: readonly number[]): number => total(oracle(a).map((y, i) => y * (weights[i] as number)));
      // 1 is a kink of the mode: its derivative there is that from below.
      const expected = differences(weighted).map((y, i) => (name === "mode" && ALPHA[i] === 1 ? 0 : y));
      expect(farthest(gradient, expected), name).toBeLessThan(1e-5);
    }
  });

  test("the mode without a concentration above 1 is the corner of the largest, with no gradient", () => {
    const p = parameter([3, 3], [0.5, 0.9, 0.2, 1, 1, 1, 0.3, 0.3, 1]);
    const got = step(() => {
      const y = new Dirichlet({ concentration: p }).mode();
      backward(sum(mul(y, tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]))));
      return [...y.toArray()];
    });
    expect(got).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1]);
    expect([...p.grad()]).toEqual(Array(9).fill(0));
    p.dispose();
  });

  test("divergence, and its gradients", () => {
    const OTHER = [0.5, 0.9, 3, 2, 40, 1, 500, 1.1e4].map(Math.fround);
    const kl = (a: readonly number[], b: readonly number[]): number =>
      logBeta(b) -
      logBeta(a) +
      total(a.map((each, j) => (each - (b[j] as number)) * (digamma(each) - digamma(total(a)))));
    const weights = [0.7, -1.3];
    const weighted = (a: readonly number[], b: readonly number[]): number =>
      total(weights.map((w, r) => w * kl(rowsOf(a, K)[r] as number[], rowsOf(b, K)[r] as number[])));
    const [p, q] = [parameter([2, K], ALPHA), parameter([2, K], OTHER)];
    const got = step(() => {
      const y = klDivergence(new Dirichlet({ concentration: p }), new Dirichlet({ concentration: q }));
      backward(sum(mul(y, tensor(weights))));
      return [...y.toArray()];
    });
    const expected = ROWS.map((row, r) => kl(row, rowsOf(OTHER, K)[r] as number[]));
    expect(farthest(got, expected)).toBeLessThan(TOLERANCE);
    expect(
      farthest(
        p.grad(),
        differences((a) => weighted(a, OTHER)),
      ),
    ).toBeLessThan(1e-5);
    const other = OTHER.map((at, i) =>
      derivative(
        (x) =>
          weighted(
            ALPHA,
            OTHER.map((b, j) => (i === j ? x : b)),
          ),
        at,
        at / 16,
      ),
    );
    expect(farthest(q.grad(), other)).toBeLessThan(1e-5);
    for (const x of [p, q]) x.dispose();
    expect(step(() => [...klDivergence(make(), make()).toArray()])).toEqual([0, 0]);
    const two = (): unknown => step(() => klDivergence(make(), new Dirichlet({ concentration: [1, 2] })));
    expect(two).toThrow("q: expected 4 categories, as p has");
  });

  test("two categories are Beta", () => {
    const [a, b, x] = [0.7, 3, 0.25];
    const got = step(() => {
      const d = new Dirichlet({ concentration: [a, b] });
      const beta = new Beta({ concentration1: a, concentration0: b });
      return [d.logProb([x, 1 - x]), beta.logProb(x), d.entropy(), beta.entropy()].map((y) => y.item());
    });
    expect(farthest([got[0] as number, got[2] as number], [got[1] as number, got[3] as number])).toBeLessThan(1e-6);
  });

  test("bad input is refused by name; without checks a value outside has the log-probability -Infinity", () => {
    expect(() => new Dirichlet({ concentration: [1, -1] })).toThrow("concentration: expected a finite number above 0");
    expect(() => new Dirichlet({ concentration: [1] })).toThrow("concentration: expected [..., K], K of 2 or more");
    expect(() => new Dirichlet({ concentration: 1 })).toThrow("concentration: expected [..., K], K of 2 or more");
    expect(() => step(() => new Dirichlet({ concentration: [1, 2] }).logProb([0, 1]))).toThrow(
      "value: expected numbers above 0 whose sum is 1",
    );
    expect(() => step(() => new Dirichlet({ concentration: [1, 2] }).logProb([0.2, 0.3, 0.5]))).toThrow(
      "value: expected [..., 2]",
    );
    const outside = step(() => new Dirichlet({ concentration: [1, 2], validateArgs: false }).logProb([-1, 2]).item());
    expect(outside).toBe(-Infinity);
  });
});
