// What a work is made of stays as it was when the work was made.

import { expect, test } from "vitest";
import { tensor } from "../../bindings/graph/index.ts";
import { meanOfRows, type RowsPiece } from "../../bindings/inference/index.ts";
import { inline, shared } from "../../bindings/parallel/index.ts";

const numbers = shared("numbers of an input", ({ of }: { of: Float32Array }) => {
  const own = of.slice();
  of.fill(0);
  return { loss: ({ from, to }: RowsPiece) => tensor(own.slice(from, to)) };
});

test("an input that is changed after the work was made, or by it, is not what workers make theirs of", async () => {
  const of = new Float32Array([1, 2, 3]);
  const { loss } = numbers({ of });
  expect([...of]).toEqual([1, 2, 3]);
  of.fill(9);
  const here = await meanOfRows(loss, { rows: 3, gradients: false });
  expect(here.value).toBe(2);
  expect(await meanOfRows(loss, { rows: 3, gradients: false, executor: inline() })).toEqual(here);
});
