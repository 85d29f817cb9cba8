import { describe, expect, test } from "vitest";
import { Beta, Dirichlet, klDivergence } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { key, normal } from "../../bindings/index.ts";
import { kolmogorovSmirnov, ksPValue, logGamma } from "../reference/statistics.ts";
import { BETA, implicitGradient } from "./implicit.ts";
import { derivative } from "./quadrature.ts";
import { farthest, gradientOf, rowsOf, TOLERANCE } from "./rows.ts";

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

  test("samples are rows of the simplex that repeat; an offset continues them; the batch has the bits of each", () => {
    const [all, end, alone] = step(() => {
      const drawn = make().sample(key(42), { shape: [9] });
      make().logProb(drawn); // refuses what is outside
      const later = make().sample(key(42), { shape: [3], offset: 6 * 2 * K });
      const second = new Dirichlet({ concentration: ROWS[1] as number[] }).sample(key(42), { offset: K });
      return [drawn, later, second].map((y) => [...y.toArray()]);
    });
    expect(all?.slice(6 * 2 * K)).toEqual(end);
    expect(all?.slice(K, 2 * K)).toEqual(alone);
  });

  /** 8 tests, refused below 1e-5. */
  test("each component has the law of its Beta", () => {
    const N = 20_000;
    const alpha = [0.5, 1, 3, 8].map(Math.fround);
    const drawn = step(() =>
      new Dirichlet({ concentration: alpha })
        .sample(key(43), { shape: [N] })
        .toArray()
        .slice(),
    );
    for (const [j, a] of alpha.entries()) {
      const x = rowsOf(drawn, K).map((row) => row[j] as number);
      const f = step(() => [
        ...new Beta({ concentration1: a, concentration0: total(alpha) - a, validateArgs: false }).cdf(x).toArray(),
      ]);
      const at = new Map(x.map((each, i) => [each, f[i] as number]));
      expect(
        ksPValue(
          kolmogorovSmirnov(x, (each) => at.get(each) as number),
          N,
        ),
      ).toBeGreaterThan(1e-5);
    }
  });

  test.each([
    [0.01, 0.02, 0.05],
    [0.3, 1, 4],
    [1e4, 2e3, 1e-2],
    [1e4, 1e4, 1e4],
  ])("dx_j / dα_i of %d %d %d: the implicit gradient of the marginal, the others in proportion", (...shapes) => {
    const alpha = shapes.map(Math.fround);
    for (let draw = 0; draw < 4; draw++) {
      const jacobian: number[][] = [];
      let x: number[] = [];
      for (let j = 0; j < 3; j++) {
        const p = parameter([3], alpha);
        step(() => {
          const sample = new Dirichlet({ concentration: p }).rsample(key(44), { offset: 3 * draw });
          x = [...sample.toArray()];
          backward(sum(mul(sample, tensor([0, 1, 2].map((k) => (k === j ? 1 : 0))))));
        });
        jacobian.push([...p.grad()]);
        p.dispose();
      }
      for (let i = 0; i < 3; i++) {
        const [xi, a] = [x[i] as number, alpha[i] as number];
        if (xi < 1e-40 || xi > 1 - 1e-3) continue; // where float32 does not say enough of x or 1 - x
        const own = implicitGradient(BETA, [a, total(alpha) - a], 0, xi);
        const expected = x.map((xj, j) => (j === i ? own : (-own * xj) / (1 - xi)));
        const got = jacobian.map((row) => row[i] as number);
        for (const [j, y] of expected.entries())
          expect(Math.abs((got[j] as number) - y)).toBeLessThanOrEqual(
            TOLERANCE + 2e-6 * Math.abs(y) * (1 + 0.1 / (1 - xi)),
          );
      }
    }
  });

  /** Estimates within 4.5 standard errors of 6 numbers: a false alarm in 20 000 runs with other keys. */
  test("gradients through samples are right on average: those of the second moments", () => {
    const N = 40_000;
    const alpha = [0.4, 1.5, 3].map(Math.fround);
    const a0 = total(alpha);
    const weights = [1, -2, 0.5];
    const moment = (a: readonly number[]): number =>
      total(a.map((each, j) => ((weights[j] as number) * each * (each + 1)) / (total(a) * (total(a) + 1))));
    expect(a0).toBeGreaterThan(0);
    const p = parameter(
      [N, 3],
      new Float32Array(3 * N).map((_, i) => alpha[i % 3] as number),
    );
    step(() => {
      const x = new Dirichlet({ concentration: p }).rsample(key(45));
      backward(sum(mul(mul(x, x), tensor(weights))));
    });
    const each = rowsOf(p.grad(), 3);
    p.dispose();
    for (const [i, y] of gradientOf(moment, alpha).entries()) {
      const mean = total(each.map((row) => row[i] as number)) / N;
      const error = Math.sqrt(total(each.map((row) => ((row[i] as number) - mean) ** 2)) / N / N);
      expect(Math.abs(mean - y)).toBeLessThanOrEqual(4.5 * error);
    }
  });

  test.each([1e-2, 1, 1e4])("100 000 numbers of concentration %d and their gradients are finite, above 0", (a) => {
    for (const cols of [2, 10, 1000]) {
      const shape = [1e5 / cols, cols];
      const p = parameter(shape, new Float32Array(1e5).fill(a));
      const z = step(() => {
        const x = new Dirichlet({ concentration: p }).rsample(key(46));
        backward(sum(mul(x, tensor(normal(key(47), 1e5), shape))));
        return x.toArray().slice();
      });
      expect(z.every((x) => x > 0 && x <= 1)).toBe(true);
      expect(p.grad().every(Number.isFinite)).toBe(true);
      expect(rowsOf(z, cols).every((row) => Math.abs(total(row) - 1) < 1e-6)).toBe(true);
      p.dispose();
    }
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
