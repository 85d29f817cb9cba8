import { afterEach, describe, expect, test } from "vitest";
import { Bernoulli, Normal, OneHotCategorical } from "../../bindings/distributions/index.ts";
import { mul, parameter, sum, type Tensor } from "../../bindings/graph/index.ts";
import {
  evidence,
  type FitBound,
  type FitOptions,
  fit as fitting,
  guide,
  meanField,
  model,
  modelBound,
  type Scope,
} from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import {
  Bench,
  logNormalPdf,
  logSoftmax,
  logSumExp,
  type Numbers,
  near,
  parts,
  sameGradients,
  slopesOf,
  sumOf,
} from "./fit-oracle.ts";

const open: { dispose(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
});

const X = [-1.3, 0.4, 2.2];
const K = 3;

/** A number h for each row, or one of all, seen by a h; the guide is mean-field. */
function numbers(kind: "local" | "latent", options: Partial<FitOptions>) {
  const parameters = { a: parameter([], [1.3]) };
  const data = { x: X };
  const made = new Bench({
    density: (p, { x }: { x: Tensor }) => {
      const h = p[kind]("h", new Normal({ loc: 0.3, scale: 1.2 }));
      p.observe("x", new Normal({ loc: mul(parameters.a, kind === "latent" ? p.perRow(h) : h), scale: 0.6 }), x);
    },
    parameters,
    data,
    guide: (m) => meanField(m, data, { key: key(6), spread: 0.7 }),
    options: { samples: K, ...options },
  });
  open.push(made);
  return made;
}

/** log w of point k, [rows] or [one], at parameters, with those of q apart from those of the path. */
function weights(kind: "local" | "latent", h: readonly number[], start: Numbers, k: number) {
  const n = kind === "local" ? X.length : 1;
  return (path: Numbers, q: Numbers = path): number[] =>
    Array.from({ length: n }, (_, i) => {
      const eps = (h[k * n + i] - start["h.loc"][i]) / Math.exp(start["h.logScale"][i]);
      const z = path["h.loc"][i] + Math.exp(path["h.logScale"][i]) * eps;
      const seen = (x: number): number => logNormalPdf(x, path.a[0] * z, 0.6);
      const fits = kind === "local" ? seen(X[i]) : sumOf(X.map(seen));
      return fits + logNormalPdf(z, 0.3, 1.2) - logNormalPdf(z, q["h.loc"][i], Math.exp(q["h.logScale"][i]));
    });
}
const transpose = (x: readonly (readonly number[])[]): number[][] => x[0].map((_, i) => x.map((row) => row[i]));
/** All K points of a row side by side, whether they come from one run or one each. */
const pointsOf = (runs: readonly (readonly number[])[]): readonly number[] => runs.flat();

