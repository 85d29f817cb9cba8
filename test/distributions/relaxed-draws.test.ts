import { expect, test } from "vitest";
import { CATEGORIES, drawBinary, drawRows, TEMPERATURES } from "./relaxed-draws.ts";

test("binary laws give finite samples, log-probabilities and gradients from temperature 1e-3 to 10", () => {
  const { numbers, bad } = drawBinary(28000);
  expect(numbers).toBeGreaterThan(28000 * 4);
  expect(bad).toBe(0);
});

test.each(CATEGORIES)("so do the one-hot laws of %i categories", (categories) => {
  const rows = Math.ceil(200000 / categories);
  const { numbers, bad } = drawRows(categories, rows);
  expect(numbers).toBeGreaterThan(rows * categories * 2);
  expect(TEMPERATURES[0]).toBe(1e-3);
  expect(bad).toBe(0);
});
