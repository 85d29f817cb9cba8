import { expect, test } from "vitest";
import * as example from "../../examples/models/structured-prediction.ts";
import { runShort } from "../../examples/models/support/program.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** x W + b in float64, W [x, out]. */
const affine = (x: ArrayLike<number>, weight: Float32Array, bias: Float32Array): number[] =>
  Array.from(bias, (b, j) => {
    let sum = b;
    for (let i = 0; i < x.length; i++) sum += x[i] * weight[i * bias.length + j];
    return sum;
  });

const logProb = (bits: ArrayLike<number>, logits: readonly number[]): number =>
  logits.reduce((sum, logit, i) => sum + Math.log(bits[i] === 1 ? sigmoid(logit) : sigmoid(-logit)), 0);

test("the NLL of many samples is that of all joint values of the bits, that of one sample above it", {
  timeout: 60_000,
}, async () => {
  const { results, test: data } = await runShort(example);
  const { x, y, pixels, rows } = data;
  expect(results.length).toBeGreaterThanOrEqual(2);
  // As good as it gets without looking at the upper half: the pixels' own frequencies in these very rows.
  const frequencies = Array.from({ length: pixels }, (_, i) => {
    let ones = 0;
    for (let row = 0; row < rows; row++) ones += y[row * pixels + i];
    return (ones + 0.5) / (rows + 1);
  });
  const blind = -logProbOfAll(y, frequencies, rows) / rows;
  for (const { one, many, net } of results) {
    const [w1, b1, w2, b2, w3, b3] = Object.values(net.parameters).map((each) => each.toArray());
    const bits = b1.length;
    const codes = Array.from({ length: 2 ** bits }, (_, code) =>
      Array.from({ length: bits }, (_, i) => (code >> i) & 1),
    );
    const second = codes.map((h1) => codes.map((h2) => Math.exp(logProb(h2, affine(h1, w2, b2)))));
    const below = codes.map((h2) => affine(h2, w3, b3));
    let exact = 0;
    let expectedOne = 0;
    let spread = 0;
    for (let row = 0; row < rows; row++) {
      const [upper, lower] = [x, y].map((all) => all.subarray(row * pixels, (row + 1) * pixels));
      const logits = affine(upper, w1, b1);
      const first = codes.map((h1) => Math.exp(logProb(h1, logits)));
      const weights = codes.map((_, b) => first.reduce((sum, p, a) => sum + p * second[a][b], 0));
      const logs = below.map((each) => logProb(lower, each));
      const mean = weights.reduce((sum, weight, b) => sum + weight * logs[b], 0);
      exact -= Math.log(weights.reduce((sum, weight, b) => sum + weight * Math.exp(logs[b]), 0)) / rows;
      expectedOne -= mean / rows;
      spread += weights.reduce((sum, weight, b) => sum + weight * (logs[b] - mean) ** 2, 0) / rows ** 2;
    }
    // One sample: its expectation to 5 standard errors. 500 together: a little above the exact one, on average.
    expect(Math.abs(one - expectedOne)).toBeLessThan(5 * Math.sqrt(spread) + 1e-4);
    expect(Math.abs(many - exact)).toBeLessThan(0.02);
    expect(exact).toBeLessThan(expectedOne);
    expect(exact).toBeLessThan(blind);
  }
});

function logProbOfAll(y: Float32Array, frequencies: readonly number[], rows: number): number {
  const logits = frequencies.map((p) => Math.log(p / (1 - p)));
  let sum = 0;
  for (let row = 0; row < rows; row++)
    sum += logProb(y.subarray(row * logits.length, (row + 1) * logits.length), logits);
  return sum;
}
