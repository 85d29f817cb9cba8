import { describe, expect, test } from "vitest";
import {
  Bernoulli,
  type Distribution,
  ExpRelaxedOneHotCategorical,
  LogitRelaxedBernoulli,
  Normal,
  RelaxedBernoulli,
} from "../../bindings/distributions/index.ts";
import {
  add,
  backward,
  exp,
  mul,
  parameter,
  sigmoid,
  step,
  sub,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { elboFrom } from "../../bindings/inference/bounds/elbo.ts";
import { renyiFrom } from "../../bindings/inference/bounds/renyi.ts";
import type { Factor } from "../../bindings/inference/factor.ts";
import { disarm, elbo, enumeration, importanceWeightedBound, pathwise, rloo } from "../../bindings/inference/index.ts";
import type { Source } from "../../bindings/inference/source.ts";
import { key } from "../../bindings/random/index.ts";
import { slope } from "./bounds-model.ts";
import { Given } from "./given.ts";

/** Standard normal weights at points of a trapezoid: its error for smooth functions is far below 1e-9. */
const GRID = Array.from({ length: 65 }, (_, i) => (i - 32) * 0.21);
const WEIGHTS = GRID.map((e) => (0.21 * Math.exp((-e * e) / 2)) / Math.sqrt(2 * Math.PI));

/** Of normal laws: loc + scale e with e given, [rows][samples]; or e itself. */
class Normals implements Source {
  readonly #e: readonly (readonly number[])[];
  readonly #asTheyAre: boolean;
  constructor(e: readonly (readonly number[])[], asTheyAre = false) {
    this.#e = e;
    this.#asTheyAre = asTheyAre;
  }
  rsample({ law }: Factor, samples: number): Tensor {
    const { loc, scale } = this.#asTheyAre ? { loc: 0, scale: 1 } : (law as Normal);
    const e = Array.from({ length: samples }, (_, s) => this.#e.map((row) => row[s])).flat();
    return add(loc, mul(scale, tensor(e, [samples, this.#e.length])));
  }
  sample(): Tensor {
    throw new Error("no sample");
  }
  noise(): Float32Array {
    throw new Error("no noise");
  }
}

const X = 1.3;
const S = 0.6;
/** z ~ N(shift, 1), x | z ~ N(z, S). */
const joint =
  (shift: Tensor | number) =>
  (z: Tensor): Tensor =>
    add(new Normal({ loc: shift, scale: 1 }).logProb(z), new Normal({ loc: z, scale: S }).logProb(X));
const logNormal = (x: number, loc: number, scale: number): number =>
  -0.5 * ((x - loc) / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);
const EVIDENCE = logNormal(X, 0, Math.sqrt(1 + S * S));

/** E[log mean w] of two samples as a function of loc, log scale and shift. */
function exact([loc, logScale, shift]: readonly number[]): number {
  const scale = Math.exp(logScale);
  const w = GRID.map((e) => {
    const z = loc + scale * e;
    return logNormal(z, shift, 1) + logNormal(X, z, S) - logNormal(z, loc, scale);
  });
  return w.reduce(
    (so, a, i) =>
      so +
      w.reduce(
        (t, b, j) => t + WEIGHTS[i] * WEIGHTS[j] * (Math.max(a, b) + Math.log((1 + Math.exp(-Math.abs(a - b))) / 2)),
        0,
      ),
    0,
  );
}

describe("a normal model, by quadrature", () => {
  const at = [0.4, -0.3, 0.2];
  const pairs = GRID.flatMap((a, i) => GRID.map((b, j) => ({ e: [a, b], weight: WEIGHTS[i] * WEIGHTS[j] }))).filter(
    ({ weight }) => weight > 1e-12,
  );

  test.each(["reparameterized", "doublyReparameterized"] as const)(
    "two samples, %s: value and gradient are unbiased",
    (gradient) => {
      const n = pairs.length;
      const [loc, logScale, shift] = at.map((x) => parameter([n], Array(n).fill(x)));
      const weights = pairs.map(({ weight }) => weight);
      const value = step(() => {
        const source = new Normals(pairs.map(({ e }) => e));
        const q = new Normal({ loc, scale: exp(logScale) });
        const options = { estimator: pathwise(), samples: 2, alpha: 0, gradient };
        const { bound, of } = renyiFrom(source, q, joint(shift), options);
        expect(of).toBe("continuous");
        backward(sum(bound));
        return bound.toArray().reduce((so, x, i) => so + weights[i] * x, 0);
      });
      expect(Math.abs(value - exact(at))).toBeLessThan(2e-6);
      expect(value).toBeLessThan(logNormal(X, at[2], Math.sqrt(1 + S * S)));
      const slopes = slope(exact, at);
      for (const [i, each] of [loc, logScale, shift].entries()) {
        const mean = each.grad().reduce((so, g, j) => so + weights[j] * g, 0);
        expect(Math.abs(mean - slopes[i])).toBeLessThan(5e-6);
        each.dispose();
      }
    },
  );

  test.each([false, true])(
    "one sample, sticking the landing %s: value and gradient are unbiased",
    (stickingTheLanding) => {
      const n = GRID.length;
      const [loc, logScale, shift] = at.map((x) => parameter([n], Array(n).fill(x)));
      const lower = ([l, r, s]: readonly number[]): number =>
        GRID.reduce((so, e, i) => {
          const z = l + Math.exp(r) * e;
          return so + WEIGHTS[i] * (logNormal(z, s, 1) + logNormal(X, z, S) - logNormal(z, l, Math.exp(r)));
        }, 0);
      const value = step(() => {
        const q = new Normal({ loc, scale: exp(logScale) });
        const source = new Normals(GRID.map((e) => [e]));
        const { bound } = elboFrom(() => source, q, joint(shift), { estimator: pathwise(), stickingTheLanding });
        backward(sum(bound));
        return bound.toArray().reduce((so, x, i) => so + WEIGHTS[i] * x, 0);
      });
      expect(Math.abs(value - lower(at))).toBeLessThan(2e-6);
      const slopes = slope(lower, at);
      for (const [i, each] of [loc, logScale, shift].entries()) {
        const mean = each.grad().reduce((so, g, j) => so + WEIGHTS[j] * g, 0);
        expect(Math.abs(mean - slopes[i])).toBeLessThan(5e-6);
        each.dispose();
      }
    },
  );
});

/** Mean over standard deviation of the gradient by loc, of 4000 gradients side by side. */
function signalToNoise(samples: number, gradient: "reparameterized" | "doublyReparameterized"): number {
  const n = 4000;
  const loc = parameter([n], Array(n).fill(0.4));
  step(() => {
    const options = { key: key(21), estimator: pathwise(), samples, gradient };
    backward(sum(importanceWeightedBound(new Normal({ loc, scale: 0.8 }), joint(0), options).bound));
  });
  const g = [...loc.grad()];
  loc.dispose();
  const mean = g.reduce((a, b) => a + b) / n;
  return Math.abs(mean) / Math.sqrt(g.reduce((so, x) => so + (x - mean) ** 2, 0) / n);
}

// Means of 4000 are within 6.3 % of a standard deviation with probability 1 - 7e-5 each; the ratios asserted are several times that away.
test("the doubly reparameterized signal grows with K against its noise, the plain one falls", () => {
  const [few, many] = [2, 32].map((k) => signalToNoise(k, "doublyReparameterized"));
  const [plainFew, plainMany] = [2, 32].map((k) => signalToNoise(k, "reparameterized"));
  expect(many).toBeGreaterThan(1.2 * few);
  expect(plainMany).toBeLessThan(0.8 * plainFew);
  expect(many).toBeGreaterThan(3 * plainMany);
});

test("sticking the landing: no gradient in any sample where q is the posterior", () => {
  const variance = 1 / (1 + 1 / (S * S));
  const run = (stickingTheLanding: boolean): number => {
    const loc = parameter([50], Array(50).fill((variance * X) / (S * S)));
    const value = step(() => {
      const options = { key: key(2), estimator: pathwise(), stickingTheLanding };
      const { bound } = elbo(new Normal({ loc, scale: Math.sqrt(variance) }), joint(0), options);
      backward(sum(bound));
      return [...bound.toArray()];
    });
    const most = Math.max(...loc.grad().map(Math.abs));
    loc.dispose();
    for (const each of value) expect(Math.abs(each - EVIDENCE)).toBeLessThan(1e-5);
    return most;
  };
  expect(run(true)).toBeLessThan(1e-5); // rounding of float32
  expect(run(false)).toBeGreaterThan(0.1);
  const scaleGradient = (stickingTheLanding: boolean): number => {
    const scale = parameter([50], Array(50).fill(Math.sqrt(variance)));
    step(() => {
      const options = { key: key(2), estimator: pathwise(), stickingTheLanding };
      backward(sum(elbo(new Normal({ loc: (variance * X) / (S * S), scale }), joint(0), options).bound));
    });
    const most = Math.max(...scale.grad().map(Math.abs));
    scale.dispose();
    return most;
  };
  expect(scaleGradient(true)).toBeLessThan(1e-5);
  expect(scaleGradient(false)).toBeGreaterThan(0.1);
});

describe("latents of both kinds", () => {
  // z ~ Bernoulli, w ~ N(z, 1), x | z, w ~ N(w + z, S).
  const both = ({ z, w }: { readonly z: Tensor; readonly w: Tensor }): Tensor =>
    add(
      new Bernoulli({ logits: 0.3 }).logProb(z),
      add(new Normal({ loc: z, scale: 1 }).logProb(w), new Normal({ loc: add(w, z), scale: S }).logProb(X)),
    );
  const logBoth = (z: number, w: number): number =>
    Math.log(z ? 1 / (1 + Math.exp(-0.3)) : 1 / (1 + Math.exp(0.3))) + logNormal(w, z, 1) + logNormal(X, w + z, S);
  const at = [0.5, 0.2, -0.4];
  const lower = ([logit, loc, logScale]: readonly number[]): number =>
    [0, 1].reduce((so, z) => {
      const p = 1 / (1 + Math.exp(z ? -logit : logit));
      return GRID.reduce((t, e, i) => {
        const w = loc + Math.exp(logScale) * e;
        return t + p * WEIGHTS[i] * (logBoth(z, w) - Math.log(p) - logNormal(w, loc, Math.exp(logScale)));
      }, so);
    }, 0);

  test.each([
    ["enumeration", enumeration(), 1],
    ["RLOO", rloo(), 2],
  ] as const)("%s of one, pathwise of the other: unbiased", (_, estimator, inner) => {
    const p = 1 / (1 + Math.exp(-at[0]));
    const draws =
      inner === 1
        ? [[0], [1]]
        : [
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 1],
          ];
    const cases = GRID.flatMap((e, i) =>
      draws.map((z) => ({ e, z, weight: WEIGHTS[i] * z.reduce((so, each) => so * (each ? p : 1 - p), 1) })),
    );
    const n = cases.length;
    const parameters = at.map((x) => parameter([n], Array(n).fill(x)));
    const [logits, loc, logScale] = parameters;
    const value = step(() => {
      const given = new Given(cases.map(({ weight, z }) => ({ weight, draws: z.map((each) => [each]) })));
      const normals = new Normals(cases.map(({ e }) => [e]));
      const source: Source = {
        sample: (factor, samples) => given.sample(factor, samples),
        rsample: (factor, samples) => normals.rsample(factor, samples),
        noise: () => normals.noise(),
      };
      const q = { z: new Bernoulli({ logits }), w: new Normal({ loc, scale: exp(logScale) }) };
      const { bound, of } = elboFrom(() => source, q, both, { estimator: { z: estimator, w: pathwise() } });
      expect(of).toBe("discrete");
      backward(sum(bound));
      return bound.toArray().reduce((so, x, i) => so + cases[i].weight * x, 0);
    });
    expect(Math.abs(value - lower(at))).toBeLessThan(3e-6);
    for (const [i, each] of slope(lower, at).entries()) {
      const mean = parameters[i].grad().reduce((so, g, j) => so + cases[j].weight * g, 0);
      expect(Math.abs(mean - each)).toBeLessThan(1e-5);
      parameters[i].dispose();
    }
  });

  test("averages its samples, the same under the same key; a prior's divergence is in closed form", () => {
    const run = (samples: number, withPrior: boolean): number =>
      step(() => {
        const q = { z: new Bernoulli({ logits: 0.5 }), w: new Normal({ loc: 0.2, scale: 0.6 }) };
        const options = { key: key(4), estimator: { z: disarm(), w: pathwise() }, samples };
        const prior = { z: new Bernoulli({ logits: 0.3 }), w: new Normal({ loc: 0, scale: 1 }) };
        const likelihood = ({ z, w }: { readonly z: Tensor; readonly w: Tensor }): Tensor =>
          new Normal({ loc: add(w, z), scale: S }).logProb(X);
        const whole = (latents: { readonly z: Tensor; readonly w: Tensor }): Tensor =>
          add(likelihood(latents), add(prior.z.logProb(latents.z), prior.w.logProb(latents.w)));
        const result = withPrior ? elbo(q, likelihood, { ...options, prior }) : elbo(q, whole, options);
        expect(result.kl).toBe(withPrior ? "analytic" : "sampled");
        return result.bound.item();
      });
    expect(run(3, false)).toBe(run(3, false));
    // Of one mean, by 400 samples each; standard deviations about 1.5, so 0.4 is at least 3.7 standard errors of the difference.
    expect(Math.abs(run(400, true) - run(400, false))).toBeLessThan(0.4);
  });
});

describe("relaxed latents", () => {
  const tau = 0.5;
  const gap = (q: Distribution, p: Distribution, samples: number): number =>
    step(() => {
      const { bound, of, kl } = elbo(q as LogitRelaxedBernoulli, (y) => sum(mul(y, 0), { axis: -1 }), {
        key: key(6),
        estimator: pathwise(),
        samples,
        prior: p,
      });
      expect([of, kl]).toEqual(["relaxed", "sampled"]);
      return -bound.item();
    });

  // a coth(a/2) - 2 for equal temperatures; 2/3 against 1/2 by quadrature (methods.md 4.10). 4 standard errors of the mean: 6e-5.
  test.each([
    [2, tau, tau, 0.6261],
    [4, tau, tau, 2.1493],
    [0, 2 / 3, 1 / 2, 0.053],
    [2, 2 / 3, 1 / 2, 0.4595],
    [4, 2 / 3, 1 / 2, 1.4966],
  ])("the divergence for a shift of %d at temperatures %d and %d is the relaxed one, %d", (a, t, s, published) => {
    const n = 20_000;
    const logits = Array(n).fill(a);
    for (const Family of [LogitRelaxedBernoulli, RelaxedBernoulli]) {
      const values = step(() => {
        const q = new Family({ temperature: t, logits });
        const options = { key: key(6), estimator: pathwise(), prior: new Family({ temperature: s, logits: 0 }) };
        const { bound, of, kl } = elbo(q, (y) => mul(y, 0), options);
        expect([of, kl]).toEqual(["relaxed", "sampled"]);
        return [...bound.toArray()].map((x) => -x);
      });
      const mean = values.reduce((x, y) => x + y) / n;
      const error = Math.sqrt(values.reduce((so, x) => so + (x - mean) ** 2, 0) / n / n);
      expect(error).toBeLessThan(0.02);
      expect(Math.abs(mean - published)).toBeLessThan(4 * error + 5e-5);
    }
  });

  test("the relaxed bound lies below the relaxed evidence, which is not the discrete one", () => {
    // log p(x | y) = -4 (sigmoid(y) - 0.3)^2; the integral over log-odds y of the prior's density by trapezoid.
    const [logit, temperature] = [0.4, 0.7];
    let evidence = 0;
    for (let y = -80; y <= 80; y += 0.01) {
      const u = temperature * y - logit;
      const density = (temperature * Math.exp(-Math.abs(u))) / (1 + Math.exp(-Math.abs(u))) ** 2;
      evidence += 0.01 * density * Math.exp(-4 * (1 / (1 + Math.exp(-y)) - 0.3) ** 2);
    }
    // One and two samples, by trapezoid over the logistic noise that makes them.
    const noise = Array.from({ length: 129 }, (_, i) => {
      const e = (i - 64) / 4;
      return { e: [e], weight: Math.exp(-Math.abs(e)) / (1 + Math.exp(-Math.abs(e))) ** 2 / 4 };
    });
    const two = noise
      .flatMap((a) => noise.map((b) => ({ e: [...a.e, ...b.e], weight: a.weight * b.weight })))
      .filter(({ weight }) => weight > 1e-10);
    const run = (cases: typeof noise): number =>
      step(() => {
        const q = new LogitRelaxedBernoulli({ temperature: 0.9, logits: Array(cases.length).fill(-0.5) });
        const prior = new LogitRelaxedBernoulli({ temperature, logits: logit });
        const f = (y: Tensor): Tensor => mul(-4, mul(sub(sigmoid(y), 0.3), sub(sigmoid(y), 0.3)));
        const source = new Normals(
          cases.map(({ e }) => e.map((each) => (each - 0.5) / 0.9)),
          true,
        );
        const samples = cases[0].e.length;
        const { bound, of } =
          samples === 1
            ? elboFrom(() => source, q, f, { estimator: pathwise(), prior })
            : renyiFrom(source, q, f, { estimator: pathwise(), prior, samples, alpha: 0 });
        expect(of).toBe("relaxed");
        return bound.toArray().reduce((so, x, i) => so + cases[i].weight * x, 0);
      });
    const [one, many] = [run(noise), run(two)];
    const discrete = Math.log(
      [0, 1].reduce((so, z) => so + Math.exp(-4 * (z - 0.3) ** 2) / (1 + Math.exp(z ? -logit : logit)), 0),
    );
    expect(one).toBeLessThan(many - 0.003);
    expect(many).toBeLessThan(Math.log(evidence) - 0.003);
    expect(Math.abs(discrete - Math.log(evidence))).toBeGreaterThan(0.1);
  });

  test("samples at the ends of (0, 1) keep their density, through every bound", () => {
    const logits = parameter([200], Array(200).fill(12));
    step(() => {
      const q = new RelaxedBernoulli({ temperature: 0.1, logits });
      const prior = new RelaxedBernoulli({ temperature: 0.1, logits: 12 });
      const options = { key: key(1), estimator: pathwise(), prior };
      const all = [
        elbo(q, (x) => mul(x, 0), { ...options, samples: 2 }),
        importanceWeightedBound(q, (x) => mul(x, 0), { ...options, samples: 3, gradient: "doublyReparameterized" }),
      ];
      for (const { bound } of all) for (const each of bound.toArray()) expect(Math.abs(each)).toBeLessThan(1e-4);
      backward(add(sum(all[0].bound), sum(all[1].bound)));
    });
    expect(logits.grad().every(Number.isFinite)).toBe(true);
    logits.dispose();
  });

  test("a bound of samples in (0, 1) is that of their log-odds, also where they round to an end", () => {
    const run = (Family: typeof RelaxedBernoulli | typeof LogitRelaxedBernoulli): number[] =>
      step(() => {
        const q = new Family({ temperature: 0.1, logits: [12, 9, -11] });
        const prior = new Family({ temperature: 0.2, logits: 0 });
        const options = { key: key(1), estimator: pathwise(), prior, samples: 2 };
        return [...elbo(q, (x) => mul(x, 0), options).bound.toArray()];
      });
    const [unit, logOdds] = [run(RelaxedBernoulli), run(LogitRelaxedBernoulli)];
    for (const [i, each] of logOdds.entries()) expect(Math.abs(unit[i] - each)).toBeLessThan(1e-4);
  });

  test("of categories: a guide that is its prior has no divergence", () => {
    const law = (): ExpRelaxedOneHotCategorical =>
      new ExpRelaxedOneHotCategorical({ temperature: 0.5, logits: [0.1, -1, 2] });
    expect(Math.abs(gap(step(law), step(law), 3))).toBeLessThan(1e-5);
  });
});
