import { afterEach, describe, expect, test } from "vitest";
import { Bernoulli, LogNormal, Normal, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { add, exp, matmul, mul, parameter, reshape, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { meanField, rloo } from "../../bindings/inference/index.ts";
import type { BatchOf } from "../../bindings/inference/model/table.ts";
import { key } from "../../bindings/random/index.ts";
import {
  atDraws,
  Bench,
  type Case,
  klNormal,
  logNormalPdf,
  logSigmoid,
  logSoftmax,
  type Naive,
  type Numbers,
  near,
  overAll,
  parts,
  sameGradients,
  slopesOf,
  sumOf,
} from "./fit-oracle.ts";

// What fit maximizes against naive float64 bounds. The gradient is the slope of the mean over all values of what is discrete, at the
// noise of what is continuous, eps = (z - loc) / scale, known because the points that a model is run at are written down. The value is
// that at the hard draws. Divergences are exact where the library has them in closed form.

const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
});
function bench<B extends BatchOf<B>>(given: Case<B>): Bench<B> {
  const made = new Bench(given);
  open.push(made);
  return made;
}

type Bound = (at: Numbers, how: Naive, start: Numbers) => number;

/** @param hot latents that are one-hot */
function check(
  made: Pick<Bench<{ x: Tensor }>, "at" | "drawn" | "numbers">,
  bound: Bound,
  hot: readonly string[] = [],
): void {
  const start = made.numbers;
  for (const seed of [1, 2]) {
    const found = made.at(key(seed));
    const drawn = made.drawn(key(seed));
    expect(found.value).toBe(drawn.value);
    near([drawn.value], [bound(start, atDraws(drawn.points, hot), start)]);
    sameGradients(
      found.gradient,
      slopesOf((at) => bound(at, overAll(found.points), start), start),
    );
  }
}

/** The noise behind a point, at the parameters at which it was drawn, and the point that it gives at others. */
const normalAt = (name: string, at: Numbers, start: Numbers, z: readonly number[], i: number): number => {
  const [loc, logScale] = [`${name}.loc`, `${name}.logScale`];
  const eps = (z[i] - start[loc][i]) / Math.exp(start[logScale][i]);
  return at[loc][i] + Math.exp(at[logScale][i]) * eps;
};
const bits = (odds: number): number[] => [logSigmoid(-odds), logSigmoid(odds)];
const kl = (logQ: readonly number[], logP: readonly number[]): number =>
  sumOf(logQ.map((l, k) => Math.exp(l) * (l - logP[k])));

const X = [-1.3, 0.4, 2.2, 0.9];
const spread = (seed: number) => ({ key: key(seed), spread: 0.7 });

