import { describe, expect, test } from "vitest";
import { Bernoulli, Categorical, Normal, OneHotCategorical } from "../../bindings/distributions/index.ts";
import {
  add,
  log,
  mul,
  parameter,
  reshape,
  slice,
  step,
  sub,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { importance } from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { sigmoid } from "../reference/estimators.ts";

/** Two rows of two bits: log p(x, z) = z·a + coupling z0 z1, each row with its own. */
const A = [
  [0.8, -0.5],
  [-1.2, 0.4],
];
const COUPLING = [1.5, -2];
const LOGITS = [0.5, 0, -0.6, 0.9];
const bits = () => new Bernoulli({ logits: tensor(LOGITS, [2, 2]) });

function logJoint(z: Tensor): Tensor {
  const n = z.shape[0];
  const both = mul(slice(z, { axis: 2, start: 0, end: 1 }), slice(z, { axis: 2, start: 1, end: 2 }));
  return add(sum(mul(z, tensor(A.flat(), [2, 2])), { axis: -1 }), mul(reshape(both, [n, 2]), tensor(COUPLING)));
}

const STATES = [0, 1, 2, 3].map((s) => [s >> 1, s & 1]);
const jointOf = (row: number, [a, b]: number[]): number =>
  Math.exp(a * A[row][0] + b * A[row][1] + COUPLING[row] * a * b);
const evidence = (row: number): number => STATES.reduce((total, state) => total + jointOf(row, state), 0);
const expected = (row: number, f: (z: number[]) => number): number =>
  STATES.reduce((total, state) => total + jointOf(row, state) * f(state), 0) / evidence(row);

const posteriorOf = (seed: number, samples: number, chunk?: number) =>
  importance(bits, logJoint, { key: key(seed), samples, ...(chunk ? { chunk } : {}) });

describe("importance", () => {
  const samples = 20_000;
  const posterior = posteriorOf(1, samples);

  // Weights below 4, so errors of means of bits are below 0.5 * 2 / sqrt(20 000) = 0.007: 0.03 is beyond 4 of them.
  test("marginals and log evidence tend to those of enumeration, row by row", () => {
    const { probs, shape, values } = posterior.marginals();
    expect(shape).toEqual([2, 2, 2]);
    expect(values).toEqual(Float32Array.of(0, 1));
    for (const row of [0, 1])
      for (const v of [0, 1]) {
        const at = 2 * (2 * row + v);
        expect(Math.abs(probs[at + 1] - expected(row, (z) => z[v]))).toBeLessThan(0.02);
        expect(probs[at] + probs[at + 1]).toBeCloseTo(1, 12);
        expect(Math.abs(probs[at + 1] - sigmoid(LOGITS[2 * row + v]))).toBeGreaterThan(0.05); // the guide's are others
      }
    for (const row of [0, 1]) expect(Math.abs(posterior.logMean[row] - Math.log(evidence(row)))).toBeLessThan(0.03);
    expect(posterior.rows).toEqual([2]);
    expect(posterior.verdicts.every((each) => each.startsWith("good"))).toBe(true);
  });

  test("the weights are p / q of each sample", () => {
    const q = (row: number, z: number[]): number =>
      z.reduce((p, each, v) => p * (each ? sigmoid(LOGITS[2 * row + v]) : sigmoid(-LOGITS[2 * row + v])), 1);
    for (const row of [0, 1]) {
      const weight = (i: number) => posterior.weights[2 * i + row];
      const state = (i: number) => Array.from(posterior.points.subarray(4 * i + 2 * row, 4 * i + 2 * row + 2));
      const mean = Math.exp(posterior.logMean[row]);
      for (let i = 0; i < 200; i++)
        expect(weight(i) * samples * mean).toBeCloseTo(jointOf(row, state(i)) / q(row, state(i)), 4);
    }
  });

  test("predictive gives means of functions of rows, with any further dimensions", () => {
    const { mean, shape, standardError } = posterior.predictive((z) => mul(add(z, 1), tensor([1, 10])));
    expect(shape).toEqual([2, 2]);
    for (const row of [0, 1])
      for (const v of [0, 1]) {
        const scale = v ? 10 : 1;
        expect(Math.abs(mean[2 * row + v] - scale * (1 + expected(row, (z) => z[v])))).toBeLessThan(0.03 * scale);
        expect(standardError[2 * row + v]).toBeLessThan(0.01 * scale);
      }
    const alone = posterior.predictive((z) => sum(z, { axis: -1 }));
    expect(alone.shape).toEqual([2]);
    expect(alone.mean[0]).toBeCloseTo(mean[0] - 1 + (mean[1] - 10) / 10, 5);
  });

  // 400 estimates: covered 95 % but for 3.3 standard deviations of 1.1 %, by chance in 1e-3 for another seed.
  test("the standard error is honest", () => {
    const seeds = 400;
    let covered = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const { mean, standardError } = posteriorOf(1000 + seed, 400).predictive((z) => sum(z, { axis: -1 }));
      if (Math.abs(mean[0] - expected(0, ([a, b]) => a + b)) < 1.96 * standardError[0]) covered++;
    }
    expect(covered / seeds).toBeGreaterThan(0.914);
    expect(covered / seeds).toBeLessThan(0.986);
  });

  test("resampling has the law of the posterior; without replacement each point comes once", () => {
    const drawn = posterior.resample(key(5), { samples: 10_000 });
    for (const row of [0, 1])
      for (const [a, b] of STATES) {
        let seen = 0;
        for (let i = 0; i < 10_000; i++) if (drawn[4 * i + 2 * row] === a && drawn[4 * i + 2 * row + 1] === b) seen++;
        // Two errors of 0.005 at most: that of the draws and that of the weights.
        expect(Math.abs(seen / 10_000 - jointOf(row, [a, b]) / evidence(row))).toBeLessThan(0.03);
      }
    const normal = importance(new Normal({ loc: 0, scale: 2 }), (z) => mul(mul(z, z), -0.5), {
      key: key(2),
      samples: 500,
    });
    const once = normal.resample(key(3), { samples: 400, replacement: false });
    expect(new Set(once).size).toBe(400);
    for (const each of once) expect(normal.points).toContain(each);
    expect(new Set(normal.resample(key(3), { samples: 400 })).size).toBeLessThan(400);
    const all = normal.resample(key(3), { samples: 500, replacement: false });
    expect(all.slice().sort()).toEqual(normal.points.slice().sort());
  });

  test("several factors by name, discrete and not, of which some are enumerated", () => {
    const guide = () => ({
      c: new Categorical({ logits: tensor([0, 0.5, -0.5]) }),
      o: new OneHotCategorical({ logits: tensor([0.1, 0.2]) }),
      x: new Normal({ loc: 0.5, scale: 1.5 }),
    });
    // c and o decide the mean of x: log p = -(x - m)² / 2, m = c + 2 o1; 3 * 2 states, each as probable as the others.
    const joint = ({ c, o, x }: { c: Tensor; o: Tensor; x: Tensor }): Tensor => {
      const n = c.shape[0];
      const second = reshape(slice(o, { axis: 1, start: 1, end: 2 }), [n]);
      const miss = sub(x, add(c, mul(second, 2)));
      return add(mul(mul(miss, miss), -0.5), mul(c, 0.7));
    };
    const found = importance(guide, joint, { key: key(4), samples: 20_000 });
    const { c, o, x } = found.marginals();
    expect(x).toBeUndefined();
    expect(Object.keys(found.points)).toEqual(["c", "o", "x"]);
    expect([c?.shape, o?.shape]).toEqual([[3], [2]]);
    const total = [0, 1, 2].reduce((t, each) => t + Math.exp(0.7 * each), 0);
    for (const each of [0, 1, 2])
      expect(Math.abs((c?.probs[each] ?? 0) - Math.exp(0.7 * each) / total)).toBeLessThan(0.05);
    expect(Math.abs((o?.probs[1] ?? 0) - 0.5)).toBeLessThan(0.05);
    const { mean, standardError } = found.predictive(({ x: of }) => of);
    const exact = [0, 1, 2].reduce((t, each) => t + (Math.exp(0.7 * each) / total) * (each + 1), 0);
    expect(Math.abs(mean[0] - exact)).toBeLessThan(4 * standardError[0]);
    const drawn = found.resample(key(6), { samples: 7 });
    expect([drawn.c.length, drawn.o.length, drawn.x.length]).toEqual([7, 14, 7]);
  });

  test("a sample that cannot be has no weight, and is nowhere looked at", () => {
    const only = importance(new Bernoulli({ logits: 0 }), (z) => log(z), { key: key(1), samples: 100 });
    expect(Array.from(only.marginals().probs)).toEqual([0, expect.closeTo(1, 12)]);
    expect(only.predictive((z) => log(z)).mean[0]).toBe(0);
    expect(new Set(only.resample(key(2), { samples: 200 }))).toEqual(new Set([1]));
    expect(() => only.resample(key(2), { samples: 100, replacement: false })).toThrow(
      /samples: expected an integer from 1/,
    );
  });

  test("same key, same bits, whatever the chunk; parameters may change in between", () => {
    const logits = parameter([2, 2], Float32Array.from(LOGITS));
    const of = (chunk: number) => importance(new Bernoulli({ logits }), logJoint, { key: key(9), samples: 500, chunk });
    const [a, b] = [of(1024), of(7)];
    const f = (z: Tensor): Tensor => sum(z, { axis: -1 });
    for (const name of ["points", "weights", "k", "logMean"] as const) expect(b[name]).toEqual(a[name]);
    expect(b.predictive(f)).toEqual(a.predictive(f));
    expect(b.resample(key(1), { samples: 9 })).toEqual(a.resample(key(1), { samples: 9 }));
    const law = (chunk: number) =>
      importance(
        () => ({
          c: new Categorical({ logits: tensor([0, 1, 2, 0, 0, 1], [2, 3]) }),
          o: new OneHotCategorical({ logits: tensor([0, 1, 2, 0, 0, 1], [2, 3]) }),
          x: new Normal({ loc: tensor([0, 1]), scale: 1 }),
        }),
        ({ c, x }) => mul(c, x),
        { key: key(3), samples: 50, chunk },
      );
    expect(law(8).points).toEqual(law(64).points);
    expect(law(8).weights).toEqual(law(64).weights);
    logits.dispose();
  });

  test("bad input is refused by its name", () => {
    const q = new Bernoulli({ logits: LAW });
    const given = { key: key(1), samples: 10 };
    const of =
      (f: unknown, options: unknown = given) =>
      () =>
        importance(q, f as never, options as never);
    expect(of((z: Tensor) => sum(z))).toThrow("logJoint: expected [10, ...rows]");
    expect(of((z: Tensor) => reshape(z, [10, 3, 1]))).toThrow("logJoint: expected [10, ...rows]");
    expect(of((z: Tensor) => log(sub(z, 2)))).toThrow(/logJoint: expected numbers below Infinity, got NaN for point 0/);
    expect(of((z: Tensor) => mul(add(z, 1), 3e38))).toThrow(/logJoint/);
    expect(of(() => 3)).toThrow("logJoint: expected a function that gives a tensor");
    expect(of(3)).toThrow("logJoint: expected a function of points");
    expect(of((z: Tensor) => z, { key: key(1), samples: 0 })).toThrow("samples");
    expect(of((z: Tensor) => z, { samples: 3 })).toThrow("key");
    expect(of((z: Tensor) => z, { ...given, rows: 1 })).toThrow("no options but");
    const found = importance(q, (z) => z, given);
    expect(() => found.predictive((z) => sum(z))).toThrow("f: expected [10, 3, ...]");
    expect(() => found.predictive((z) => log(sub(z, 1)))).toThrow(/f: expected finite numbers/);
    expect(() => found.predictive(3 as never)).toThrow("f: expected a function");
    const continuous = importance(new Normal({ loc: 0, scale: 1 }), (z) => z, given);
    expect(() => continuous.marginals()).toThrow("a guide of discrete variables");
    expect(() => step(() => importance(q, (z) => z, given))).toThrow("outside of any other step");
  });
});

const LAW = [0, 0.5, 1];
