import { foldIn, key } from "reparam";
import { expect, test } from "vitest";
import { permutation } from "../../examples/mnist-vae/shuffle.ts";

test("a permutation holds every index once", () => {
  const order = permutation(key(0), 60_000);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 60_000 }, (_, i) => i));
});

test("a permutation is the same for the same key and another for the next epoch's", () => {
  const epoch = (i: number) => permutation(foldIn(key(5), i), 1000);
  expect(epoch(0)).toEqual(epoch(0));
  expect(epoch(0)).not.toEqual(epoch(1));
});

test("every place is equally likely for an index", () => {
  const counts = new Array<number>(4).fill(0);
  for (let i = 0; i < 4000; i++) counts[permutation(foldIn(key(9), i), 4).indexOf(0)]++;
  // chi-square with 3 degrees of freedom, alpha = 0.001: 16.27. The key is fixed, so the test never flickers.
  expect(counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(16.27);
});
