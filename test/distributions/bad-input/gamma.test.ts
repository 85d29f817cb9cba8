import { describe, expect, test } from "vitest";
import { Beta, Gamma, StudentT } from "../../../bindings/distributions/index.ts";
import { step } from "../../../bindings/graph/index.ts";
import { ArgumentError } from "../../../bindings/index.ts";

const refused = (call: () => unknown, message: string): void => {
  expect(call).toThrow(ArgumentError);
  expect(call).toThrow(message);
};

describe("parameters outside of their range are refused by name", () => {
  test.each([0, -1, Number.NaN, Infinity])("%d", (bad) => {
    const above = `expected a finite number above 0, got ${bad}`;
    refused(() => new Gamma({ concentration: bad, rate: 1 }), `concentration: ${above}`);
    refused(() => new Gamma({ concentration: 1, rate: bad }), `rate: ${above}`);
    refused(() => new Beta({ concentration1: bad, concentration0: 1 }), `concentration1: ${above}`);
    refused(() => new Beta({ concentration1: 1, concentration0: bad }), `concentration0: ${above}`);
    refused(() => new StudentT({ df: bad }), `df: ${above}`);
    refused(() => new StudentT({ df: 1, scale: bad }), `scale: ${above}`);
  });

  test("missing, misspelt", () => {
    refused(() => new Gamma({ concentration: 1 } as never), "rate");
    refused(() => new Gamma({ concentration: 1, scale: 1 } as never), "options: expected no options but concentration");
    refused(() => new Beta({ concentration1: 1 } as never), "concentration0");
    refused(() => new StudentT({} as never), "df");
    refused(() => new StudentT({ df: 1, loc: Infinity }), "loc: expected a finite number");
  });
});

describe("values outside of the support are refused, or have the log-probability -Infinity", () => {
  const gamma = (validateArgs?: boolean) => new Gamma({ concentration: 0.5, rate: 1, ...unchecked(validateArgs) });
  const beta = (validateArgs?: boolean) =>
    new Beta({ concentration1: 0.5, concentration0: 0.5, ...unchecked(validateArgs) });
  const unchecked = (validateArgs?: boolean) => (validateArgs === undefined ? {} : { validateArgs });

  test.each([0, -1, Infinity])("Gamma at %d", (x) => {
    refused(() => step(() => gamma().logProb(x)), "value: expected a finite number above 0");
    refused(() => step(() => gamma().cdf(x)), "value: expected a finite number above 0");
    expect(step(() => gamma(false).logProb([x]).item())).toBe(-Infinity);
    expect(step(() => gamma(false).cdf([x]).item())).toBe(x > 0 ? 1 : 0);
  });

  test.each([0, 1, -1, 2])("Beta at %d", (x) => {
    refused(() => step(() => beta().logProb(x)), "value: expected a number between 0 and 1");
    refused(() => step(() => beta().cdf(x)), "value: expected a number between 0 and 1");
    expect(step(() => beta(false).logProb([x]).item())).toBe(-Infinity);
    expect(step(() => beta(false).cdf([x]).item())).toBe(x >= 1 ? 1 : 0);
  });

  test.each([-0.1, 1.1, Number.NaN])("quantiles of %d", (p) => {
    for (const d of [gamma(), beta(), new StudentT({ df: 3 })])
      refused(() => step(() => d.icdf([p])), "p: expected a number from 0 to 1");
  });
});
