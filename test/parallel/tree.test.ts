// Sums in a fixed order: the same, symbol by symbol, from any cut and any order of arrival.

import { describe, expect, test } from "vitest";
import { ranges, Tree } from "../../bindings/inference/shards/tree.ts";

const merge = (left: string, right: string): string => `(${left} ${right})`;
const leaves = (n: number) => Array.from({ length: n }, (_, index) => ({ level: 0, index, value: String(index) }));

/** Neighbours first, by its definition. */
function byHand(parts: string[]): string {
  if (parts.length === 1) return parts[0] as string;
  const pairs = Array.from({ length: Math.ceil(parts.length / 2) }, (_, i) => parts.slice(2 * i, 2 * i + 2));
  return byHand(pairs.map(([left, right]) => (right === undefined ? (left as string) : merge(left as string, right))));
}

describe.each([1, 2, 3, 5, 7, 8, 13, 32, 33])("a sum of %s units", (n) => {
  const expected = byHand(leaves(n).map(({ value }) => value));

  test("is that of neighbours, and of neighbours of these", () => {
    const tree = new Tree(n, merge);
    for (const leaf of leaves(n)) {
      expect(tree.root).toBeUndefined();
      tree.add(leaf);
    }
    expect(tree.root).toBe(expected);
  });

  test("is the same from shards of any size, in any order, with few nodes each", () => {
    for (let most = 1; most <= n; most++) {
      const shards = ranges(n, most).map(({ from, to }) => {
        const part = new Tree(n, merge);
        for (const leaf of leaves(n).slice(from, to).reverse()) part.add(leaf);
        expect(part.nodes.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(to - from + 1)));
        return part.nodes;
      });
      for (const order of [shards, [...shards].reverse(), [...shards.slice(1), shards[0] ?? []]]) {
        const tree = new Tree(n, merge);
        for (const nodes of order) for (const node of nodes) tree.add(node);
        expect(tree.root).toBe(expected);
      }
    }
  });

  test("knows which places there are", () => {
    const tree = new Tree(n, merge);
    expect(tree.has(0, n - 1)).toBe(true);
    for (const [level, index] of [
      [0, n],
      [0, -1],
      [-1, 0],
      [0.5, 0],
      [0, 0.5],
      [60, 0],
      [1, Math.ceil(n / 2)],
    ] as const)
      expect(tree.has(level, index)).toBe(false);
  });
});

test("ranges are all units, evenly", () => {
  expect(ranges(10, 4)).toEqual([
    { from: 0, to: 3 },
    { from: 3, to: 6 },
    { from: 6, to: 10 },
  ]);
  expect(ranges(10, Infinity)).toEqual([{ from: 0, to: 10 }]);
  expect(ranges(3, 1).length).toBe(3);
  // A message each.
  expect(ranges(1e6, 1).length).toBe(65_536);
  expect(ranges(1e6, 1).at(-1)?.to).toBe(1e6);
});