describe.each(["local", "latent"] as const)("numbers, %s, of three samples", (kind) => {
  const rowsOf = (h: readonly number[], start: Numbers) => {
    const each = Array.from({ length: K }, (_, k) => weights(kind, h, start, k));
    return (at: Numbers, q: Numbers = at): number[][] => transpose(each.map((f) => f(at, q)));
  };
  const mean = (w: readonly number[]): number => sumOf(w) / w.length;
  const renyi = (alpha: number) => (w: readonly number[]) =>
    (logSumExp(w.map((each) => (1 - alpha) * each)) - Math.log(w.length)) / (1 - alpha);

  test.each<[string, FitBound, (w: readonly number[]) => number]>([
    ["importance-weighted", { type: "importanceWeighted" }, renyi(0)],
    ["Rényi, 1/2", { type: "renyi", alpha: 0.5 }, renyi(0.5)],
    ["Rényi, -1", { type: "renyi", alpha: -1 }, renyi(-1)],
    ["Rényi, 1", { type: "renyi", alpha: 1 }, mean],
  ])("%s: value and gradient at the noise", (_, bound, of) => {
    const made = numbers(kind, { bound });
    const start = made.numbers;
    const { value, gradient, points, kl, of: what } = made.at(key(3));
    const rows = rowsOf(pointsOf(points.h), start);
    const naive = (at: Numbers): number => sumOf(rows(at).map(of));
    expect([kl, what]).toEqual(["sampled", "continuous"]);
    near([value], [naive(start)]);
    sameGradients(gradient, slopesOf(naive, start));
  });

  test("sticking the landing: q's own parameters are constants", () => {
    const made = numbers(kind, { bound: { type: "stickingTheLanding" } });
    const start = made.numbers;
    const { value, gradient, points, kl } = made.at(key(4));
    const rows = rowsOf(pointsOf(points.h), start);
    expect(kl).toBe("sampled");
    near([value], [sumOf(rows(start).map(mean))]);
    sameGradients(
      gradient,
      slopesOf((at) => sumOf(rows(at, start).map(mean)), start),
    );
  });

  test("doubly reparameterized: what comes through a point counts by the square of its share", () => {
    const made = numbers(kind, { bound: { type: "importanceWeighted", gradient: "doublyReparameterized" } });
    const start = made.numbers;
    const { value, gradient, points } = made.at(key(5));
    const rows = rowsOf(pointsOf(points.h), start);
    near([value], [sumOf(rows(start).map(renyi(0)))]);
    const shares = rows(start).map((w) => w.map((each) => Math.exp(each - logSumExp(w))));
    const by = (power: number) =>
      slopesOf(
        (at) => sumOf(rows(at, start).map((w, i) => sumOf(w.map((each, k) => shares[i][k] ** power * each)))),
        start,
      );
    sameGradients(gradient, { ...by(2), a: by(1).a });
  });

  test("a temperature multiplies log q", () => {
    const made = numbers(kind, {});
    const start = made.numbers;
    const { value, gradient, points, kl } = made.at(key(4), { temperature: 0.3 });
    const h = pointsOf(points.h);
    const n = kind === "local" ? X.length : 1;
    const logQ = (at: Numbers, z: number, i: number): number =>
      logNormalPdf(z, at["h.loc"][i], Math.exp(at["h.logScale"][i]));
    // 0.7 log q are added again, at the point.
    const naive = (at: Numbers): number =>
      sumOf(rowsOf(h, start)(at).map(mean)) +
      0.7 *
        sumOf(
          h.map((each, j) => {
            const i = j % n;
            const eps = (each - start["h.loc"][i]) / Math.exp(start["h.logScale"][i]);
            return logQ(at, at["h.loc"][i] + Math.exp(at["h.logScale"][i]) * eps, i) / K;
          }),
        );
    expect(kl).toBe("sampled");
    near([value], [naive(start)]);
    sameGradients(gradient, slopesOf(naive, start));
  });
});

describe.each(["local", "latent"] as const)("categories, %s", (kind) => {
  const PRIOR = [0.5, -0.2];
  const bench = (options: Partial<FitOptions>) => {
    const parameters = { means: parameter([2], [-1, 1.5]) };
    const data = { x: X };
    const made = new Bench({
      density: (p, { x }: { x: Tensor }) => {
        const z = p[kind]("z", new OneHotCategorical({ logits: PRIOR }));
        const loc = sum(mul(z, parameters.means), { axis: -1 });
        p.observe("x", new Normal({ loc: kind === "latent" ? p.perRow(loc) : loc, scale: 0.9 }), x);
      },
      parameters,
      data,
      guide: (m) => meanField(m, data, { key: key(6), spread: 0.7 }),
      options,
    });
    open.push(made);
    return made;
  };
  const n = kind === "local" ? X.length : 1;
  const seen = (means: readonly number[], k: number, i: number): number =>
    kind === "local" ? logNormalPdf(X[i], means[k], 0.9) : sumOf(X.map((x) => logNormalPdf(x, means[k], 0.9)));
  const logWeight = ({ means, "z.logits": q }: Numbers, k: number, i: number): number =>
    seen(means, k, i) + logSoftmax(PRIOR)[k] - logSoftmax(parts(q, 2)[i])[k];

  test("VIMCO, the default: the bound of the points together, and its gradient by the leave-one-out rule", () => {
    const made = bench({ bound: { type: "importanceWeighted" }, samples: K });
    const start = made.numbers;
    const { value, gradient, points } = made.at(key(2));
    const drawn = parts(
      parts(points.z.flat(), 2).map((each) => each.indexOf(1)),
      n,
    );
    expect(drawn).toHaveLength(K);
    const bound = (at: Numbers): number =>
      sumOf(Array.from({ length: n }, (_, i) => logSumExp(drawn.map((z) => logWeight(at, z[i], i))) - Math.log(K)));
    near([value], [bound(start)]);
    // sum_j (L - L_j) log q(z_j) is what else has a gradient.
    const gains = Array.from({ length: n }, (_, i) => {
      const w = drawn.map((z) => logWeight(start, z[i], i));
      return w.map((_, j) => {
        const others = w.filter((_, l) => l !== j);
        return logSumExp(w) - logSumExp([...others, sumOf(others) / others.length]);
      });
    });
    const surrogate = (at: Numbers): number =>
      bound(at) +
      sumOf(
        gains.map((each, i) =>
          sumOf(each.map((gain, j) => gain * logSoftmax(parts(at["z.logits"], 2)[i])[drawn[j][i]])),
        ),
      );
    sameGradients(gradient, slopesOf(surrogate, start));
  });

  test("enumerated: sticking the landing has the same gradient as the ELBO, and a temperature that of E[log p - T log q]", () => {
    const naive =
      (temperature: number) =>
      (at: Numbers): number =>
        sumOf(
          Array.from({ length: n }, (_, i) => {
            const logQ = logSoftmax(parts(at["z.logits"], 2)[i]);
            return sumOf(
              logQ.map((l, k) => Math.exp(l) * (seen(at.means, k, i) + logSoftmax(PRIOR)[k] - temperature * l)),
            );
          }),
        );
    for (const type of ["elbo", "stickingTheLanding"] as const) {
      const made = bench({ bound: { type } });
      for (const temperature of type === "elbo" ? [1, 0.25, 0] : [1])
        sameGradients(made.at(key(1), { temperature }).gradient, slopesOf(naive(temperature), made.numbers));
    }
  });
});

