import { describe, expect, test } from "vitest";
import * as distributions from "../../bindings/distributions/index.ts";
import { continuous } from "../../bindings/distributions/kl/continuous.ts";
import { closedForms } from "../../bindings/distributions/kl/forms.ts";
import { backward, type Parameter, parameter, step, type Tensor } from "../../bindings/graph/index.ts";
import { ArgumentError, ShapeError } from "../../bindings/index.ts";
import type { Setting, Univariate } from "./case.ts";
import { rounded } from "./expectation.ts";
import type { Divergence } from "./kl/case.ts";
import { CONTINUOUS } from "./kl/continuous.ts";
import { DISCRETE } from "./kl/discrete.ts";
import { GAMMA } from "./kl/gamma.ts";
import { derivative, integrate } from "./quadrature.ts";
import { MULTIVARIATE, UNIVARIATE } from "./tables.ts";

const { registerKl } = distributions;
/** Of families with a closed form, which a type as wide as this does not tell. */
const klDivergence = distributions.klDivergence as (
  p: distributions.Distribution,
  q: distributions.Distribution,
) => Tensor;

const CASES: readonly Divergence[] = [...CONTINUOUS, ...DISCRETE, ...GAMMA];

/** The entry of the tables with these parameters. */
function familyOf(name: string, setting: Setting): Univariate {
  const names = Object.keys(setting).sort().join();
  const found = UNIVARIATE.find(
    (f) =>
      f.name === name &&
      Object.keys(f.settings[0] ?? {})
        .sort()
        .join() === names,
  );
  if (!found) throw new Error(`the tables have no ${name} of ${names}`);
  return found;
}

/** E_p[log p - log q] under the oracles. */
function oracle(p: Univariate, q: Univariate, s: Setting, t: Setting): number {
  const term = (x: number): number => {
    const log = p.logProb(x, s);
    return Math.exp(log) > 0 ? Math.exp(log) * (log - q.logProb(x, t)) : 0;
  };
  if (p.counts) {
    const { from, to } = p.counts(s);
    let total = 0;
    for (let k = from; k <= to; k++) total += term(k);
    return total;
  }
  const { from, to, breaks = [] } = (p.range as NonNullable<Univariate["range"]>)(s);
  return integrate(term, from, to, [...breaks, ...(q.range?.(t).breaks ?? [])]);
}

/** Parameters that p and q have to share, which there is no difference of q in: counts of trials. */
const isFree = ([name]: readonly [string, number]): boolean => name !== "totalCount";

const differences = (setting: Setting, f: (setting: Setting) => number): number[] =>
  Object.entries(setting)
    .filter(isFree)
    .map(([name, at]) => derivative((x) => f({ ...setting, [name]: x }), at, Math.max(1e-2, Math.abs(at)) / 32));

const parametersOf = (setting: Setting): Record<string, Parameter> =>
  Object.fromEntries(
    Object.entries(setting)
      .filter(isFree)
      .map(([name, x]) => [name, parameter([], [x])]),
  );

