import { describe, expect, test } from "vitest";
import { backward, mul, parameter, step, sum, take, tensor } from "../../bindings/graph/index.ts";

describe("take", () => {
  // Widths that are no multiple of a vector's four numbers: a row's gradient must not run over into the next.
  test.each([
    [[6], [4, 0, 4, 5, 1]],
    [[6], [5]],
    [
      [5, 3],
      [1, 1, 4, 0],
    ],
    [
      [4, 2, 3],
      [3, 2, 3],
    ],
    [
      [3, 8],
      [2, 0, 2, 2],
    ],
    [
      [1, 1],
      [0, 0, 0, 0, 0],
    ],
  ])("of %j rows %j: the rows, and to each the sum of what comes back to it", (shape, indices) => {
    const [rows, ...rest] = shape;
    const width = rest.reduce((so, n) => so * n, 1);
    const values = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i));
    const up = Float32Array.from({ length: indices.length * width }, (_, i) => 1 + (i % 7) / 8);
    const x = parameter(shape, values);
    const after = parameter([4], [9, 9, 9, 9]);
    const y = step(() => {
      const taken = take(x, Uint32Array.from(indices));
      expect(taken.shape).toEqual([indices.length, ...rest]);
      backward(sum(mul(taken, tensor(up, taken.shape))));
      return [...taken.toArray()];
    });
    expect(y).toEqual(indices.flatMap((i) => [...values.subarray(i * width, (i + 1) * width)]));
    const expected = new Float64Array(rows * width);
    for (const [i, row] of indices.entries())
      for (let j = 0; j < width; j++) expected[row * width + j] += up[i * width + j];
    expect([...x.grad()]).toEqual([...expected]);
    expect([...after.grad(), ...after.toArray()]).toEqual([0, 0, 0, 0, 9, 9, 9, 9]);
    for (const each of [x, after]) each.dispose();
  });

  test.each([
    [[], "indices: expected at least one index, got none"],
    [[0, 3], "indices[1]: expected an integer from 0 to 2, got 3"],
    [[-1], "indices[0]: expected an integer from 0 to 2, got -1"],
    [[0.5], "indices[0]: expected an integer from 0 to 2, got 0.5"],
    ["a", "indices[0]: expected an integer from 0 to 2, got"],
    [undefined, "indices: expected an array of integers, got undefined"],
  ])("refuses %j", (indices, message) => {
    expect(() => step(() => take(tensor([1, 2, 3]), indices as never))).toThrow(message);
  });

  test("refuses a number, and a tensor of a step that has ended", () => {
    expect(() => step(() => take(tensor([1], []), [0]))).toThrow("x: expected at least one dimension, got []");
    const old = step(() => tensor([1, 2]));
    expect(() => step(() => take(old, [0]))).toThrow(/x/);
  });
});
