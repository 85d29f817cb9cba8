import { describe, expect, test } from "vitest";
import {
  Categorical,
  klDivergence,
  OneHotCategorical,
  OneHotCategoricalStraightThrough,
} from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, tensor } from "../../bindings/graph/index.ts";
import { key, normal, uniform } from "../../bindings/index.ts";
import { farthest, logSoftmax, rowsOf, TOLERANCE } from "./rows.ts";

const K = 4;
const LOGITS = [...normal(key(21), 2 * K)];
const make = () => new OneHotCategorical({ logits: tensor([...LOGITS], [2, K]) });

describe("OneHotCategorical", () => {
  test("draws the categories of Categorical, as rows of exactly one 1 and zeros", () => {
    const [hot, index] = step(() => [
      make()
        .sample(key(22), { shape: [50] })
        .toArray(),
      new Categorical({ logits: tensor([...LOGITS], [2, K]) }).sample(key(22), { shape: [50] }).toArray(),
    ]);
    expect(rowsOf(hot, K)).toEqual([...index].map((at) => Array.from({ length: K }, (_, k) => (k === at ? 1 : 0))));
  });

  test("an offset, in elements of the sample, continues it", () => {
    const [all, end] = step(() => [
      make()
        .sample(key(23), { shape: [9] })
        .toArray(),
      make()
        .sample(key(23), { shape: [3], offset: 6 * 2 * K })
        .toArray(),
    ]);
    expect([...end]).toEqual([...all.slice(6 * 2 * K)]);
  });

  test("logProb of every row, and its gradient, are those of Categorical", () => {
    const p = parameter([2, K], LOGITS);
    const weights = uniform(key(24), 2 * K);
    const both = [OneHotCategorical, Categorical].map((Family) => {
      p.clear();
      const values = step(() => {
        const d = new Family({ logits: p });
        const y = d.logProb(d.enumerateSupport());
        expect(y.shape).toEqual([K, 2]);
        backward(sum(mul(y, tensor(weights, [K, 2]))));
        return [...y.toArray()];
      });
      return { values, gradient: [...p.grad()] };
    });
    p.dispose();
    expect(both[0]).toEqual(both[1]);
    expect(both[0]?.gradient.some((x) => x !== 0)).toBe(true);
  });

  test("rows that are not one-hot are refused, or -Infinity without checks", () => {
    const bad = [
      [0, 0, 0, 0],
      [1, 1, 0, 0],
      [0.5, 0.5, 0, 0],
      [2, -1, 0, 0],
    ];
    const y = step(() =>
      new OneHotCategorical({ logits: [0, 0, 0, 0], validateArgs: false })
        .logProb(tensor(bad.flat(), [4, K]))
        .toArray(),
    );
    expect([...y]).toEqual(bad.map(() => -Infinity));
    for (const row of bad) expect(() => step(() => make().logProb(row))).toThrow("value: expected one 1 and zeros");
    expect(() => step(() => make().logProb([1, 0]))).toThrow("value: expected [..., 4]");
  });

  test("mean, variance, mode, entropy, divergence", () => {
    const p = rowsOf(LOGITS, K).flatMap((row) => logSoftmax(row).map(Math.exp));
    const got = step(() => ({
      mean: make().mean().toArray(),
      variance: make().variance().toArray(),
      mode: make().mode().toArray(),
      entropy: make().entropy().toArray(),
      kl: klDivergence(make(), new OneHotCategorical({ logits: [0, 0, 0, 0] })).toArray(),
    }));
    expect(farthest(got.mean, p)).toBeLessThan(TOLERANCE);
    expect(
      farthest(
        got.variance,
        p.map((x) => x * (1 - x)),
      ),
    ).toBeLessThan(TOLERANCE);
    const rows = rowsOf(p, K);
    expect(rowsOf(got.mode, K)).toEqual(rows.map((row) => row.map((x) => (x === Math.max(...row) ? 1 : 0))));
    const entropies = rows.map((row) => -row.reduce((s, x) => s + x * Math.log(x), 0));
    expect(farthest(got.entropy, entropies)).toBeLessThan(TOLERANCE);
    // To the uniform law it is log K minus the entropy.
    expect(
      farthest(
        got.kl,
        entropies.map((h) => Math.log(K) - h),
      ),
    ).toBeLessThan(TOLERANCE);
  });
});

describe("OneHotCategoricalStraightThrough", () => {
  const upstream = normal(key(25), 3 * 2 * K);
  const through = (name: "logits" | "probs", values: readonly number[]): { y: number[]; gradient: number[] } => {
    const p = parameter([2, K], [...values]);
    const y = step(() => {
      const d = new OneHotCategoricalStraightThrough({ [name]: p });
      const z = d.rsample(key(26), { shape: [3] });
      backward(sum(mul(z, tensor(upstream, [3, 2, K]))));
      return [...z.toArray()];
    });
    const gradient = [...p.grad()];
    p.dispose();
    return { y, gradient };
  };
  /** Upstream, summed over the three samples. */
  const g = Array.from({ length: 2 * K }, (_, i) =>
    [0, 1, 2].reduce((s, n) => s + (upstream[n * 2 * K + i] as number), 0),
  );

  test("gives the samples of OneHotCategorical, exactly, and J(p) upstream to the logits", () => {
    const { y, gradient } = through("logits", LOGITS);
    expect(y).toEqual([
      ...step(() =>
        make()
          .sample(key(26), { shape: [3] })
          .toArray(),
      ),
    ]);
    const expected = rowsOf(LOGITS, K).flatMap((row, r) => {
      const p = logSoftmax(row).map(Math.exp);
      const mean = p.reduce((s, x, k) => s + x * (g[r * K + k] as number), 0);
      return p.map((x, k) => x * ((g[r * K + k] as number) - mean));
    });
    expect(farthest(gradient, expected)).toBeLessThan(TOLERANCE);
  });

  test("gives probs the gradient itself, a probability of 0 too, which is never drawn", () => {
    const { y, gradient } = through("probs", [0.5, 0, 0.25, 0.25, 0, 0, 1, 0]);
    expect(farthest(gradient, g)).toBeLessThan(TOLERANCE);
    for (const row of rowsOf(y, 2 * K)) expect([row[1], ...row.slice(4)]).toEqual([0, 0, 0, 1, 0]);
  });

  test("has rsample, and sample stops the gradient; OneHotCategorical has none", () => {
    const p = parameter([K], LOGITS.slice(0, K));
    step(() => {
      const d = new OneHotCategoricalStraightThrough({ logits: p });
      expect([d.hasRsample, make().hasRsample]).toEqual([true, false]);
      backward(sum(mul(d.sample(key(27)), tensor(upstream.slice(0, K)))));
    });
    expect([...p.grad()]).toEqual([0, 0, 0, 0]);
    p.dispose();
  });
});
