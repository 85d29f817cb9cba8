import { describe, expect, test } from "vitest";
import { Bernoulli, Normal } from "../../bindings/distributions/index.ts";
import { backward, type Parameter, parameter, step, sum, type Tensor } from "../../bindings/graph/index.ts";
import { type ElboOptions, elboFrom } from "../../bindings/inference/bounds/elbo.ts";
import type { Bound } from "../../bindings/inference/bounds/model.ts";
import { renyiFrom } from "../../bindings/inference/bounds/renyi.ts";
import {
  disarm,
  elbo,
  enumeration,
  importanceWeightedBound,
  localExpectation,
  renyiBound,
  rloo,
  scoreFunction,
  vimco,
} from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import {
  EVIDENCE,
  exactBound,
  logGuide,
  logTable,
  logWeightsOf,
  STATES,
  slope,
  TABLE,
  tuples,
} from "./bounds-model.ts";
import { Given } from "./given.ts";

const LOGITS = [0.4, -0.9];
const guide = (logits: Tensor): Bernoulli => new Bernoulli({ logits });

/** Value and gradient of a bound in each case, and their means. */
function over(k: number, make: (q: Bernoulli, source: Given) => Bound) {
  const all = tuples(LOGITS, k);
  const cases = all.map(({ weight, states }) => ({ weight, draws: states.map((s) => STATES[s]) }));
  const logits: Parameter = parameter(
    [cases.length, 2],
    cases.flatMap(() => LOGITS),
  );
  const values = step(() => {
    const { bound } = make(guide(logits), new Given(cases));
    backward(sum(bound));
    return [...bound.toArray()];
  });
  const g = logits.grad();
  logits.dispose();
  const mean = (of: (i: number) => number): number => all.reduce((so, { weight }, i) => so + weight * of(i), 0);
  return {
    values,
    states: all.map(({ states }) => states),
    value: mean((i) => values[i]),
    gradient: [0, 1].map((j) => mean((i) => g[2 * i + j])),
    gradients: g,
  };
}

const of =
  (options: Omit<ElboOptions, "key">, logJoint = logTable) =>
  (q: Bernoulli, source: Given): Bound =>
    elboFrom(() => source, q, logJoint, options);

const near = (received: readonly number[], expected: readonly number[], by = 2e-6): void => {
  expect(received).toHaveLength(expected.length);
  for (const [i, each] of expected.entries()) expect(Math.abs(received[i] - each)).toBeLessThan(by);
};

describe("the evidence lower bound of discrete latents, over all draws", () => {
  const exact = slope((l) => exactValue(l), LOGITS);
  function exactValue(logits: readonly number[]): number {
    return logWeightsOf(logits).reduce((so, w, i) => so + Math.exp(logGuide(logits, STATES[i])) * w, 0);
  }

  test.each([
    ["score function", 1, () => scoreFunction()],
    ["RLOO", 2, () => rloo()],
    ["enumeration", 1, () => enumeration()],
    ["local expectation", 1, () => localExpectation()],
  ] as const)("%s: value and gradient are unbiased, with and without the score of q", (_, samples, make) => {
    for (const stickingTheLanding of [false, true]) {
      const { value, gradient, values, states } = over(samples, of({ estimator: make(), samples, stickingTheLanding }));
      const w = logWeightsOf(LOGITS);
      near(
        values,
        states.map((each) => each.reduce((so, s) => so + w[s], 0) / samples),
      );
      near([value], [exactValue(LOGITS)]);
      near(gradient, exact);
      expect(value).toBeLessThan(EVIDENCE);
    }
  });

  test("sticking the landing changes the gradient of single draws", () => {
    const [a, b] = [false, true].map(
      (stickingTheLanding) => over(2, of({ estimator: rloo(), samples: 2, stickingTheLanding })).gradients,
    );
    expect(Math.max(...a.map((x, i) => Math.abs(x - b[i])))).toBeGreaterThan(0.1);
  });

  test("with a prior, the divergence in closed form or by samples: the same bound and gradient", () => {
    const prior = [0.7, -0.2];
    const joint = TABLE.map((each, i) => each + logGuide(prior, STATES[i]));
    const value = (l: readonly number[]): number =>
      logWeightsOf(l, joint).reduce((so, w, i) => so + Math.exp(logGuide(l, STATES[i])) * w, 0);
    for (const stickingTheLanding of [false, true]) {
      const kinds: string[] = [];
      const result = over(2, (q, source) => {
        const options = { estimator: rloo(), samples: 2, prior: new Bernoulli({ logits: prior }), stickingTheLanding };
        const bound = elboFrom(() => source, q, logTable, options);
        kinds.push(bound.kl, bound.of);
        return bound;
      });
      expect(kinds).toEqual([stickingTheLanding ? "sampled" : "analytic", "discrete"]);
      near([result.value], [value(LOGITS)]);
      near(result.gradient, slope(value, LOGITS));
    }
  });

  test("where q is the posterior, sticking the landing has no gradient in any draw; the whole bound has some", () => {
    // Independent: log p(x, z) = 0.3 + 0.8 z1 - 1.1 z2, of which the posterior has the log-odds 0.8 and -1.1.
    const gradient = (stickingTheLanding: boolean, seed: number): number => {
      const logits = parameter([2], [0.8, -1.1]);
      step(() => {
        const options = { key: key(seed), estimator: rloo(), samples: 3, stickingTheLanding };
        const joint = (z: Tensor): Tensor => new Bernoulli({ logits: [0.8, -1.1] }).logProb(z);
        const { bound } = elbo(guide(logits), (z) => sum(joint(z), { axis: -1 }), options);
        backward(bound);
      });
      const most = Math.max(...logits.grad().map(Math.abs));
      logits.dispose();
      return most;
    };
    for (const seed of [1, 2, 3]) {
      expect(gradient(true, seed)).toBe(0);
      expect(gradient(false, seed)).toBeGreaterThan(0.01);
    }
  });
});

