// What an executor of one's own says of its size decides no result, and is refused where it is none.

import { expect, test } from "vitest";
import { tensor } from "../../bindings/graph/index.ts";
import { meanOfRows, type RowsPiece } from "../../bindings/inference/index.ts";
import { inline, shared } from "../../bindings/parallel/index.ts";

const { loss } = shared("of sizes", () => ({
  loss: ({ from, to }: RowsPiece) => tensor(Float32Array.from({ length: to - from }, (_, i) => from + i)),
}))();

const mean = (size: unknown) =>
  meanOfRows(loss, { rows: 10, piece: 2, gradients: false, executor: { ...inline(), size: size as number } });

test.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, -1, "2"])("%s is refused", async (size) => {
  await expect(mean(size)).rejects.toThrow("executor.size: expected a number of 0 or more");
});

test.each([0, 0.5, 1, 1000])("%d is taken", async (size) => {
  expect((await mean(size)).value).toBe(4.5);
});
