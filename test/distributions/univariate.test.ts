import { describe, expect, test } from "vitest";
import type { Distribution, Estimate, Reparameterized } from "../../bindings/distributions/index.ts";
import { backward, mul, parameter, step, sum, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { ArgumentError, key, uniform } from "../../bindings/index.ts";
import type { Setting, Univariate } from "./case.ts";
import { expectation, rounded } from "./expectation.ts";
import { derivative, integrate } from "./quadrature.ts";
import { UNIVARIATE } from "./tables.ts";

/** What issue 5 asks of log-densities and their gradients, against double precision. */
const within = (expected: number, tolerance = 4e-6): number => tolerance * Math.max(1, Math.abs(expected));

type Optional = Partial<Record<"mode" | "enumerateSupport", () => Tensor>> &
  Partial<Record<"mean" | "variance" | "entropy", () => Tensor | Estimate>> &
  Partial<Record<"cdf" | "icdf", (x: readonly number[]) => Tensor>>;

/** Runs `body` with the family at a setting, its parameters as the graph's, and gives their gradients. */
function differentiate(
  family: Univariate,
  setting: Setting,
  body: (distribution: Distribution & Optional) => Tensor,
): Record<string, number> {
  const fixed = Object.entries(setting).filter(([name]) => family.fixed?.includes(name));
  const free = Object.entries(setting).filter(([name]) => !family.fixed?.includes(name));
  const parameters = Object.fromEntries(free.map(([name, x]) => [name, parameter([], [x])]));
  step(() => backward(body(family.make({ ...parameters, ...Object.fromEntries(fixed) }))));
  const gradients = Object.entries(parameters).map(([name, p]) => [name, p.grad()[0] as number]);
  for (const p of Object.values(parameters)) p.dispose();
  return Object.fromEntries(gradients);
}

/** The same gradients from the oracle. */
const differences = (family: Univariate, setting: Setting, f: (setting: Setting) => number): Record<string, number> =>
  Object.fromEntries(
    Object.keys(setting)
      .filter((name) => !family.fixed?.includes(name))
      .map((name) => {
        const at = setting[name] as number;
        return [name, derivative((x) => f({ ...setting, [name]: x }), at, Math.max(1e-4, Math.abs(at)) / 32)];
      }),
  );

function expectClose(got: ArrayLike<number>, expected: readonly number[], tolerance?: number): void {
  expect(got.length).toBe(expected.length);
  for (const [i, y] of expected.entries())
    expect(Math.abs((got[i] as number) - y), `element ${i}: ${got[i]}, not ${y}`).toBeLessThanOrEqual(
      within(y, tolerance),
    );
}

function expectGradients(got: Record<string, number>, expected: Record<string, number>, tolerance?: number): void {
  expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, y] of Object.entries(expected))
    expect(Math.abs((got[name] as number) - y), `d ${name}: ${got[name]}, not ${y}`).toBeLessThanOrEqual(
      within(y, tolerance),
    );
}

