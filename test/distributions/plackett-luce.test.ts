import { describe, expect, test } from "vitest";
import { PlackettLuce } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, tensor } from "../../bindings/graph/index.ts";
import { key, normal, topK, uniform } from "../../bindings/index.ts";
import { chiSquare, chiSquarePValue } from "../reference/statistics.ts";
import { farthest, gradientOf, rowsOf, TOLERANCE } from "./rows.ts";

/** Place by place, over what is left, without any care: for logits of ordinary size. */
function logProb(order: readonly number[], logits: readonly number[]): number {
  return order.reduce((s, item, j) => {
    const rest = order.slice(j).reduce((total, left) => total + Math.exp(logits[left] as number), 0);
    return s + (logits[item] as number) - Math.log(rest);
  }, 0);
}

const LOGITS = [0.5, -1, 2, 0];

describe("PlackettLuce", () => {
  test("samples are the order of topK with k = K", () => {
    const logits = [...normal(key(31), 14)];
    const drawn = step(() => new PlackettLuce({ logits: tensor(logits, [2, 7]) }).sample(key(32)).toArray());
    expect([...drawn]).toEqual([...topK(key(32), logits, { k: 7, cols: 7 }).indices]);
  });

  /** One p-value: a right law fails with probability 1e-6 over keys; this key is fixed. */
  test("have the law of logProb (chi-square of 1e5 draws over all 24 orders)", () => {
    const n = 1e5;
    const [drawn, orders] = step(() => {
      const d = new PlackettLuce({ logits: LOGITS });
      return [d.sample(key(33), { shape: [n] }).toArray(), d.enumerateSupport().toArray()];
    });
    const all = rowsOf(orders, 4);
    const place = new Map(all.map((order, i) => [order.join(), i]));
    const counts = all.map(() => 0);
    for (const row of rowsOf(drawn, 4)) (counts[place.get(row.join()) as number] as number) += 1;
    const expected = all.map((order) => n * Math.exp(logProb(order, LOGITS)));
    expect(chiSquarePValue(chiSquare(counts, expected), all.length - 1)).toBeGreaterThan(1e-6);
  });

  test("an offset continues a sample", () => {
    const [all, end] = step(() => {
      const d = new PlackettLuce({ logits: LOGITS });
      return [d.sample(key(34), { shape: [9] }), d.sample(key(34), { shape: [4], offset: 20 })].map((y) => y.toArray());
    }) as [Float32Array, Float32Array];
    expect([...end]).toEqual([...all.slice(20)]);
  });

  test("logProb of all orders, and its gradient, against float64", () => {
    const p = parameter([4], LOGITS);
    const weights = [...uniform(key(35), 24)];
    const { orders, y } = step(() => {
      const d = new PlackettLuce({ logits: p });
      const all = d.enumerateSupport();
      const logs = d.logProb(all);
      backward(sum(mul(logs, tensor(weights))));
      return { orders: rowsOf(all.toArray(), 4), y: logs.toArray() };
    });
    const expected = (x: readonly number[]): number[] => orders.map((order) => logProb(order, x));
    expect(farthest(y, expected(LOGITS))).toBeLessThan(TOLERANCE);
    expect(y.reduce((s, l) => s + Math.exp(l), 0)).toBeCloseTo(1, 6);
    const f = (x: readonly number[]): number => expected(x).reduce((s, l, i) => s + (weights[i] as number) * l, 0);
    expect(farthest(p.grad(), gradientOf(f, LOGITS))).toBeLessThan(TOLERANCE);
    p.dispose();
  });

  test("a batch, its values stretched or not, has the log-probabilities of its rows", () => {
    const logits = [...normal(key(36), 6)];
    const orders = [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ];
    const [flat, stretched] = step(() => [
      new PlackettLuce({ logits: tensor(logits, [2, 3]) }).logProb(tensor(orders.flat(), [3, 1, 3])).toArray(),
      new PlackettLuce({ logits: tensor(logits, [2, 1, 3]) }).logProb(tensor(orders.flat(), [3, 3])).toArray(),
    ]);
    const rows = rowsOf(logits, 3);
    expect(
      farthest(
        flat,
        orders.flatMap((order) => rows.map((row) => logProb(order, row))),
      ),
    ).toBeLessThan(TOLERANCE);
    expect(
      farthest(
        stretched,
        rows.flatMap((row) => orders.map((order) => logProb(order, row))),
      ),
    ).toBeLessThan(TOLERANCE);
  });

  test("logits far apart do not underflow: probabilities would", () => {
    const p = parameter([3], [1000, -1000, 0]);
    const y = step(() => {
      const logs = new PlackettLuce({ logits: p }).logProb(tensor([0, 2, 1, 1, 2, 0], [2, 3]));
      backward(sum(mul(logs, tensor([1, 2]))));
      return [...logs.toArray()];
    });
    // 1 before 2 before 0: (-1000 - 1000) + (0 - 1000).
    expect(y).toEqual([0, -3000]);
    // Each place gives its item 1 and takes 1 from the likeliest left: item 0 both times.
    expect([...p.grad()]).toEqual([-4, 2, 2]);
    p.dispose();
  });

  test("mode, and what is no order", () => {
    expect([...step(() => new PlackettLuce({ logits: [1, 3, 3, 2] }).mode().toArray())]).toEqual([1, 2, 3, 0]);
    const bad = [0, 0, 1, 0, 1, 3, 0.5, 1, 2];
    const loose = { logits: [0, 1, 2], validateArgs: false };
    const y = step(() => new PlackettLuce(loose).logProb(tensor(bad, [3, 3])).toArray());
    expect([...y]).toEqual([-Infinity, -Infinity, -Infinity]);
    expect(() => step(() => new PlackettLuce({ logits: [0, 1, 2] }).logProb([0, 0, 1]))).toThrow(
      "value: expected each of the integers from 0 to K - 1 once",
    );
  });

  test("lists its orders up to 8 items", () => {
    const shapes = step(() => {
      const eight = new PlackettLuce({ logits: tensor([...normal(key(37), 16)], [2, 8]) });
      const nine = new PlackettLuce({ logits: [...normal(key(38), 9)] });
      expect([eight.hasEnumerateSupport, nine.hasEnumerateSupport]).toEqual([true, false]);
      const all = eight.enumerateSupport();
      const total = eight
        .logProb(all)
        .toArray()
        .reduce((s, l) => s + Math.exp(l), 0);
      expect(total).toBeCloseTo(2, 5);
      return all.shape;
    });
    expect(shapes).toEqual([40320, 1, 8]);
  });
});
