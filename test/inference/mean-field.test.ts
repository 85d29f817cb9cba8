import { afterEach, describe, expect, test, vi } from "vitest";
import * as laws from "../../bindings/distributions/index.ts";
import { expand } from "../../bindings/graph/extend.ts";
import {
  add,
  backward,
  mul,
  parameter,
  type Schedule,
  step,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { Factor } from "../../bindings/inference/factor.ts";
import { estimatorsFor } from "../../bindings/inference/fit/choose.ts";
import {
  disarm,
  fit,
  type Guide,
  guide,
  MarkovChain,
  type MeanFieldOptions,
  type Model,
  meanField,
  model,
  modelBound,
  rloo,
  type Scope,
} from "../../bindings/inference/index.ts";
import { key } from "../../bindings/random/index.ts";
import { near } from "./fit-oracle.ts";

const {
  Bernoulli,
  Beta,
  Binomial,
  Categorical,
  Cauchy,
  Dirichlet,
  ExpRelaxedOneHotCategorical,
  Exponential,
  Gamma,
  Geometric,
  Gumbel,
  HalfNormal,
  HardConcrete,
  Kumaraswamy,
  Laplace,
  Logistic,
  LogitRelaxedBernoulli,
  LogNormal,
  NegativeBinomial,
  Normal,
  OneHotCategorical,
  OneHotCategoricalStraightThrough,
  PlackettLuce,
  Poisson,
  RelaxedBernoulli,
  RelaxedBernoulliStraightThrough,
  RelaxedOneHotCategorical,
  RelaxedSubset,
  StudentT,
  Uniform,
  Weibull,
} = laws;
type Law = laws.Distribution;

const X = [-1.3, 0.4, 2.2, 0.9];
const DATA: never = { x: X } as never;
const open: Guide[] = [];
afterEach(() => {
  for (const each of open.splice(0)) for (const own of Object.values(each.parameters)) own.dispose();
});

type Density = (p: Scope, data: { x: Tensor }) => void;
const make = (density: Density): Model => model(density as never);
function automatic(density: Density, options?: MeanFieldOptions, data: unknown = DATA): Guide {
  const made = meanField(make(density), data as never, options);
  open.push(made);
  return made;
}
const shapesOf = ({ parameters }: Guide) =>
  Object.fromEntries(Object.entries(parameters).map(([name, each]) => [name, each.shape]));
const numbersOf = ({ parameters }: Guide) =>
  Object.fromEntries(Object.entries(parameters).map(([name, each]) => [name, [...each.toArray()]]));
/** What a law of the guide is like. */
const looked = <T>(g: Guide, look: (law: Law) => T, scope = {}, name = "z"): T =>
  step(() => {
    const all = g.laws({} as never, { rows: 4, indices: undefined, tau: 1, ...scope });
    return look(all[name] as Law);
  });

const bits = { logits: [[], 0] } as const;
const three = { logits: [[3], 0] } as const;
const ofNumbers = (mean: number, deviation: number) =>
  ({ loc: [[], mean], logScale: [[], Math.log(0.1 * deviation)] }) as const;
const ofPositive = (mean: number) => ({ loc: [[], Math.log(mean)], logScale: [[], Math.log(0.1)] }) as const;
const ofUnit = (mean: number) =>
  ({ logConcentration1: [[], Math.log(10 * mean)], logConcentration0: [[], Math.log(10 * (1 - mean))] }) as const;
const EULER = 0.5772156649015329;
const temperature = 0.7;

// The prior, its stand-in, and of each parameter the dimensions of an event and the number at which it begins.
type Expected = Readonly<Record<string, readonly [readonly number[], number | readonly number[]]>>;
const FAMILIES: [string, () => Law, new (options: never) => Law, Expected][] = [
  ["Bernoulli", () => new Bernoulli({ logits: 0.3 }), Bernoulli, bits],
  ["OneHotCategorical", () => new OneHotCategorical({ logits: [1, 2, 0] }), OneHotCategorical, three],
  [
    "OneHotCategoricalStraightThrough",
    () => new OneHotCategoricalStraightThrough({ logits: [1, 2, 0] }),
    OneHotCategorical,
    three,
  ],
  ["Categorical", () => new Categorical({ logits: [1, 2, 0] }), Categorical, three],
  ["RelaxedBernoulli", () => new RelaxedBernoulli({ logits: 1, temperature }), RelaxedBernoulli, bits],
  ["LogitRelaxedBernoulli", () => new LogitRelaxedBernoulli({ logits: 1, temperature }), LogitRelaxedBernoulli, bits],
  [
    "RelaxedOneHotCategorical",
    () => new RelaxedOneHotCategorical({ logits: [1, 2, 0], temperature }),
    RelaxedOneHotCategorical,
    three,
  ],
  [
    "ExpRelaxedOneHotCategorical",
    () => new ExpRelaxedOneHotCategorical({ logits: [1, 2, 0], temperature }),
    ExpRelaxedOneHotCategorical,
    three,
  ],
  ["Normal", () => new Normal({ loc: 3, scale: 2 }), Normal, ofNumbers(3, 2)],
  ["Laplace", () => new Laplace({ loc: 3, scale: 2 }), Normal, ofNumbers(3, Math.sqrt(8))],
  ["Logistic", () => new Logistic({ loc: 3, scale: 2 }), Normal, ofNumbers(3, (2 * Math.PI) / Math.sqrt(3))],
  ["Gumbel", () => new Gumbel({ loc: 3, scale: 2 }), Normal, ofNumbers(3 + 2 * EULER, (2 * Math.PI) / Math.sqrt(6))],
  ["StudentT", () => new StudentT({ df: 4, loc: 3, scale: 2 }), Normal, ofNumbers(3, Math.sqrt(8))],
  ["StudentT without a variance", () => new StudentT({ df: 1.5, loc: 3, scale: 2 }), Normal, ofNumbers(3, 1)],
  ["Cauchy, which has no mean", () => new Cauchy({ loc: 3, scale: 2 }), Normal, ofNumbers(0, 1)],
  ["LogNormal", () => new LogNormal({ loc: 0.5, scale: 1 }), LogNormal, ofPositive(Math.E)],
  ["Gamma", () => new Gamma({ concentration: 3, rate: 2 }), LogNormal, ofPositive(1.5)],
  ["Exponential", () => new Exponential({ rate: 4 }), LogNormal, ofPositive(0.25)],
  ["HalfNormal", () => new HalfNormal({ scale: 2 }), LogNormal, ofPositive(2 * Math.sqrt(2 / Math.PI))],
  ["Weibull", () => new Weibull({ concentration: 1, scale: 3 }), LogNormal, ofPositive(3)],
  ["Beta", () => new Beta({ concentration1: 1, concentration0: 3 }), Beta, ofUnit(0.25)],
  ["Kumaraswamy", () => new Kumaraswamy({ concentration1: 1, concentration0: 3 }), Beta, ofUnit(0.25)],
  [
    "Dirichlet",
    () => new Dirichlet({ concentration: [1, 2, 5] }),
    Dirichlet,
    { logConcentration: [[3], [1, 2, 5].map((c) => Math.log((30 * c) / 8))] },
  ],
  ["Poisson", () => new Poisson({ rate: 3 }), Poisson, { logRate: [[], Math.log(3)] }],
];

describe("the family of", () => {
  test.each(FAMILIES)("%s", (_, prior, Family, expected) => {
    for (const isLocal of [true, false]) {
      const g = automatic((p) => void (isLocal ? p.local("z", prior()) : p.latent("z", prior())));
      const batch = isLocal ? [4] : [];
      looked(g, (law) => {
        expect(law.constructor).toBe(Family);
        expect(law.batchShape).toEqual(batch);
        expect(law.eventShape).toEqual(prior().eventShape);
      });
      expect(shapesOf(g)).toEqual(
        Object.fromEntries(Object.entries(expected).map(([name, [event]]) => [`z.${name}`, [...batch, ...event]])),
      );
      for (const [name, [, start]] of Object.entries(expected)) {
        const values = numbersOf(g)[`z.${name}`] ?? [];
        const each = typeof start === "number" ? [start] : start;
        near(
          values,
          Array.from(values, (_, i) => each[i % each.length] as number),
          1e-6,
        );
      }
    }
  });

  test.each<[string, () => Law, string]>([
    ["Binomial", () => new Binomial({ totalCount: 3, logits: 0 }), "an integer from 0 to 3"],
    ["Geometric", () => new Geometric({ logits: 0 }), "an integer of 0 or more"],
    ["NegativeBinomial", () => new NegativeBinomial({ totalCount: 3, logits: 0 }), "an integer of 0 or more"],
    ["Uniform", () => new Uniform({ low: 0, high: 1 }), "a number from low to high"],
    ["HardConcrete", () => new HardConcrete({ logits: 0, temperature }), "a number from 0 to 1"],
    ["PlackettLuce", () => new PlackettLuce({ logits: [0, 1, 2] }), ""],
    ["RelaxedSubset", () => new RelaxedSubset({ logits: [0, 1, 2], k: 2, temperature }), "2 ones and zeros"],
    [
      "MarkovChain",
      () =>
        new MarkovChain({
          initial: [0, 0],
          transition: expand(tensor([0]), [2, 2]),
          length: 2,
        }),
      "an integer from 0 to 1",
    ],
  ])("%s is none", (_, prior, description) => {
    const refused = () => automatic((p) => void p.local("z", prior()));
    expect(refused).toThrow(
      "latent z: expected a law that a mean-field guide has a family for (of numbers, positive numbers, probabilities, bits, categories or Poisson counts), got one of ",
    );
    expect(refused).toThrow(`${description}: write its law in a guide(...) of your own`);
  });

  test("a straight-through relaxation is none, as its density is not that of its values", () =>
    expect(() =>
      automatic((p) => void p.local("z", new RelaxedBernoulliStraightThrough({ logits: 0, temperature }))),
    ).toThrow(
      "latent z: expected a distribution with a density of the values that it draws, got the straight-through one, which has that of relaxed values, and draws 0 or 1",
    ));
});

describe("shapes", () => {
  const zeros = (...shape: number[]) => expand(tensor([0]), shape);
  const normal = (...shape: number[]) => new Normal({ loc: zeros(...shape), scale: 1 });
  test.each<[string, Density, readonly number[]]>([
    ["of a batch of all", (p) => p.latent("z", normal(2, 3)), [2, 3]],
    ["of one point in front, of all", (p) => p.latent("z", normal(3, 1)), [3, 1]],
    ["the same in each row", (p) => p.local("z", normal(64)), [4, 64]],
    ["the same in each row, of two dimensions", (p) => p.local("z", normal(5, 64)), [4, 5, 64]],
    ["of rows", (p) => p.local("z", normal(p.rows, 5)), [4, 5]],
    ["of one row that stands for all", (p) => p.local("z", normal(1, 5)), [4, 5]],
    ["of points and rows", (p) => p.local("z", normal(p.points, p.rows, 5)), [4, 5]],
    ["of points and one row", (p) => p.local("z", normal(p.points, 1, 5)), [4, 5]],
    ["of the columns", (p, { x }) => p.local("z", new Normal({ loc: x, scale: 1 })), [4]],
    // As many as there are points or rows when the model is looked at.
    ["of two in each row", (p) => p.local("z", normal(2)), [4, 2]],
    ["of three in each row", (p) => p.local("z", normal(3)), [4, 3]],
    ["of three, two each, of all", (p) => p.latent("z", normal(3, 2)), [3, 2]],
  ])("%s", (_, density, shape) => {
    const g = automatic((p, data) => void density(p, data));
    expect(shapesOf(g)).toEqual({ "z.loc": shape, "z.logScale": shape });
    looked(g, (law) => expect(law.batchShape).toEqual(shape));
  });

  test("of laws that depend on latents before them", () => {
    const g = automatic((p) => {
      const m = p.latent("m", normal(2)); // [points, 2]
      const s = p.latent("s", new Gamma({ concentration: 2, rate: add(1, mul(m, m)) }));
      const h = p.local("h", new Normal({ loc: p.perRow(m), scale: p.perRow(s) })); // [points, 1, 2]
      p.local("z", new OneHotCategorical({ logits: h }));
    });
    expect(shapesOf(g)).toEqual({
      "m.loc": [2],
      "m.logScale": [2],
      "s.loc": [2],
      "s.logScale": [2],
      "h.loc": [4, 2],
      "h.logScale": [4, 2],
      "z.logits": [4, 2],
    });
  });

  test("of one-hot rows in a batch, with and without data", () => {
    const hot = () => new OneHotCategorical({ logits: zeros(5, 3) });
    expect(shapesOf(automatic((p) => void p.local("z", hot())))).toEqual({ "z.logits": [4, 5, 3] });
    expect(shapesOf(automatic((p) => void p.latent("z", hot())))).toEqual({ "z.logits": [5, 3] });
    const none = meanField(
      make((p) => void p.latent("z", hot())),
      undefined as never,
    );
    open.push(none);
    expect(shapesOf(none)).toEqual({ "z.logits": [5, 3] });
  });
});

describe("where it begins", () => {
  test("elements of a batch each at their own mean, of all and in each row", () => {
    const prior = () => new Normal({ loc: [1, -2, 5], scale: [1, 2, 3] });
    const scales = [1, 2, 3].map((s) => Math.log(0.1 * s));
    const all = numbersOf(automatic((p) => void p.latent("z", prior())));
    near(all["z.loc"] ?? [], [1, -2, 5]);
    near(all["z.logScale"] ?? [], scales);
    const each = numbersOf(automatic((p) => void p.local("z", prior())));
    near(each["z.loc"] ?? [], Array(4).fill([1, -2, 5]).flat());
    near(each["z.logScale"] ?? [], Array(4).fill(scales).flat());
  });

  test("of points, at their mean", () => {
    const found = numbersOf(
      automatic((p) => {
        const m = p.latent("m", new Normal({ loc: 4, scale: 0.01 }));
        p.local("z", new Normal({ loc: p.perRow(m), scale: 1 }));
      }),
    );
    near(found["z.loc"] ?? [], [4, 4, 4, 4], 1e-3);
  });

  test("noise of a key, of a name, and of a spread", () => {
    const density: Density = (p) => {
      for (const name of ["a", "b"]) p.local(name, new Normal({ loc: new Float32Array(500).fill(2), scale: 1 }));
    };
    const at = (options: MeanFieldOptions) => numbersOf(automatic(density, options))["a.loc"] ?? [];
    const noise = (options: MeanFieldOptions) => at(options).map((value) => value - 2);
    expect(at({})).toEqual(Array(2000).fill(2));
    expect(at({ spread: 3 })).toEqual(at({}));
    const found = noise({ key: key(1) });
    // 2000 numbers: five standard errors of a mean, and of a deviation (1 / sqrt(2 n)).
    expect(Math.abs(found.reduce((a, b) => a + b) / 2000)).toBeLessThan((5 * 0.1) / Math.sqrt(2000));
    const deviation = Math.sqrt(found.reduce((a, b) => a + b * b, 0) / 2000);
    expect(Math.abs(deviation / 0.1 - 1)).toBeLessThan(5 / Math.sqrt(4000));
    near(
      noise({ key: key(1), spread: 0.5 }),
      found.map((e) => 5 * e),
      1e-5,
    );
    expect(at({ key: key(1) })).toEqual(at({ key: key(1) }));
    expect(at({ key: key(2) })).not.toEqual(at({ key: key(1) }));
    const both = numbersOf(automatic(density, { key: key(1) }));
    expect(both["b.loc"]).not.toEqual(both["a.loc"]);
    near((both["a.logScale"] ?? []).map((s) => s - Math.log(0.1)).slice(0, 1), [0], 0.5);
  });
});

describe("relaxed latents", () => {
  const coins: Density = (p, { x }) => {
    const z = p.local("z", new RelaxedBernoulli({ logits: [0.4, -0.3], temperature: p.tau }));
    const h = p.local("h", new RelaxedOneHotCategorical({ logits: [0.1, 0.5, 0], temperature: p.tau }));
    const loc = add(sum(mul(z, tensor([1, -2])), { axis: -1 }), sum(mul(h, tensor([-1, 0.3, 2])), { axis: -1 }));
    p.observe("x", new Normal({ loc, scale: 0.8 }), x);
  };

  test("have the scheduled temperature, in the model and in the guide", async () => {
    const seen: number[] = [];
    const m = make((p, data) => {
      seen.push(p.tau);
      coins(p, data);
    });
    const g = meanField(m, DATA);
    open.push(g);
    const spy = vi.spyOn(g as { laws: Guide["laws"] }, "laws");
    const tau: Schedule = { type: "linear", initial: 1, final: 0.5, steps: 5 };
    const running = fit(m, g, DATA, { key: key(1), steps: 6, every: 1, schedule: { tau } });
    seen.length = 0;
    spy.mockClear();
    const reported: number[] = [];
    await running.run(({ tau, boundOf }) => {
      reported.push(tau);
      expect(boundOf).toBe("relaxed");
    });
    near(reported, [1, 0.9, 0.8, 0.7, 0.6, 0.5]);
    expect([...new Set(seen)]).toEqual(reported);
    expect([...new Set(spy.mock.calls.map(([, { tau }]) => tau))]).toEqual(reported);
    for (const name of ["z", "h"]) {
      const of = looked(g, (law) => [...(law as laws.RelaxedBernoulli).temperature.toArray()], { tau: 0.3 }, name);
      expect(new Set(of)).toEqual(new Set([Math.fround(0.3)]));
    }
  });

  test.each([1, 0.6])("have the gradient of the bound of their noise, at the temperature %d", (tau) => {
    const m = make(coins);
    const g = meanField(m, DATA, { key: key(4), spread: 0.5 });
    open.push(g);
    const bound = modelBound(m, g, DATA, { samples: 2 });
    const at = () => step(() => bound(key(3), { tau }).bound.item(), { gradients: false });
    step(() => {
      const found = bound(key(3), { tau });
      expect(found.of).toBe("relaxed");
      backward(found.bound);
    });
    for (const each of Object.values(g.parameters)) {
      const start = each.toArray();
      const slopes = Array.from(start, (_, i) => {
        const moved = (by: number) => {
          each.set(start.map((value, j) => (i === j ? value + by : value)));
          return at();
        };
        return (moved(0.02) - moved(-0.02)) / 0.04;
      });
      each.set(start);
      // float32 values of some tens, over 0.04, and the third derivative.
      near([...each.grad()], slopes, 3e-3);
    }
  });
});

describe("of a batch", () => {
  test("the laws are those of its rows in the table", () => {
    const g = automatic(
      (p) => {
        p.latent("all", new Normal({ loc: 0, scale: 1 }));
        p.local("z", new OneHotCategorical({ logits: [0, 0, 0] }));
      },
      { key: key(1) },
    );
    const table = numbersOf(g)["z.logits"] ?? [];
    const scope = { rows: 3, indices: Uint32Array.of(3, 0, 3) };
    const found = looked(g, (law) => [...(law as laws.OneHotCategorical).logits.toArray()], scope);
    expect(found).toEqual([3, 0, 3].flatMap((row) => table.slice(3 * row, 3 * row + 3)));
    looked(g, (law) => expect(law.batchShape).toEqual([]), scope, "all");
  });

  test("a step moves its rows alone", async () => {
    const m = make((p, { x }) => {
      p.observe("x", new Normal({ loc: p.local("z", new Normal({ loc: 0, scale: 1 })), scale: 1 }), x);
    });
    const g = meanField(m, DATA);
    open.push(g);
    await fit(m, g, DATA, { key: key(1), steps: 1, batch: 2 }).run();
    expect((numbersOf(g)["z.loc"] ?? []).filter((loc) => loc !== 0)).toHaveLength(2);
    await fit(m, g, DATA, { key: key(1), steps: 2, batch: 2 }).run();
    expect((numbersOf(g)["z.loc"] ?? []).filter((loc) => loc !== 0)).toHaveLength(4);
  });
});

test("of a model without latents the guide is one of nothing, and the fit that of the likelihood", async () => {
  const mu = parameter([], [0]);
  const m = model((p: Scope, { x }: { x: Tensor }) => p.observe("x", new Normal({ loc: mu, scale: 1 }), x), {
    parameters: { mu },
  });
  const g = meanField(m, { x: X });
  expect(g.parameters).toEqual({});
  const last = await fit(m, g, { x: X }, { key: key(1), steps: 600, schedule: { rate: 0.02 } }).run();
  near([...mu.toArray()], [0.55], 1e-4);
  const squares = X.reduce((so, x) => so + (x - 0.55) ** 2, 0);
  near([last?.bound ?? 0], [-2 * Math.log(2 * Math.PI) - squares / 2], 1e-5);
  mu.dispose();
});

describe("the estimator that is chosen for", () => {
  const coins = (...shape: number[]) => new Bernoulli({ logits: expand(tensor([0]), shape) });
  const categories = (K: number, ...shape: number[]) => new Categorical({ logits: expand(tensor([0]), [...shape, K]) });
  const number = () => new Normal({ loc: 0, scale: 1 });
  type Laws = Readonly<Record<string, Law>>;
  const chosen = (global: () => Laws, local: () => Laws = () => ({}), given?: Parameters<typeof estimatorsFor>[1]) =>
    step(() => {
      const factors = (of: Laws) => Object.entries(of).map(([name, law]) => new Factor(name, law));
      const found = estimatorsFor(
        [
          { factors: factors(global()), rows: 1 },
          { factors: factors(local()), rows: 4 },
        ],
        given,
      );
      return Object.fromEntries(Object.entries(found).map(([name, each]) => [name, each.name]));
    });
  const none = () => ({});

  test.each<[string, () => Laws, () => Laws, Record<string, string>]>([
    ["8 bits", () => ({ z: coins(8) }), none, { z: "enumeration" }],
    ["9 bits", () => ({ z: coins(9) }), none, { z: "DisARM" }],
    ["8 bits of each row", none, () => ({ z: coins(4, 8) }), { z: "enumeration" }],
    ["9 bits of each row", none, () => ({ z: coins(4, 9) }), { z: "DisARM" }],
    ["8 bits in two latents", () => ({ a: coins(4), b: coins(4) }), none, { a: "enumeration", b: "enumeration" }],
    ["9 bits in two latents", () => ({ a: coins(4), b: coins(5) }), none, { a: "DisARM", b: "DisARM" }],
    [
      "8 bits of all and 8 of each row",
      () => ({ a: coins(8) }),
      () => ({ b: coins(4, 8) }),
      { a: "enumeration", b: "enumeration" },
    ],
    [
      "9 bits of all and 8 of each row",
      () => ({ a: coins(9) }),
      () => ({ b: coins(4, 8) }),
      { a: "DisARM", b: "enumeration" },
    ],
    ["256 categories", () => ({ z: categories(256) }), none, { z: "enumeration" }],
    ["257 categories", () => ({ z: categories(257) }), none, { z: "RLOO" }],
    ["two of 16 categories in each row", none, () => ({ z: categories(16, 4, 2) }), { z: "enumeration" }],
    ["two of 17 categories in each row", none, () => ({ z: categories(17, 4, 2) }), { z: "RLOO" }],
    [
      "7 bits beside 2 categories",
      () => ({ a: coins(7), b: categories(2) }),
      none,
      { a: "enumeration", b: "enumeration" },
    ],
    ["7 bits beside 3 categories", () => ({ a: coins(7), b: categories(3) }), none, { a: "RLOO", b: "RLOO" }],
    ["counts", () => ({ z: new Poisson({ rate: 1 }) }), none, { z: "RLOO" }],
    ["a bit beside counts", () => ({ a: coins(1), b: new Poisson({ rate: 1 }) }), none, { a: "RLOO", b: "RLOO" }],
    ["numbers", () => ({ z: number() }), none, { z: "pathwise" }],
    ["bits beside numbers", () => ({ a: coins(8), b: number() }), none, { a: "enumeration", b: "pathwise" }],
    ["many bits beside numbers", () => ({ a: coins(9), b: number() }), none, { a: "DisARM", b: "pathwise" }],
  ])("%s", (_, global, local, expected) => expect(chosen(global, local)).toEqual(expected));

  test("what is given, alone or by name", () => {
    const both = () => ({ a: coins(2), b: number() });
    expect(chosen(both, none, rloo())).toEqual({ a: "RLOO", b: "pathwise" });
    expect(chosen(both, none, { b: rloo() })).toEqual({ a: "enumeration", b: "RLOO" });
    // Those that have one of their own do not count.
    const many = () => ({ a: coins(8), b: coins(8) });
    expect(chosen(many)).toEqual({ a: "DisARM", b: "DisARM" });
    expect(chosen(many, none, { b: disarm() })).toEqual({ a: "enumeration", b: "DisARM" });
  });

  test("a structured law is none to enumerate", () => {
    const chain = () => new MarkovChain({ initial: [0, 0], transition: expand(tensor([0]), [2, 2]), length: 3 });
    expect(chosen(() => ({ z: chain() }))).toEqual({ z: "RLOO" });
  });
});

test("a guide of one's own is asked about all rows, and then about those of a batch", async () => {
  const w = parameter([4], [0.1, 0.2, 0.3, 0.4]);
  const asked: (readonly number[])[] = [];
  const g = guide(
    ({ x }: { x: Tensor }, { rows, indices }) => {
      asked.push(indices ? [...indices] : [0, 1, 2, 3]);
      expect(x.shape).toEqual([rows]);
      near(
        [...x.toArray()],
        (asked.at(-1) ?? []).map((row) => X[row] as number),
      );
      return { z: new Bernoulli({ logits: x }) };
    },
    { parameters: { w } },
  );
  const m = model((p: Scope, { x }: { x: Tensor }) => {
    p.observe("x", new Normal({ loc: p.local("z", new Bernoulli({ logits: 0 })), scale: 1 }), x);
  });
  const running = fit(m, g, { x: X }, { key: key(1), steps: 2, batch: 2 });
  asked.length = 0;
  await running.run();
  expect(asked.flat().sort()).toEqual([0, 1, 2, 3]);
  await fit(m, g, { x: X }, { key: key(1), steps: 1 }).run();
  expect(asked.at(-1)).toEqual([0, 1, 2, 3]);
  w.dispose();
});