describe("latents of rows", () => {
  test.each([[X], [[0.7]], [[0.7, -0.7, 0.1]]])("a mixture of %j", (x) => {
    const parameters = { logits: parameter([3], [0.2, -0.4, 0.1]), means: parameter([3], [-1, 0.5, 2]) };
    const made = bench({
      density: (p, { x }: { x: Tensor }) => {
        const z = p.local("z", new OneHotCategorical({ logits: parameters.logits }));
        p.observe("x", new Normal({ loc: sum(mul(z, parameters.means), { axis: -1 }), scale: 0.8 }), x);
      },
      parameters,
      data: { x },
      guide: (m) => meanField(m, { x }, spread(3)),
    });
    expect(Object.keys(made.parameters)).toEqual(["logits", "means", "z.logits"]);
    check(
      made,
      ({ logits, means, "z.logits": q }, { mean }) =>
        sumOf(
          parts(q, 3).map((row, i) => {
            const logQ = logSoftmax(row);
            return mean("z", i, logQ, (k) => logNormalPdf(x[i], means[k], 0.8)) - kl(logQ, logSoftmax(logits));
          }),
        ),
      ["z"],
    );
    expect(made.at()).toMatchObject({ of: "discrete", kl: "analytic" });
  });

  test("bits whose prior depends on a category of the row", () => {
    const parameters = { prior: parameter([2, 2], [0.3, -0.8, 1.1, 0.4]) };
    const data = { x: X };
    const made = bench({
      density: (p, { x }: { x: Tensor }) => {
        const z = p.local("z", new OneHotCategorical({ logits: [0.5, -0.2] }));
        // Log-odds of two bits, [points, rows, 2], by the category.
        const odds = matmul(reshape(z, [p.points * p.rows, 2]), parameters.prior);
        const b = p.local("b", new Bernoulli({ logits: reshape(odds, [p.points, p.rows, 2]) }));
        p.observe("x", new Normal({ loc: sum(mul(b, tensor([1.5, -0.7])), { axis: -1 }), scale: 1 }), x);
      },
      parameters,
      data,
      guide: (m) => meanField(m, data, spread(5)),
    });
    expect(made.parameters["b.logits"].shape).toEqual([4, 2]);
    check(
      made,
      ({ prior, "z.logits": q, "b.logits": odds }, { mean }) =>
        sumOf(
          X.map((x, i) => {
            const logZ = logSoftmax(parts(q, 2)[i]);
            const logB = parts(odds, 2)[i].map(bits);
            const given = (z: number): number => {
              const divergence = sumOf(logB.map((logQ, j) => kl(logQ, bits(prior[2 * z + j]))));
              const fit = mean("b", 2 * i, logB[0], (a) =>
                mean("b", 2 * i + 1, logB[1], (b) => logNormalPdf(x, 1.5 * a - 0.7 * b, 1)),
              );
              return fit - divergence;
            };
            return mean("z", i, logZ, given) - kl(logZ, logSoftmax([0.5, -0.2]));
          }),
        ),
      ["z"],
    );
  });

  test("a category beside a number of each row", () => {
    const parameters = { means: parameter([2], [-1, 1.5]) };
    const data = { x: X };
    const made = bench({
      density: (p, { x }: { x: Tensor }) => {
        const h = p.local("h", new Normal({ loc: 0.3, scale: 1.2 }));
        const z = p.local("z", new OneHotCategorical({ logits: [0.5, -0.2] }));
        p.observe("x", new Normal({ loc: add(h, sum(mul(z, parameters.means), { axis: -1 })), scale: 0.6 }), x);
      },
      parameters,
      data,
      guide: (m) => meanField(m, data, spread(6)),
    });
    expect(made.at().of).toBe("discrete");
    check(
      made,
      (at, { mean, z }, start) =>
        sumOf(
          X.map((x, i) => {
            const logQ = logSoftmax(parts(at["z.logits"], 2)[i]);
            const h = normalAt("h", at, start, z("h"), i);
            const fit = mean("z", i, logQ, (k) => logNormalPdf(x, h + at.means[k], 0.6));
            return (
              fit -
              kl(logQ, logSoftmax([0.5, -0.2])) -
              klNormal(at["h.loc"][i], Math.exp(at["h.logScale"][i]), 0.3, 1.2)
            );
          }),
        ),
      ["z"],
    );
  });
});

describe("latents of all of the data", () => {
  // Columns of a regression, and which of them count.
  const design = [
    [1, 0.5, -0.3],
    [-0.2, 1.4, 0.8],
    [0.7, -0.9, 1.1],
    [-1.5, 0.3, 0.2],
  ];
  const y = [0.9, 0.2, -0.4, -1.1];
  const weights = [0.8, -0.5, 0.6];

  test.each([[4], [1]])("bits, of %i rows", (rows) => {
    const data = { a: design.slice(0, rows), y: y.slice(0, rows) };
    const parameters = { prior: parameter([], [-0.4]), w: parameter([3], weights) };
    const made = bench({
      density: (p, { a, y }: { a: Tensor; y: Tensor }) => {
        const s = p.latent("s", new Bernoulli({ logits: mul(parameters.prior, tensor([1, 1, 1])) }));
        p.observe("y", new Normal({ loc: sum(mul(mul(p.perRow(s), parameters.w), a), { axis: -1 }), scale: 0.7 }), y);
      },
      parameters,
      data,
      guide: (m) => meanField(m, data, spread(7)),
    });
    expect(made.parameters["s.logits"].shape).toEqual([3]);
    check(made, ({ prior, w, "s.logits": odds }, { mean }) => {
      const logQ = odds.map(bits);
      const over = (s: readonly number[]): number =>
        s.length < 3
          ? mean("s", s.length, logQ[s.length], (next) => over([...s, next]))
          : sumOf(data.y.map((y, i) => logNormalPdf(y, sumOf(s.map((on, j) => on * w[j] * data.a[i][j])), 0.7)));
      return over([]) - sumOf(logQ.map((each) => kl(each, bits(prior[0]))));
    });
  });

  test("a model without data", () => {
    const parameters = { pull: parameter([2], [0.7, -0.3]) };
    const made = bench({
      density: (p) => {
        const s = p.latent("s", new Bernoulli({ logits: [0.2, -0.6] }));
        const mu = p.latent("mu", new Normal({ loc: 0, scale: 1 }));
        // [points] of two bits and a number.
        p.factor("pull", mul(mu, sum(mul(s, parameters.pull), { axis: -1 })));
      },
      parameters,
      data: undefined,
      guide: (m) => meanField(m, undefined, spread(2)),
    });
    check(made, (at, { mean, z }, start) => {
      const logQ = at["s.logits"].map(bits);
      const mu = normalAt("mu", at, start, z("mu"), 0);
      const fit = mean("s", 0, logQ[0], (a) => mean("s", 1, logQ[1], (b) => mu * (at.pull[0] * a + at.pull[1] * b)));
      const divergence = kl(logQ[0], bits(0.2)) + kl(logQ[1], bits(-0.6));
      return fit - divergence - klNormal(at["mu.loc"][0], Math.exp(at["mu.logScale"][0]), 0, 1);
    });
  });
});

