import { describe, expect, test } from "vitest";
import { Categorical, klDivergence } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { categorical, key, normal, uniform } from "../../bindings/index.ts";
import { chiSquare, chiSquarePValue } from "../reference/statistics.ts";
import { farthest, gradientOf, logSoftmax, rowsOf, TOLERANCE } from "./rows.ts";

const K = 5;
const LOGITS = [...normal(key(1), 3 * K)].map((x) => 3 * x);
LOGITS[2 * K + 1] = -Infinity;
const WEIGHTS = [...uniform(key(2), 64)];

/** Σ weights f(logits), and its gradients: by the library and, given the same function in float64, by differences. */
function gradients(logits: readonly number[], f: (d: Categorical) => Tensor, name: "logits" | "probs" = "logits") {
  const p = parameter([logits.length / K, K], [...logits]);
  step(() => {
    const y = f(new Categorical({ [name]: p }));
    backward(sum(mul(y, tensor(WEIGHTS.slice(0, y.size), y.shape))));
  });
  const gradient = [...p.grad()];
  p.dispose();
  return gradient;
}

const weighted = (values: readonly number[]): number => values.reduce((s, y, i) => s + (WEIGHTS[i] as number) * y, 0);

describe("samples", () => {
  test("are those of categorical, row by row, and an offset continues them", () => {
    const options = { logits: tensorOf(LOGITS) };
    const drawn = step(() => [...new Categorical({ logits: options.logits() }).sample(key(3)).toArray()]);
    expect(drawn).toEqual([...categorical(key(3), LOGITS, { cols: K })]);
    const many = step(() => [
      ...new Categorical({ logits: options.logits() }).sample(key(3), { shape: [40] }).toArray(),
    ]);
    const repeated = Array.from({ length: 40 }, () => LOGITS).flat();
    expect(many).toEqual([...categorical(key(3), repeated, { cols: K })]);
    const end = step(() => [
      ...new Categorical({ logits: options.logits() }).sample(key(3), { shape: [10], offset: 90 }).toArray(),
    ]);
    expect(end).toEqual(many.slice(90));
  });

  test("of many categories are those of categorical too, which then leaves out noise, and of more draws than are made at a time", () => {
    const logits = normal(key(4), 3000);
    const drawn = step(() => new Categorical({ logits }).sample(key(5), { shape: [400] }).toArray());
    const repeated = Array.from({ length: 400 }, () => [...logits]).flat();
    expect([...drawn]).toEqual([...categorical(key(5), repeated, { cols: 3000 })]);
  });

  /** One p-value: a right law fails with probability 1e-6 over keys; this key is fixed. */
  test("have the law softmax(logits) (chi-square of 1e5 draws); -Infinity is never drawn", () => {
    const logits = [0.5, -2, -Infinity, 1, -Infinity, 0];
    const n = 1e5;
    const drawn = step(() => new Categorical({ logits }).sample(key(6), { shape: [n] }).toArray());
    const counts = logits.map((_, k) => drawn.filter((x) => x === k).length);
    expect([counts[2], counts[4]]).toEqual([0, 0]);
    const present = [0, 1, 3, 5];
    const expected = logSoftmax(logits).map((l) => n * Math.exp(l));
    const x = chiSquare(
      present.map((k) => counts[k] as number),
      present.map((k) => expected[k] as number),
    );
    expect(chiSquarePValue(x, present.length - 1)).toBeGreaterThan(1e-6);
  });

  test("of equal scores the lowest index: rows of one category give 0", () => {
    expect([...step(() => new Categorical({ logits: [3] }).sample(key(7), { shape: [4] }).toArray())]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

const tensorOf = (values: readonly number[]) => (): Tensor => tensor([...values], [values.length / K, K]);
const ORACLE = rowsOf(LOGITS, K).map(logSoftmax);

describe("logProb", () => {
  test("of all categories, by logits and by probs, against float64", () => {
    const expected = [0, 1, 2, 3, 4].flatMap((k) => ORACLE.map((row) => row[k] as number));
    const got = step(() => {
      const d = new Categorical({ logits: tensorOf(LOGITS)() });
      const y = d.logProb(d.enumerateSupport());
      expect(y.shape).toEqual([K, 3]);
      return y.toArray();
    });
    expect(got[1 * 3 + 2]).toBe(-Infinity);
    const finite = expected.map((y, i) => (y === -Infinity ? 0 : y) && got[i] !== undefined && i).filter(Number);
    expect(
      farthest(
        finite.map((i) => got[i as number] as number),
        finite.map((i) => expected[i as number] as number),
      ),
    ).toBeLessThan(TOLERANCE);
    const probs = logSoftmax([0.1, 2, -3, 0, 1]).map((l) => Math.fround(Math.exp(l)));
    const total = probs.reduce((s, p) => s + p);
    const byProbs = step(() => new Categorical({ probs }).logProb([0, 1, 2, 3, 4]).toArray());
    expect(
      farthest(
        byProbs,
        probs.map((p) => Math.log(p / total)),
      ),
    ).toBeLessThan(TOLERANCE);
  });

  test("of values that stretch the batch between its dimensions", () => {
    const y = step(() => {
      const d = new Categorical({ logits: tensor([...LOGITS.slice(0, 2 * K)], [2, 1, K]) });
      return d.logProb(tensor([0, 3, 1, 4, 2, 2], [2, 3])).toArray();
    });
    const [a, b] = ORACLE as [number[], number[]];
    expect(farthest(y, [a[0], a[3], a[1], b[4], b[2], b[2]] as number[])).toBeLessThan(TOLERANCE);
  });

  test("has the gradients of float64, summed over repeated rows", () => {
    const logits = LOGITS.slice(0, 2 * K).map(Math.fround);
    const values = [0, 4, 2, 1, 3, 3, 0, 2];
    const got = gradients(logits, (d) => d.logProb(tensor(values, [4, 2])));
    const f = (x: readonly number[]): number =>
      weighted(values.map((v, r) => logSoftmax(rowsOf(x, K)[r % 2] as number[])[v] as number));
    expect(farthest(got, gradientOf(f, logits))).toBeLessThan(TOLERANCE);
  });

  test("by probs, one of them 0, sends nothing that is not a number", () => {
    const got = gradients([0.25, 0, 0.5, 0.125, 0.125], (d) => d.logProb([0, 2, 4, 0]), "probs");
    expect(got.every(Number.isFinite)).toBe(true);
    const f = (p: readonly number[]): number => {
      const log = Math.log(p.reduce((s, x) => s + x));
      return weighted([0, 2, 4, 0].map((v) => Math.log(p[v] as number) - log));
    };
    const expected = gradientOf(f, [0.25, 0, 0.5, 0.125, 0.125]);
    expected[1] = 0; // no gradient through the logarithm of 0
    expect(farthest(got, expected)).toBeLessThan(TOLERANCE);
  });

  test("outside of the support is -Infinity without checks, and refused with them", () => {
    const y = step(() => new Categorical({ logits: [0, 1], validateArgs: false }).logProb([-1, 2, 0.5]).toArray());
    expect([...y]).toEqual([-Infinity, -Infinity, -Infinity]);
    expect(() => step(() => new Categorical({ logits: [0, 1] }).logProb([2]))).toThrow(
      "value: expected an integer from 0 to 1",
    );
  });
});

describe("functionals", () => {
  const entropy = (x: readonly number[]): number =>
    -logSoftmax(x).reduce((s, l) => s + (l > -Infinity ? Math.exp(l) * l : 0), 0);

  test("entropy and its gradient, an absent category among them", () => {
    const y = step(() => new Categorical({ logits: tensorOf(LOGITS)() }).entropy().toArray());
    expect(farthest(y, rowsOf(LOGITS, K).map(entropy))).toBeLessThan(TOLERANCE);
    const got = gradients(LOGITS.map(Math.fround), (d) => d.entropy());
    const expected = gradientOf((x) => weighted(rowsOf(x, K).map(entropy)), LOGITS.map(Math.fround));
    expected[2 * K + 1] = 0;
    expect(farthest(got, expected)).toBeLessThan(TOLERANCE);
  });

  test("mode is the likeliest, of equals the lowest", () => {
    const y = step(() => new Categorical({ logits: tensor([1, 3, 3, -1, 2, 0], [2, 3]) }).mode().toArray());
    expect([...y]).toEqual([1, 1]);
  });

  test("logits and probs are each other's", () => {
    const [probs, logits] = step(() => [
      new Categorical({ logits: [0, Math.log(3)] }).probs.toArray(),
      new Categorical({ probs: [0.25, 0.75] }).logits.toArray(),
    ]);
    expect(farthest(probs, [0.25, 0.75])).toBeLessThan(TOLERANCE);
    expect(farthest(logits, [Math.log(0.25), Math.log(0.75)])).toBeLessThan(TOLERANCE);
  });

  test("divergence and its gradients; infinite where q lacks a category of p", () => {
    const [a, b] = [LOGITS.slice(0, K), LOGITS.slice(K, 2 * K)].map((x) => x.map(Math.fround)) as [number[], number[]];
    const kl = (x: readonly number[], y: readonly number[]): number => {
      const [p, q] = [logSoftmax(x), logSoftmax(y)];
      return p.reduce((s, l, k) => s + Math.exp(l) * (l - (q[k] as number)), 0);
    };
    const other = parameter([1, K], b);
    let value = 0;
    const got = gradients(a, (d) => {
      const y = klDivergence(d, new Categorical({ logits: other }));
      value = y.item();
      return y;
    });
    const w = WEIGHTS[0] as number;
    expect(farthest([value], [kl(a, b)])).toBeLessThan(TOLERANCE);
    expect(
      farthest(
        got,
        gradientOf((x) => w * kl(x, b), a),
      ),
    ).toBeLessThan(TOLERANCE);
    expect(
      farthest(
        other.grad(),
        gradientOf((y) => w * kl(a, y), b),
      ),
    ).toBeLessThan(TOLERANCE);
    other.dispose();
    const five = () => step(() => klDivergence(new Categorical({ logits: a }), new Categorical({ logits: [0] })));
    expect(five).toThrow("q: expected 5 categories, as p has, got 1");
    const missing = { logits: [0, -Infinity] };
    const [infinite, finite] = step(() => [
      klDivergence(new Categorical({ logits: [0, 0] }), new Categorical(missing)).item(),
      klDivergence(new Categorical(missing), new Categorical({ logits: [0, 0] })).item(),
    ]);
    expect(infinite).toBe(Infinity);
    expect(finite).toBeCloseTo(Math.log(2), 6);
  });
});
