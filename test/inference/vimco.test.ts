import { describe, expect, test } from "vitest";
import { Bernoulli } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { estimate, vimco } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import * as reference from "../reference/control-variates.ts";
import { bernoulliProbability, bits } from "../reference/estimators.ts";
import { type Case, product, randomCost, table } from "./given.ts";
import { checkMeans, norm } from "./unbiased.ts";

const bernoulli = (logits: Tensor): Bernoulli => new Bernoulli({ logits });
const all = [0.3, -1.2, 2, 0.7];

const tuples = (logits: readonly number[], m: number): Case[] =>
  product(Array(m).fill(bits(logits.length)) as number[][][]).map((draws) => ({
    weight: draws.reduce((p, z) => p * bernoulliProbability(logits, z), 1),
    draws,
  }));

checkMeans(
  (
    [
      [2, 4, 1],
      [3, 3, 4],
      [5, 2, 40],
    ] as const
  ).map(([m, variables, scale]) => {
    const logits = all.slice(0, variables);
    const random = randomCost(5);
    const f = (z: readonly number[]): number => Math.fround(scale * random(z));
    return {
      name: `VIMCO, ${m} samples of ${variables} variables, costs up to ${scale}`,
      estimator: vimco(),
      samples: m,
      parameters: logits,
      law: bernoulli,
      cost: table(variables, f),
      expected: reference.boundGradient(logits, f, m),
      cases: tuples(logits, m),
      naive: ({ draws }) => reference.vimco(logits, f, draws as number[][]),
    };
  }),
);

describe("VIMCO", () => {
  const start = [0.3, -0.6, 1];
  const run = (factor: number, samples: number, seed = 2) => {
    const [logits, weight] = [parameter([1, 3], start), parameter([], [factor])];
    const costs: number[] = [];
    const draws: number[][] = [];
    const value = step(() => {
      const f = (z: Tensor): Tensor => {
        const cost = mul(sum(mul(z, tensor([1, 2, 4])), { axis: -1 }), weight);
        costs.push(...cost.toArray());
        for (let s = 0; s < samples; s++) draws.push([...z.toArray().subarray(3 * s, 3 * s + 3)]);
        return cost;
      };
      const bound = sum(estimate(bernoulli(logits), f, { key: key(seed), estimator: vimco(), samples }));
      backward(bound);
      return bound.item();
    });
    const result = { value, costs, draws, logits: [...logits.grad()], weight: weight.grad()[0] };
    logits.dispose();
    weight.dispose();
    return result;
  };

  test("its value is the bound of its samples, and the cost's own gradient is weighted by their shares", () => {
    const { value, costs, weight } = run(1.5, 7);
    expect(costs).toHaveLength(7);
    expect(value).toBeCloseTo(-reference.bound(costs), 5);
    const shares = reference.softmax(costs.map((c) => -c));
    expect(weight).toBeCloseTo(
      shares.reduce((so, share, s) => so + (share * costs[s]) / 1.5, 0),
      5,
    );
  });

  test("costs far apart neither overflow nor vanish", () => {
    for (const factor of [300, -1e4]) {
      const sizes = Array.from({ length: 10 }, (_, seed) => {
        const { value, costs, draws, logits } = run(factor, 4, seed);
        expect(value).toBeCloseTo(-reference.bound(costs), 1);
        const f = (z: readonly number[]): number => factor * (z[0] + 2 * z[1] + 4 * z[2]);
        const naively = reference.vimco(start, f, draws);
        const size = norm(naively);
        expect(norm(naively.map((x, v) => x - logits[v]))).toBeLessThan(1e-5 * Math.max(1, size));
        return size;
      });
      expect(Math.max(...sizes)).toBeGreaterThan(100);
    }
  });

  test("needs two samples", () => {
    expect(() => run(1, 1)).toThrow("samples");
  });
});