for (const family of UNIVARIATE)
  describe.each(family.settings.map(rounded))(`${family.name} %j`, (setting) => {
    const make = (): Distribution & Optional => family.make(setting);
    const samples = (n: number): number[] =>
      step(() => [
        ...make()
          .sample(key(11), { shape: [n] })
          .toArray(),
      ]);
    const values = [...samples(40), ...(family.points?.(setting) ?? [])].map(Math.fround);
    const has = (name: keyof Optional | "rsample"): boolean => name in step(make);
    const mayHave = (name: NonNullable<Univariate["without"]>[number]): boolean =>
      has(name) && !family.without?.includes(name);

    test("the oracle is a law: its density sums to 1", () => {
      expect(expectation(family, setting, () => 1)).toBeCloseTo(1, 8);
    });

    test("logProb", () => {
      const got = step(() => make().logProb(values).toArray());
      expectClose(
        got,
        values.map((x) => family.logProb(x, setting)),
      );
    });

    test("gradients of logProb", () => {
      const weights = uniform(key(12), values.length);
      const xs = parameter([values.length], values);
      const got = differentiate(family, setting, (d) => sum(mul(d.logProb(xs), tensor(weights))));
      const weighted = (s: Setting): number =>
        values.reduce((total, x, i) => total + (weights[i] as number) * family.logProb(x, s), 0);
      expectGradients(got, differences(family, setting, weighted));
      if (family.range)
        expectClose(
          xs.grad(),
          values.map(
            (x, i) => (weights[i] as number) * derivative((t) => family.logProb(t, setting), x, widthAt(x) / 64),
          ),
        );
      xs.dispose();
    });

    /** Where differences may reach without leaving the support. */
    const widthAt = (x: number): number => {
      if (!family.range) return 1;
      const { from, to } = family.range(setting);
      const inside = Math.min(x > from ? x - from : Infinity, x < to ? to - x : Infinity);
      return Math.min(
        Number.isFinite(inside) ? inside : Math.abs(x),
        step(() => spread(make())),
      );
    };

    test("a batch of them, broadcast, has the bits of each", () => {
      const rows = family.settings.map(rounded);
      const stacked = Object.fromEntries(
        Object.keys(setting).map((name) => [name, rows.map((row) => row[name] as number)]),
      );
      const x = values[0] as number;
      const together = step(() => [
        ...family
          .make({ ...stacked, validateArgs: false })
          .logProb(x)
          .toArray(),
      ]);
      const apart = rows.map((row) =>
        step(() =>
          family
            .make({ ...row, validateArgs: false })
            .logProb(x)
            .item(),
        ),
      );
      expect(together).toEqual(apart);
    });

    test("parameters that are no numbers are refused by name", () => {
      for (const name of Object.keys(setting)) {
        const bad = (): unknown => family.make({ ...setting, [name]: [setting[name], Number.NaN] });
        expect(bad).toThrow(ArgumentError);
        expect(bad).toThrow(new RegExp(`^${name}: expected .*, got NaN at index 1 of \\[2\\]$`));
        expect(() => family.make({ ...setting, [name]: "1" })).toThrow(new RegExp(`^${name}: expected`));
      }
    });

    test("values outside of the support are refused, or have no density where that is not looked at", () => {
      const outside = [-1, 0, 0.5, 1.5, 2 ** 24 + 2].filter(
        (x) => make().support.firstOutside(Float32Array.of(x), 1) === 0,
      );
      for (const x of [...outside, Number.NaN])
        expect(() => step(() => make().logProb([x]))).toThrow(/^value: expected .*, got /);
      const unchecked = step(() =>
        family
          .make({ ...setting, validateArgs: false })
          .logProb([0, ...outside])
          .toArray(),
      );
      expect([...unchecked.slice(1)]).toEqual(outside.map(() => -Infinity));
    });

    test("samples belong to the support and repeat; an offset continues them", () => {
      const [all, end] = step(() => {
        const d = make();
        const drawn = d.sample(key(13), { shape: [24] });
        d.logProb(drawn); // refuses what is outside
        return [drawn.toArray(), d.sample(key(13), { shape: [14], offset: 10 }).toArray()];
      });
      expect(all.slice(10)).toEqual(end);
    });

    const functional = (name: "mean" | "variance" | "entropy", oracle: (s: Setting) => number): void => {
      test.runIf(mayHave(name))(`${name} and its gradients`, () => {
        expectClose([step(() => functionalOf(make(), name).item())], [oracle(setting)]);
        const got = differentiate(family, setting, (d) => functionalOf(d, name));
        expectGradients(got, differences(family, setting, oracle), 2e-5);
      });
    };
    const meanOf = (s: Setting): number => expectation(family, s, (x) => x);
    functional("mean", meanOf);
    functional("variance", (s) => {
      const mean = meanOf(s);
      return expectation(family, s, (x) => (x - mean) ** 2);
    });
    functional("entropy", (s) => expectation(family, s, (x) => -family.logProb(x, s)));

    test.runIf(mayHave("mode"))("mode has the largest density", () => {
      const mode = step(() => (make().mode as () => Tensor)().item());
      for (const x of values)
        expect(family.logProb(mode, setting)).toBeGreaterThanOrEqual(family.logProb(x, setting) - 1e-4);
    });

    const cdfOf = (x: number, s: Setting): number => {
      if (family.counts) {
        let total = 0;
        for (let k = family.counts(s).from; k <= x; k++) total += Math.exp(family.logProb(k, s));
        return total;
      }
      const { from, to, breaks } = (family.range as NonNullable<Univariate["range"]>)(s);
      if (x <= from) return 0;
      return integrate((t) => Math.exp(family.logProb(t, s)), from, Math.min(x, to), breaks);
    };

    test.runIf(mayHave("cdf"))("cdf, and its gradients", () => {
      const some = samples(12);
      expectClose(
        step(() => (make().cdf as NonNullable<Optional["cdf"]>)(some).toArray()),
        some.map((x) => cdfOf(x, setting)),
        1e-6,
      );
      const x = some[0] as number;
      const got = differentiate(family, setting, (d) => (d.cdf as NonNullable<Optional["cdf"]>)([x]));
      expectGradients(
        got,
        differences(family, setting, (s) => cdfOf(x, s)),
        2e-5,
      );
    });

    test.runIf(mayHave("icdf"))("icdf is the inverse of cdf", () => {
      const probs = [1e-6, 0.01, 0.2, 0.5, 0.7, 0.99].map(Math.fround);
      const back = step(() => [...(make().icdf as NonNullable<Optional["icdf"]>)(probs).toArray()]);
      for (const [i, x] of back.entries()) {
        const p = probs[i] as number;
        if (family.counts) {
          expect(cdfOf(x, setting)).toBeGreaterThanOrEqual(p * (1 - 1e-6));
          expect(cdfOf(x - 1, setting)).toBeLessThanOrEqual(p * (1 + 1e-6));
        } else {
          // As far as float32 tells x from its neighbours.
          const slack = 2e-7 * Math.abs(x) * Math.exp(family.logProb(x, setting));
          expect(Math.abs(cdfOf(x, setting) - p)).toBeLessThanOrEqual(2e-6 * p + slack);
        }
      }
    });

    test.runIf(mayHave("rsample") && family.range !== undefined)("rsample: dz/dθ = -(∂F/∂θ)(z) / p(z)", () => {
      for (let i = 0; i < 6; i++) {
        const options = { offset: i };
        const z = step(() => (make() as Reparameterized).rsample(key(14), options).item());
        const got = differentiate(family, setting, (d) => (d as Reparameterized).rsample(key(14), options));
        const p = Math.exp(family.logProb(z, setting));
        const expected = differences(family, setting, (s) => -cdfOf(z, s) / p);
        expectGradients(got, expected, 2e-4);
      }
    });

    test("enumerateSupport lists all the mass", () => {
      const d = step(make);
      if (!d.hasEnumerateSupport) return;
      const [total, n] = step(() => {
        const all = (make().enumerateSupport as () => Tensor)();
        const logs = make().logProb(all).toArray();
        return [logs.reduce((s, l) => s + Math.exp(l), 0), logs.length];
      });
      expect(total).toBeCloseTo(1, 6);
      expect(n).toBeGreaterThan(1);
    });
  });

/** A functional; of an estimate, which here is exact, its value. */
function functionalOf(d: Optional, name: "mean" | "variance" | "entropy"): Tensor {
  const result = (d[name] as () => Tensor | Estimate).call(d);
  if (!("standardError" in result)) return result;
  expect(result.standardError.item()).toBe(0);
  return result.value;
}

/** A length over which the density changes: of samples. */
function spread(d: Distribution): number {
  const sorted = d
    .sample(key(15), { shape: [64] })
    .toArray()
    .sort();
  return Math.max(1e-6, (sorted[48] as number) - (sorted[16] as number));
}
