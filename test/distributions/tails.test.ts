import { describe, expect, test } from "vitest";
import { step } from "../../bindings/graph/index.ts";
import type { Setting, Univariate } from "./case.ts";
import { rounded } from "./expectation.ts";
import { integrate } from "./quadrature.ts";
import { UNIVARIATE } from "./tables.ts";

/** Small beside 1, and large beside what the ranges of the tables leave out: 9e-27 at most. */
const LEAST = 1e-18;

type Tailed = { cdf(x: readonly number[]): { toArray(): Float32Array }; icdf: Tailed["cdf"] };

/** Families whose cdf has a closed form here, with an inverse. */
const NAMES = [
  "Exponential",
  "Gumbel",
  "HalfNormal",
  "Kumaraswamy",
  "Laplace",
  "LogNormal",
  "Logistic",
  "Normal",
  "Weibull",
];

const families = UNIVARIATE.filter(({ name }) => NAMES.includes(name));

test("the tables have them", () => {
  expect(new Set(families.map(({ name }) => name)).size).toBe(NAMES.length);
});

describe.each(families.flatMap((family) => family.settings.map((s) => ({ family, setting: rounded(s) }))))(
  "the lower tail of $family.name $setting",
  ({ family, setting }) => {
    const make = () => family.make(setting) as unknown as Tailed;
    const { from } = (family.range as NonNullable<Univariate["range"]>)(setting);
    const density = (t: number, s: Setting): number => Math.exp(family.logProb(t, s));

    test("cdf has its digits where icdf puts a probability of 1e-18, and 1e-10", () => {
      for (const p of [LEAST, 1e-10].map(Math.fround)) {
        const [x, back] = step(() => {
          const [at] = make().icdf([p]).toArray();
          return [
            at as number,
            make()
              .cdf([at as number])
              .toArray()[0] as number,
          ];
        });
        // Of a number that float32 rounds: a relative 6e-8 of |x| moves the tail by its hazard x p(x) / F(x).
        const exact = integrate((t) => density(t, setting), from, x);
        const rounding = (6e-8 * Math.abs(x) * density(x, setting)) / exact;
        expect(Math.abs(back / exact - 1)).toBeLessThanOrEqual(1e-6);
        expect(Math.abs(exact / p - 1)).toBeLessThanOrEqual(1e-6 + 1.1 * rounding);
      }
    });
  },
);
