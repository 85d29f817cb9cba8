import { expect, test } from "vitest";
import { Bernoulli, Normal, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { mul, parameter, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import {
  evidence,
  fit as fitting,
  guide,
  meanField,
  model,
  posterior,
  type VariableMarginals,
} from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { logNormalPdf, logSigmoid, logSoftmax, logSumExp, parts, sumOf } from "./fit-oracle.ts";
import { product } from "./given.ts";

// Two bits of each row, both of which a datum is seen through: they depend on each other given it, and a mean-field guide has a gap.
const X = [-0.4, 0.9, 1.6, 2.3, 0.1];
const ODDS = [0.4, -0.6];
const WEIGHTS = [1, 1.2];
const STATES = [0, 1, 2, 3].map((i) => [i >> 1, i & 1]);
const data = { x: X };
const pair = model((p, { x }: { x: Tensor }) => {
  const b = p.local("b", new Bernoulli({ logits: tensor(ODDS, [1, 2]) }));
  p.observe("x", new Normal({ loc: sum(mul(b, tensor(WEIGHTS)), { axis: -1 }), scale: 0.5 }), x);
});
const logJoint = (b: readonly number[], x: number): number =>
  sumOf(b.map((on, j) => logSigmoid(on ? ODDS[j] : -ODDS[j]))) +
  logNormalPdf(x, sumOf(b.map((on, j) => on * WEIGHTS[j])), 0.5);
const EXACT = sumOf(X.map((x) => logSumExp(STATES.map((b) => logJoint(b, x)))));

const fitted = async () => {
  const q = meanField(pair, data, { key: key(3) });
  await fitting(pair, q, data, {
    key: key(1),
    steps: 400,
    optimizer: undefined as never,
    schedule: { rate: 0.05 },
  }).run();
  return q;
};

test("the bound of a fitted guide is below the evidence, and grows to it with samples together; marginals become exact", async () => {
  const q = await fitted();
  const bounds = [];
  for (const together of [1, 4, 16, 64])
    bounds.push(await evidence(pair, q, data, { key: key(2), samples: 800, together }));
  for (const { value, standardError, of } of bounds) {
    expect(of).toBe("discrete");
    expect(standardError).toBeGreaterThan(0);
    // 4.5 standard errors: a false alarm in 10^5 choices of keys.
    expect(value).toBeLessThan(EXACT + 4.5 * standardError);
  }
  const gaps = bounds.map(({ value }) => EXACT - value);
  expect(gaps[0]).toBeGreaterThan(0.1);
  for (let i = 1; i < 4; i++) expect(gaps[i]).toBeLessThan(0.8 * gaps[i - 1]);

  // Exactly, of one sample and of four, over all of their values.
  const odds = parts([...Object.values(q.parameters)[0].toArray()], 2);
  for (const [i, together] of [1, 4].entries()) {
    const exact = sumOf(
      X.map((x, row) => {
        const logQ = STATES.map((b) => sumOf(b.map((on, j) => logSigmoid(on ? odds[row][j] : -odds[row][j]))));
        const logW = STATES.map((b, s) => logJoint(b, x) - logQ[s]);
        const tuples = product(Array.from({ length: together }, () => [0, 1, 2, 3]));
        return sumOf(
          tuples.map((states) => {
            const weight = Math.exp(sumOf(states.map((s) => logQ[s])));
            return weight * (logSumExp(states.map((s) => logW[s])) - Math.log(together));
          }),
        );
      }),
    );
    expect(Math.abs(bounds[i].value - exact)).toBeLessThan(4.5 * bounds[i].standardError);
  }

  const weighted = posterior(pair, q, data, { key: key(4), samples: 20_000 });
  const { shape, probs, values } = (weighted.marginals() as Record<string, VariableMarginals>).b;
  expect([shape, [...values]]).toEqual([
    [X.length, 2, 2],
    [0, 1],
  ]);
  for (const [i, x] of X.entries())
    for (const j of [0, 1]) {
      const on = logSumExp(STATES.filter((b) => b[j] === 1).map((b) => logJoint(b, x)));
      const all = logSumExp(STATES.map((b) => logJoint(b, x)));
      expect(Math.abs(probs[2 * (2 * i + j) + 1] - Math.exp(on - all))).toBeLessThan(0.02);
    }
  // log mean w of each row is its evidence.
  expect(Math.abs(sumOf([...weighted.logMean]) - EXACT)).toBeLessThan(0.05);
});

test("with chunks, the same noise, and the same value to rounding; nothing is changed", async () => {
  const q = meanField(pair, data, { key: key(3) });
  const before = Object.values(q.parameters).map((p) => [...p.toArray()]);
  const options = { key: key(2), samples: 5, together: 3 };
  const whole = await evidence(pair, q, data, options);
  const cut = await evidence(pair, q, data, { ...options, chunk: 2 });
  expect(cut.value).toBeCloseTo(whole.value, 5);
  expect(await evidence(pair, q, data, options)).toEqual(whole);
  expect(Object.values(q.parameters).map((p) => [...p.toArray()])).toEqual(before);
});

test("where the family contains the posterior, the bound of the fitted guide is the evidence, without error", async () => {
  const mixture = model((p, { x }: { x: Tensor }) => {
    const z = p.local("z", new OneHotCategorical({ logits: [0.4, -0.2, 0.1] }));
    p.observe("x", new Normal({ loc: sum(mul(z, tensor([-1, 0.5, 2])), { axis: -1 }), scale: 0.8 }), x);
  });
  const logJoints = X.map((x) => logSoftmax([0.4, -0.2, 0.1]).map((l, k) => l + logNormalPdf(x, [-1, 0.5, 2][k], 0.8)));
  const exact = sumOf(logJoints.map(logSumExp));
  const q = meanField(mixture, data, { key: key(1) });
  await fitting(mixture, q, data, { key: key(1), steps: 1500, schedule: { rate: 0.03 } }).run();
  const { value, standardError } = await evidence(mixture, q, data, { key: key(2), samples: 50 });
  expect(Math.abs(value - exact)).toBeLessThan(1e-3);
  expect(standardError).toBeLessThan(1e-3);
  const odds = parts([...q.parameters["z.logits"].toArray()], 3);
  for (const [i, row] of odds.entries())
    for (const [k, l] of logSoftmax(row).entries())
      expect(Math.abs(Math.exp(l) - Math.exp(logJoints[i][k] - logSumExp(logJoints[i])))).toBeLessThan(0.005);
});

test("latents of all: one set of weights, and a predictive mean", () => {
  // mu ~ N(0, 1), x_i ~ N(mu, 1): the posterior is N(sum x / (n + 1), 1 / (n + 1)).
  const m = model((p, { x }: { x: Tensor }) => {
    const mu = p.latent("mu", new Normal({ loc: 0, scale: 1 }));
    p.observe("x", new Normal({ loc: p.perRow(mu), scale: 1 }), x);
  });
  const wide = guide(() => ({ mu: new Normal({ loc: 0.5, scale: 0.8 }) }), { parameters: { unused: parameter([]) } });
  const weighted = posterior(m, wide, data, { key: key(1), samples: 20_000 });
  const n = X.length + 1;
  const { mean, standardError } = weighted.predictive(((z: { mu: Tensor }) => z.mu) as never);
  expect(mean).toHaveLength(1);
  expect(Math.abs(mean[0] - sumOf(X) / n)).toBeLessThan(4.5 * standardError[0]);
  expect(standardError[0]).toBeLessThan(0.01);
  const at0 = sumOf(X.map((x) => logNormalPdf(x, 0, 1))) + logNormalPdf(0, 0, 1);
  const exact = at0 - logNormalPdf(0, sumOf(X) / n, Math.sqrt(1 / n));
  expect(Math.abs(weighted.logMean[0] - exact)).toBeLessThan(0.05);
});
