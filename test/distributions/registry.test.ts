import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as distributions from "../../bindings/distributions/index.ts";
import { MULTIVARIATE, UNIVARIATE } from "./tables.ts";

const { Distribution, Reparameterized, Sampleable } = distributions;
const BASES: readonly unknown[] = [Distribution, Reparameterized];
const families = Object.entries(distributions)
  .filter(([, value]) => typeof value === "function" && value.prototype instanceof Sampleable)
  .filter(([, value]) => !BASES.includes(value))
  .map(([name]) => name)
  .sort();

test("every family has an entry in the tables of the tests, and every entry a family", () => {
  const covered = new Set([...UNIVARIATE.map(({ name }) => name), ...Object.keys(MULTIVARIATE)]);
  expect([...covered].sort()).toEqual(families);
});

test("the tests that the table of multivariate families names are there", () => {
  expect(Object.values(MULTIVARIATE).filter((file) => !existsSync(new URL(file, import.meta.url)))).toEqual([]);
});

test("the README counts them", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`**Distributions.** ${families.length} families`);
  for (const name of families) expect(readme).toContain(`\`${name}\``);
});
