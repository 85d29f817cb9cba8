import { foldIn, key } from "reparam";
import { PlackettLuce } from "reparam/distributions";
import { backward, parameter } from "reparam/graph";
import { asyncStep, blackBox, type Estimator, enumeration, estimate, rloo } from "reparam/inference";
import { describe, expect, test } from "vitest";
import * as example from "../../examples/models/black-box.ts";
import { loadCities } from "../../examples/models/data/cities.ts";
import { runShort } from "../../examples/models/support/program.ts";
import { orders } from "../reference/models/trips.ts";
import { mean, variance } from "../reference/statistics.ts";

describe("the order of visits by a black box", () => {
  // 20 of 20 seeds came to the best order when this was written; equal seeds give equal bits, so this one does not vary.
  test("comes to the best of 3 628 800 orders with 4800 questions", async () => {
    const { numbers, picture } = await runShort(example);
    const best = leastWaiting(loadCities(11).distances);
    expect(numbers["of the best of all orders"]).toBeCloseTo(best, 9);
    expect(numbers["kilometres of the likeliest order"]).toBeCloseTo(best, 9);
    expect(numbers["orders there are"]).toBe(3_628_800);
    expect(numbers["questions asked"]).toBe(4800);
    expect(picture).toContain("</svg>");
  });

  test("the mean of the wait is that of each city reached, one by one", () => {
    const { distances } = loadCities(6);
    for (const order of orders(5)) {
      const stops = [0, ...order.map((item) => item + 1)];
      const legs = stops.slice(1).map((to, at) => distances[stops[at]][to]);
      const waits = legs.map((_, at) => legs.slice(0, at + 1).reduce((a, b) => a + b, 0));
      expect(example.waiting(distances, order)).toBeCloseTo(mean(waits), 9);
    }
  });

  test("the sampled gradient is on average that of the sum over all orders", async () => {
    const { distances } = loadCities(6);
    const cost = blackBox(async (order: Float32Array) => example.waiting(distances, Array.from(order)));
    const gradientBy = async (estimator: Estimator, samples: number, at: number): Promise<number[]> => {
      const logits = parameter([5], [0.5, -0.3, 0.1, 0.8, -1]);
      const options = { key: foldIn(key(9), at), estimator, samples };
      await asyncStep(() => backward(estimate(new PlackettLuce({ logits }), cost, options)));
      return Array.from(logits.grad());
    };
    const exact = await gradientBy(enumeration(), 1, 0);
    const sampled: number[][] = [];
    for (let at = 0; at < 200; at++) sampled.push(await gradientBy(rloo(), 16, at));
    exact.forEach((expected, item) => {
      const own = sampled.map((gradient) => gradient[item]);
      // Beyond 4 standard errors of 5 means: once in 3000 keys.
      expect(Math.abs(mean(own) - expected)).toBeLessThan(4 * Math.sqrt(variance(own) / own.length));
      expect(Math.abs(expected)).toBeGreaterThan(8 * Math.sqrt(variance(own) / own.length));
    });
  });
});

/** By dynamic programming over sets of cities (as Held & Karp 1962), each way counted once for each city not yet reached. */
function leastWaiting(distances: readonly (readonly number[])[]): number {
  const items = distances.length - 1;
  const least = new Map<string, number>();
  const from = (city: number, left: readonly number[]): number => {
    if (left.length === 0) return 0;
    const name = `${city}: ${left}`;
    const known = least.get(name);
    if (known !== undefined) return known;
    const found = Math.min(
      ...left.map((to) => {
        const others = left.filter((other) => other !== to);
        return distances[city][to] * left.length + from(to, others);
      }),
    );
    least.set(name, found);
    return found;
  };
  const all = Array.from({ length: items }, (_, item) => item + 1);
  return from(0, all) / items;
}
