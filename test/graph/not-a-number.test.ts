import { expect, test } from "vitest";
import { logSoftmax, logSumExp, softmax, step, tensor } from "../../bindings/graph/index.ts";
import { onEveryBuild } from "../builds.ts";

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: absent } = Number;

onEveryBuild("rows that are no distribution", () => {
  test.each([1, 2, 3, 4, 10, 32, 33, 100])(
    "of %d numbers give NaN, wherever what is wrong stands, and leave the rows beside them alone",
    (cols) =>
      step(() => {
        const good = Float32Array.from({ length: cols }, (_, k) => Math.sin(k));
        const wrong: Float32Array[] = [good.map(() => absent)];
        for (const at of [0, cols >> 1, cols - 1])
          for (const value of [nan, inf]) wrong.push(good.map((x, k) => (k === at ? value : x)));
        const alone = Array.from(softmax(tensor(good, [1, cols])).toArray());
        for (const row of wrong) {
          const x = tensor(Float32Array.from([...good, ...row, ...good, ...good, ...good]), [5, cols]);
          for (const f of [softmax, logSoftmax, logSumExp]) {
            const y = Float32Array.from(f(x).toArray());
            const width = y.length / 5;
            expect(y.subarray(width, 2 * width).every(Number.isNaN), `${f.name} of ${row}`).toBe(true);
            expect(
              [...y.subarray(0, width), ...y.subarray(2 * width)].some(Number.isNaN),
              `${f.name} beside ${row}`,
            ).toBe(false);
          }
          expect(Array.from(softmax(x).toArray()).slice(0, cols)).toEqual(alone);
        }
      }),
  );
});
