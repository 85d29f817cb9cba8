import { describe, expect, test } from "vitest";
import { NegativeBinomial } from "../../bindings/distributions/index.ts";
import { backward, parameter, step } from "../../bindings/graph/index.ts";
import { logGamma } from "../reference/statistics.ts";
import { derivative } from "./quadrature.ts";

/** The entropy and its derivatives in totalCount and logits. */
function entropyOf(r: number, l: number): [number, number, number] {
  const [totalCount, logits] = [parameter([], [r]), parameter([], [l])];
  const value = step(() => {
    const entropy = new NegativeBinomial({ totalCount, logits }).entropy();
    backward(entropy);
    return entropy.item();
  });
  const result: [number, number, number] = [value, totalCount.grad()[0] as number, logits.grad()[0] as number];
  totalCount.dispose();
  logits.dispose();
  return result;
}

function expectClose(got: readonly number[], expected: readonly number[], tolerance = 4e-6): void {
  for (const [i, y] of expected.entries())
    expect(
      Math.abs((got[i] as number) - y),
      `${["value", "d totalCount", "d logits"][i]}: ${got[i]}, not ${y}`,
    ).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(y)));
}

/** All terms, in naive float64, up to where there is no mass. */
function summed(r: number, l: number): number {
  const odds = Math.exp(l);
  const width = 14 * Math.sqrt(r * odds * (1 + odds)) + 50 * (1 + odds);
  let total = 0;
  for (let k = Math.max(0, Math.floor(r * odds - width)); k < r * odds + width; k++) {
    const log = logGamma(k + r) - logGamma(k + 1) - logGamma(r) - k * Math.log1p(Math.exp(-l)) - r * Math.log1p(odds);
    total -= Math.exp(log) * log;
  }
  return total;
}

describe("beyond the terms that are added one by one", () => {
  test.each([
    [0.0625, 6.5],
    [2, 6.5],
    [100, 6],
    [4096, 4.5],
    [1e6, 1],
  ])("the sum of all, totalCount %d, logits %d", (r, l) => {
    expectClose(entropyOf(r, l), [
      summed(r, l),
      derivative((x) => summed(x, l), r, r / 32),
      derivative((x) => summed(r, x), l, 1 / 16),
    ]);
  });

  test.each([-10, -1, 5, 11, 20, 40, 80, 300])("a geometric law, which has a closed form: logits %d", (l) => {
    const odds = Math.exp(l);
    const [value, , slope] = entropyOf(1, l);
    // -log q - odds log p, whose derivative is -odds log p
    const rest = odds * Math.log1p(Math.exp(-l));
    expectClose([value, Number.NaN, slope].filter(Number.isFinite), [Math.log1p(odds) + rest, rest]);
  });

  /** A law so wide that it is a gamma law of that scale: r + log Γ(r) + (1 - r) ψ(r) + l. */
  test.each([
    [0.5, 80],
    [3, 40],
    [50, 30],
    [1000, 30],
    [30_000, 60],
  ])("the entropy of a gamma law, totalCount %d, logits %d", (r, l) => {
    const digamma = (x: number): number => derivative(logGamma, x, x / 32);
    const slope = 1 + (1 - r) * derivative(digamma, r, r / 32);
    expectClose(entropyOf(r, l), [r + logGamma(r) + (1 - r) * digamma(r) + l, slope, 1], 1e-5);
  });
});

/** log(2π e variance) / 2, but for terms of 1 / variance. */
test.each([
  [1e9, -9],
  [1e9, 0],
  [1e9, 3],
])("the entropy of a normal law, totalCount %d, logits %d", (r, l) => {
  const odds = Math.exp(l);
  const [value, byCount, byLogits] = entropyOf(r, l);
  expectClose(
    [value, byCount * r, byLogits],
    [0.5 * Math.log(2 * Math.PI * Math.E * r * odds * (1 + odds)), 0.5, 0.5 + (0.5 * odds) / (1 + odds)],
    8e-6,
  );
});

test("without successes there is nothing to know", () => {
  expect(entropyOf(3, -Infinity)).toEqual([0, 0, 0]);
});