describe("bounds of several samples, over all of their draws", () => {
  const bound = (k: number, alpha: number) =>
    over(k, (q, source) => renyiFrom(source, q, logTable, { estimator: vimco(), samples: k, alpha }));

  test.each([
    [2, 0],
    [3, 0],
    [2, 0.5],
    [3, -1],
    [2, 2],
    [3, 1],
  ])("K = %i, alpha = %d: value and gradient are unbiased", (k, alpha) => {
    const { value, gradient } = bound(k, alpha);
    near([value], [exactBound(LOGITS, k, alpha)]);
    near(
      gradient,
      slope((l) => exactBound(l, k, alpha), LOGITS),
      5e-6,
    );
  });

  test("grow with K to the evidence", () => {
    const values = [2, 3, 4, 5].map((k) => bound(k, 0).value);
    const all = [bound(2, 1).value, ...values, EVIDENCE];
    for (let i = 1; i < all.length; i++) expect(all[i]).toBeGreaterThan(all[i - 1]);
    expect(EVIDENCE - values[3]).toBeLessThan(0.4 * (EVIDENCE - all[0]));
  });

  test("fall in alpha, for every draw", () => {
    const alphas = [-2, -0.5, 0, 0.5, 0.98, 1, 1.02, 2, 5];
    const values = step(() =>
      alphas.map((alpha) => {
        const q = new Bernoulli({ logits: LOGITS });
        return renyiBound(q, logTable, { key: key(5), estimator: vimco(), samples: 8, alpha }).bound.item();
      }),
    );
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThan(values[i - 1]);
    expect(values[4] - values[6]).toBeLessThan(0.05 * (values[0] - values[8]));
  });

  test("alpha = 0 is the importance-weighted bound, alpha = 1 the evidence lower bound", () => {
    const [zero, weighted, one, lower] = step(() => {
      const q = new Bernoulli({ logits: LOGITS });
      const options = { key: key(3), estimator: vimco(), samples: 4 };
      return [
        renyiBound(q, logTable, { ...options, alpha: 0 }),
        importanceWeightedBound(q, logTable, options),
        renyiBound(q, logTable, { ...options, alpha: 1 }),
        elbo(q, logTable, { ...options, estimator: disarm() }),
      ].map(({ bound }) => bound.item());
    });
    expect(weighted).toBe(zero);
    expect(lower).toBeCloseTo(one, 6);
  });
});

test("a value for each row, which does not depend on the other rows", () => {
  const run = (logits: number[][], firstRow: number): number[] => {
    const given = parameter([logits.length, 2], logits.flat());
    const values = step(() => {
      const options = { key: key(8), firstRow, samples: 3, prior: new Bernoulli({ logits: 0 }) };
      const lower = elbo(guide(given), logTable, { ...options, estimator: rloo() });
      const more = importanceWeightedBound(guide(given), logTable, { ...options, estimator: vimco() });
      expect(lower.bound.shape).toEqual([logits.length]);
      return [...lower.bound.toArray(), ...more.bound.toArray()];
    });
    given.dispose();
    return values;
  };
  const rows = [
    [0.1, 0.2],
    [-1, 1],
    [2, 0.5],
  ];
  const all = run(rows, 0);
  expect(run(rows.slice(1), 1)).toEqual([all[1], all[2], all[4], all[5]]);
});

test("says what it is a bound of", () => {
  const kinds = step(() => {
    const options = { key: key(1), estimator: scoreFunction() };
    const normal = new Normal({ loc: 0, scale: 1 });
    return [
      elbo(new Bernoulli({ logits: 0.5 }), (z) => new Bernoulli({ logits: 0 }).logProb(z), options),
      elbo(normal, (z) => normal.logProb(z), options),
      elbo({ z: new Bernoulli({ logits: 0.5 }), w: normal }, ({ z, w }) => sumOf(z, w), options),
    ].map((each) => each.of);
  });
  expect(kinds).toEqual(["discrete", "continuous", "discrete"]);
});

const sumOf = (z: Tensor, w: Tensor): Tensor => new Normal({ loc: z, scale: 1 }).logProb(w);