describe("bounds of several samples of latents of all of the data", () => {
  // A conjugate pair: mu ~ N(0, 1), x_i ~ N(mu, 1). 300 rows are more than are computed at a time.
  const x = Array.from({ length: 300 }, (_, i) => 0.2 + Math.sin(i * 1.3));
  const density = (p: Scope, { x }: { x: Tensor }): void => {
    const mu = p.latent("mu", new Normal({ loc: 0, scale: 1 }));
    p.observe("x", new Normal({ loc: p.perRow(mu), scale: 1 }), x);
  };
  const precision = 1 + x.length;
  const [loc, scale] = [sumOf(x) / precision, Math.sqrt(1 / precision)];
  // log p(x) = log p(x | mu) + log p(mu) - log p(mu | x), at any mu.
  const exact = sumOf(x.map((each) => logNormalPdf(each, 0, 1))) + logNormalPdf(0, 0, 1) - logNormalPdf(0, loc, scale);

  test("one weight has all rows, in however many pieces they are asked for", async () => {
    const wide = guide(() => ({ mu: new Normal({ loc, scale: 3 * scale }) }), {
      parameters: { unused: parameter([]) },
    });
    const m = model(density);
    const [small, large] = await Promise.all(
      [7, 1000].map((chunk) => evidence(m, wide, { x }, { key: key(1), samples: 60, together: 64, chunk })),
    );
    expect(small).toEqual(large);
    // Below the evidence by the variance of a weight over twice 64, and 4.5 standard errors.
    expect(small.value).toBeLessThan(exact + 4.5 * small.standardError);
    expect(small.value).toBeGreaterThan(exact - 0.1 - 4.5 * small.standardError);
  });

  test("a part of the rows has no such weight", () => {
    const data = { x };
    const options = { key: key(1), steps: 3, batch: 20, bound: { type: "importanceWeighted" } } as const;
    const m = model(density);
    expect(() => fitting(m, meanField(m, data), data, options)).toThrow(
      'batch: expected all rows for the bound "importanceWeighted": the weights of latents of all of the data are those of all rows together, got some of them',
    );
  });
});

describe("bounds that are none", () => {
  const m = model((p, { x }: { x: Tensor }) => {
    const b = p.local("b", new Bernoulli({ logits: 0.3 }));
    p.observe("x", new Normal({ loc: b, scale: 1 }), x);
  });
  const data = { x: X };
  const run = (bound: unknown) => () => modelBound(m, meanField(m, data), data, { bound: bound as FitBound });

  test.each([
    ["elb", "bound: expected { type }, one of elbo, stickingTheLanding, importanceWeighted, renyi, got"],
    [
      { type: "iwae" },
      'bound: expected { type }, one of elbo, stickingTheLanding, importanceWeighted, renyi, got "iwae"',
    ],
    [{ type: "renyi" }, "bound.alpha: expected a finite number, got undefined"],
    [
      { type: "renyi", alpha: 1.001 },
      "bound.alpha: expected 1, or a number that is 0.01 or more away from it, got 1.001",
    ],
  ])("%j", (bound, message) => expect(run(bound)).toThrow(message));

  test("latents of rows beside one of all", () => {
    const both = model((p, { x }: { x: Tensor }) => {
      const mu = p.latent("mu", new Normal({ loc: 0, scale: 1 }));
      const h = p.local("h", new Normal({ loc: p.perRow(mu), scale: 1 }));
      p.observe("x", new Normal({ loc: h, scale: 1 }), x);
    });
    const make = () => modelBound(both, meanField(both, data), data, { bound: { type: "renyi", alpha: 0 } });
    expect(make).toThrow(
      "bound: expected the ELBO, for latents of rows beside latents of all of the data: these have no weight of a row, got renyi",
    );
  });
});