describe("latents of rows given latents of all", () => {
  test("numbers of all: a mixture with uncertain means and scale", () => {
    const data = { x: X };
    const made = bench({
      density: (p, { x }: { x: Tensor }) => {
        const mu = p.latent("mu", new Normal({ loc: [-1, 1], scale: 2 }));
        const s = p.latent("s", new LogNormal({ loc: 0.1, scale: 0.5 }));
        const z = p.local("z", new OneHotCategorical({ logits: [0.5, -0.2] }));
        p.observe("x", new Normal({ loc: sum(mul(z, p.perRow(mu)), { axis: -1 }), scale: p.perRow(s) }), x);
      },
      data,
      guide: (m) => meanField(m, data, spread(8)),
    });
    expect(Object.keys(made.parameters)).toEqual(["mu.loc", "mu.logScale", "s.loc", "s.logScale", "z.logits"]);
    check(
      made,
      (at, { mean, z }, start) => {
        const mu = [0, 1].map((j) => normalAt("mu", at, start, z("mu"), j));
        const s = Math.exp(normalAt("s", at, start, z("s").map(Math.log), 0));
        const rows = sumOf(
          X.map((x, i) => {
            const logQ = logSoftmax(parts(at["z.logits"], 2)[i]);
            return mean("z", i, logQ, (k) => logNormalPdf(x, mu[k], s)) - kl(logQ, logSoftmax([0.5, -0.2]));
          }),
        );
        const ofMu = sumOf([-1, 1].map((loc, j) => klNormal(at["mu.loc"][j], Math.exp(at["mu.logScale"][j]), loc, 2)));
        return rows - ofMu - klNormal(at["s.loc"][0], Math.exp(at["s.logScale"][0]), 0.1, 0.5);
      },
      ["z"],
    );
  });

  test("a category of all, on which the law of each row's bit depends", () => {
    const data = { x: X };
    const parameters = { odds: parameter([3], [-0.5, 0.7, 1.4]) };
    const made = bench({
      density: (p, { x }: { x: Tensor }) => {
        const g = p.latent("g", new OneHotCategorical({ logits: [0.1, 0.6, -0.4] }));
        const odds = p.perRow(sum(mul(g, parameters.odds), { axis: -1 }));
        const b = p.local("b", new Bernoulli({ logits: odds }));
        p.observe("x", new Normal({ loc: mul(2, b), scale: 1 }), x);
      },
      parameters,
      data,
      guide: (m) => meanField(m, data, spread(9)),
    });
    const bound: Bound = (at, { mean }) => {
      const logG = logSoftmax(at["g.logits"]);
      const given = (g: number): number =>
        sumOf(
          X.map((x, i) => {
            const logB = bits(at["b.logits"][i]);
            return mean("b", i, logB, (b) => logNormalPdf(x, 2 * b, 1)) - kl(logB, bits(at.odds[g]));
          }),
        );
      return mean("g", 0, logG, given) - kl(logG, logSoftmax([0.1, 0.6, -0.4]));
    };
    const start = made.numbers;
    for (const seed of [1, 2, 3]) {
      const drawn = made.drawn(key(seed));
      near([drawn.value], [bound(start, atDraws(drawn.points, ["g"]), start)]);
      const { gradient, points } = made.at(key(seed));
      const { "g.logits": _, ...rest } = slopesOf((at) => bound(at, overAll(points), start), start);
      const { "g.logits": received, ...others } = gradient;
      sameGradients(others, rest);
      // The value of a category is that of the bits drawn under it, those of the drawn category before those of each.
      const draws = points.b.filter(({ length }) => length === X.length).slice(1);
      expect(draws).toHaveLength(3);
      const costs = draws.map((b) => sumOf(X.map((x, i) => logNormalPdf(x, 2 * b[i], 1))));
      const sampled = slopesOf(
        ({ "g.logits": l }) => {
          const logG = logSoftmax(l);
          const ofBits = (g: number): number =>
            sumOf(start["b.logits"].map((odds) => kl(bits(odds), bits(start.odds[g]))));
          return (
            sumOf(logG.map((each, g) => Math.exp(each) * (costs[g] - ofBits(g)))) -
            kl(logG, logSoftmax([0.1, 0.6, -0.4]))
          );
        },
        { "g.logits": start["g.logits"] },
      );
      near(received, sampled["g.logits"]);
    }
  });

  test("that category, given its bits: the gradient has the mean of all draws", () => {
    // 3 categories × 2^2 bits; of 500 keys. Five means within 4.5 standard errors each: a false alarm in 3 of 10^5 choices of keys.
    const data = { x: [-0.4, 1.6] };
    const made = bench({
      density: (p, { x }: { x: Tensor }) => {
        const g = p.latent("g", new OneHotCategorical({ logits: [0.1, 0.6, -0.4] }));
        const b = p.local("b", new Bernoulli({ logits: p.perRow(sum(mul(g, tensor([-1, 0.7, 2])), { axis: -1 })) }));
        p.observe("x", new Normal({ loc: mul(2, b), scale: 1 }), x);
      },
      data,
      guide: (m) => meanField(m, data, spread(9)),
      options: { estimator: rloo() },
    });
    const exact = slopesOf((at) => {
      const logG = logSoftmax(at["g.logits"]);
      const logB = at["b.logits"].map(bits);
      const given = (g: number): number =>
        sumOf(
          logB.map(
            (each, i) =>
              sumOf(each.map((l, b) => Math.exp(l) * logNormalPdf(data.x[i], 2 * b, 1))) -
              kl(each, bits([-1, 0.7, 2][g])),
          ),
        );
      return sumOf(logG.map((l, g) => Math.exp(l) * given(g))) - kl(logG, logSoftmax([0.1, 0.6, -0.4]));
    }, made.numbers);
    const n = 500;
    const samples = Array.from({ length: n }, (_, i) => made.at(key(i)).gradient);
    for (const [name, each] of Object.entries(exact))
      for (const [j, expected] of each.entries()) {
        const values = samples.map((gradient) => gradient[name][j]);
        const mean = sumOf(values) / n;
        const error = Math.sqrt(sumOf(values.map((x) => (x - mean) ** 2)) / (n - 1) / n);
        expect(Math.abs(mean - expected) / error, `${name}[${j}]`).toBeLessThan(4.5);
      }
  });

  test("three levels: numbers of all, a number of each row given them, a bit given that", () => {
    const data = { x: X };
    const made = bench({
      density: (p, { x }: { x: Tensor }) => {
        const mu = p.latent("mu", new Normal({ loc: 0, scale: 1 }));
        const s = p.latent("s", new Normal({ loc: mul(0.5, mu), scale: 0.7 }));
        const theta = p.local("theta", new Normal({ loc: p.perRow(mu), scale: exp(p.perRow(s)) }));
        const b = p.local("b", new Bernoulli({ logits: theta }));
        p.observe("x", new Normal({ loc: add(theta, mul(-1.2, b)), scale: 0.9 }), x);
      },
      data,
      guide: (m) => meanField(m, data, spread(10)),
    });
    check(made, (at, { mean, z }, start) => {
      const [mu, s] = ["mu", "s"].map((name) => normalAt(name, at, start, z(name), 0));
      const ofAll =
        klNormal(at["mu.loc"][0], Math.exp(at["mu.logScale"][0]), 0, 1) +
        klNormal(at["s.loc"][0], Math.exp(at["s.logScale"][0]), 0.5 * mu, 0.7);
      const rows = X.map((x, i) => {
        const theta = normalAt("theta", at, start, z("theta"), i);
        const logB = bits(at["b.logits"][i]);
        const fit = mean("b", i, logB, (b) => logNormalPdf(x, theta - 1.2 * b, 0.9));
        const [loc, logScale] = [at["theta.loc"][i], at["theta.logScale"][i]];
        return fit - kl(logB, bits(theta)) - klNormal(loc, Math.exp(logScale), mu, Math.exp(s));
      });
      return sumOf(rows) - ofAll;
    });
  });
});