function expectClose(got: readonly number[], expected: readonly number[], tolerance: number): void {
  for (const [i, y] of expected.entries())
    expect(Math.abs((got[i] as number) - y), `element ${i}: ${got[i]}, not ${y}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(y)),
    );
}

const ROWS = CASES.flatMap(({ p, q, settings }) => settings.map(([s, t]) => ({ p, q, s: rounded(s), t: rounded(t) })));

describe.each(ROWS)("KL($p $s || $q $t)", ({ p, q, s, t }) => {
  const [one, other] = [familyOf(p, s), familyOf(q, t)];

  test("is the expectation of log p - log q, and so are its gradients", () => {
    const [a, b] = [parametersOf(s), parametersOf(t)];
    const value = step(() => {
      const y = klDivergence(one.make({ ...s, ...a }), other.make({ ...t, ...b }));
      backward(y);
      return y.item();
    });
    const gradients = [a, b].map((parameters) => Object.values(parameters).map((x) => x.grad()[0] as number));
    for (const x of [...Object.values(a), ...Object.values(b)]) x.dispose();
    expectClose([value], [oracle(one, other, s, t)], 4e-6);
    expectClose(
      gradients[0] as number[],
      differences(s, (changed) => oracle(one, other, changed, t)),
      2e-5,
    );
    expectClose(
      gradients[1] as number[],
      differences(t, (changed) => oracle(one, other, s, changed)),
      2e-5,
    );
  });

  test.runIf(p === q)("is 0 from itself", () => {
    expect(step(() => klDivergence(one.make(s), one.make(s)).item())).toBe(0);
  });

  test("broadcasts the batch of p against that of q", () => {
    const batched = Object.fromEntries(Object.entries(s).map(([name, x]) => [name, [x, x, x]]));
    const { shape, data, alone } = step(() => {
      const y = klDivergence(one.make(batched), other.make(t));
      return { shape: y.shape, data: [...y.toArray()], alone: klDivergence(one.make(s), other.make(t)).item() };
    });
    expect(shape).toEqual([3]);
    expect(data).toEqual([alone, alone, alone]);
  });
});

/** log p - log q has no expectation, or q no density where p has some. */
const infinite = continuous().filter(([p, q]) => {
  const [one, other] = [p, q].map(({ name }) => UNIVARIATE.find((family) => family.name === name));
  return one && other && !CASES.some((row) => row.p === p.name && row.q === q.name);
});

test("a pair of kl/continuous.ts without a case here is infinite, value by value", () => {
  expect(infinite.length).toBeGreaterThan(30);
  for (const [p, q] of infinite) {
    const [one, other] = [p, q].map(({ name }) => UNIVARIATE.find((family) => family.name === name)) as [
      Univariate,
      Univariate,
    ];
    const [s, t] = [one.settings[0] ?? {}, other.settings[0] ?? {}];
    const y = step(() => [...klDivergence(one.make(s), other.make(t)).toArray()]);
    expect(y, `KL(${p.name} || ${q.name})`).toEqual([Infinity]);
    // Cauchy's tails outweigh those of every other: its mean distance from anywhere is infinite.
    const outside = step(() => [
      ...one
        .make(s)
        .sample({ hi: 1, lo: 2 }, { shape: [200] })
        .toArray(),
    ]).filter((x) => other.make(t).support.firstOutside(Float32Array.of(x), 1) >= 0);
    if (one.name !== "Cauchy") expect(outside.length, `${p.name} outside of ${q.name}`).toBeGreaterThan(0);
  }
});

test("every closed form belongs to families of the tables", () => {
  const known = new Set([...UNIVARIATE.map(({ name }) => name), ...Object.keys(MULTIVARIATE)]);
  expect(
    closedForms()
      .flatMap(([p, q]) => [p.name, q.name])
      .filter((name) => !known.has(name)),
  ).toEqual([]);
});

test("a uniform law that leaves the other is infinitely far from it", () => {
  const { Uniform } = distributions;
  const [inside, outside] = step(() => {
    const q = new Uniform({ low: 0, high: 1 });
    return [new Uniform({ low: 0, high: 0.5 }), new Uniform({ low: -0.5, high: 0.5 })].map((p) =>
      klDivergence(p, q).item(),
    );
  });
  expect(inside).toBeCloseTo(Math.log(2), 6);
  expect(outside).toBe(Infinity);
});

describe("bad calls", () => {
  const { Cauchy, Logistic, Normal } = distributions;

  test("a pair without a closed form is refused by name", () => {
    const call = () => step(() => klDivergence(new Logistic(), new Cauchy()));
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(
      "q: expected a family whose divergence from Logistic is known (registerKl makes it known), got Cauchy",
    );
  });

  test("what is no distribution is refused", () => {
    expect(() => klDivergence(5 as never, new Normal())).toThrow("p: expected a distribution, got 5");
    expect(() => klDivergence(new Normal(), {} as never)).toThrow("q: expected a distribution, got an object (Object)");
  });

  test("batches that do not broadcast are refused", () => {
    const call = () => step(() => klDivergence(new Cauchy({ loc: [1, 2] }), new Cauchy({ loc: [1, 2, 3] })));
    expect(call).toThrow(ShapeError);
  });

  test("registerKl takes classes of distributions and a function, and a subclass has the form of its parents", () => {
    expect(() => registerKl(Array as never, Normal, () => null as never)).toThrow(
      "p: expected a class of distributions",
    );
    expect(() => registerKl(Normal, Normal, 1 as never)).toThrow("form: expected a function of p and q, got 1");
    class Mine extends Normal {}
    expect(step(() => klDivergence(new Mine({ loc: 1 }), new Mine()).item())).toBe(0.5);
    registerKl(Mine, Normal, (p) => p.mean());
    expect(step(() => klDivergence(new Mine({ loc: 3 }), new Mine()).item())).toBe(3);
    expect(step(() => klDivergence(new Normal({ loc: 3 }), new Mine()).item())).toBe(4.5);
  });

  test("a form registered for a relaxed family is an estimate of standard error 0, as the type says", () => {
    class Mine extends distributions.RelaxedBernoulli {}
    registerKl(Mine, Normal, (p) => p.temperature);
    step(() => {
      const p = new Mine({ logits: 0, temperature: 0.5 });
      const { value, standardError } = distributions.klDivergence(p, new Normal());
      expect([value.item(), standardError.item()]).toEqual([0.5, 0]);
    });
  });
});
