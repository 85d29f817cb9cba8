import { describe, expect, test } from "vitest";
import { Beta, Dirichlet } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, tensor } from "../../bindings/graph/index.ts";
import { key, normal } from "../../bindings/index.ts";
import { kolmogorovSmirnov, ksPValue } from "../reference/statistics.ts";
import { BETA, implicitGradient } from "./implicit.ts";
import { gradientOf, rowsOf, TOLERANCE } from "./rows.ts";

const total = (x: readonly number[]): number => x.reduce((s, each) => s + each, 0);

describe("samples of Dirichlet", () => {
  const K = 4;
  const ALPHA = [0.3, 1, 2.5, 7, 40, 0.02, 900, 1e4].map(Math.fround);
  const make = (): Dirichlet => new Dirichlet({ concentration: tensor(ALPHA, [2, K]) });

  test("are rows of the simplex that repeat; an offset continues them; the batch has the bits of each", () => {
    const [all, end, alone] = step(() => {
      const drawn = make().sample(key(42), { shape: [9] });
      make().logProb(drawn); // refuses what is outside
      const later = make().sample(key(42), { shape: [3], offset: 6 * 2 * K });
      const second = new Dirichlet({ concentration: ALPHA.slice(K) }).sample(key(42), { offset: K });
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
    const weights = [1, -2, 0.5];
    const moment = (a: readonly number[]): number =>
      total(a.map((each, j) => ((weights[j] as number) * each * (each + 1)) / (total(a) * (total(a) + 1))));
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
});
