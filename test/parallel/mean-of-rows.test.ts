// The mean of a loss over rows and its gradient: against one step that has all rows, and the same bits whoever computes which pieces.

import { describe, expect, test } from "vitest";
import { DisposedError } from "../../bindings/core/index.ts";
import {
  add,
  backward,
  gumbelSoftmax,
  matmul,
  mean,
  mul,
  type Parameter,
  parameter,
  sgd,
  step,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { meanOfRows, type RowsPiece } from "../../bindings/inference/index.ts";
import { type Executor, inline, shared } from "../../bindings/parallel/index.ts";
import { foldIn, key, normal } from "../../bindings/random/index.ts";

const WIDTH = 3;
const regression = shared("regression of rows", ({ seed, rows }: { seed: number; rows: number }) => {
  const x = normal(key(seed), rows * WIDTH);
  const parameters = {
    w: parameter([WIDTH, WIDTH], normal(key(seed + 1), WIDTH * WIDTH)),
    b: parameter([WIDTH]),
    unused: parameter([2]),
  };
  const loss = ({ from, to, input }: RowsPiece<{ step: number }>): Tensor => {
    const batch = tensor(x.subarray(from * WIDTH, to * WIDTH), [to - from, WIDTH]);
    const logits = add(matmul(batch, parameters.w), parameters.b);
    const z = gumbelSoftmax(foldIn(key(seed + 2), input.step), logits, { tau: 0.7, offset: from * WIDTH });
    return sum(mul(z, batch), { axis: -1 });
  };
  return { parameters, loss };
});

const ROWS = 101;
/** Passes send to its parameter twice: what is there before the first is rounded into both. */
const twice = shared("rows twice", () => {
  const w = parameter([WIDTH], [1, 2, 3]);
  const [x, y] = [1, 2].map((seed) => normal(key(seed), ROWS * WIDTH));
  const part = (values: Float32Array, { from, to }: RowsPiece) =>
    sum(mul(w, tensor(values.subarray(from * WIDTH, to * WIDTH), [to - from, WIDTH])), { axis: -1 });
  return { w, loss: (piece: RowsPiece): Tensor => add(part(x as Float32Array, piece), part(y as Float32Array, piece)) };
});

const input = { step: 7 };

async function run(options: { piece?: number; executor?: Executor; shard?: number }) {
  const { parameters, loss } = regression({ seed: 3, rows: ROWS });
  parameters.b.set([0.5, -1, 0.25]);
  const told: unknown[] = [];
  const onProgress = (progress: unknown) => void told.push(progress);
  const found = await meanOfRows(loss, { rows: ROWS, input, onProgress, ...options });
  return { found, told, gradients: Object.values(parameters).map((each) => each.grad()) };
}

describe("meanOfRows", () => {
  test("is the mean of all rows in one step, with its gradient", async () => {
    const { parameters, loss } = regression({ seed: 3, rows: ROWS });
    parameters.b.set([0.5, -1, 0.25]);
    const losses = step(() => {
      const each = loss({ from: 0, to: ROWS, input });
      backward(mean(each));
      return [...each.toArray()];
    });
    const value = losses.reduce((all, each) => all + each, 0) / ROWS;
    const error = Math.sqrt(losses.reduce((all, each) => all + (each - value) ** 2, 0) / (ROWS - 1) / ROWS);
    for (const piece of [1, 8, 25, 256]) {
      const { found, told, gradients } = await run({ piece });
      expect(found.value).toBeCloseTo(value, 12);
      expect(found.standardError).toBeCloseTo(error, 12);
      expect(told.length).toBe(Math.ceil(ROWS / piece));
      expect(told.at(-1)).toEqual({ done: ROWS, of: ROWS });
      for (const [i, parameter] of Object.values(parameters).entries())
        for (const [j, g] of parameter.grad().entries()) expect(gradients[i]?.[j]).toBeCloseTo(g, 6);
      expect(Math.abs(gradients[0]?.[0] as number)).toBeGreaterThan(1e-4);
    }
  });

  test.each([1, 2, 3, 5, 100])("has the same bits in shards of %s pieces", async (shard) => {
    const { told: _, ...alone } = await run({ piece: 8 });
    const { told, ...there } = await run({ piece: 8, executor: inline(), shard });
    expect(there).toEqual(alone);
    expect(told.at(-1)).toEqual({ done: ROWS, of: ROWS });
  });

  test("adds to gradients, and to nothing where it evaluates", async () => {
    const { parameters, loss } = regression({ seed: 3, rows: ROWS });
    await meanOfRows(loss, { rows: ROWS, input });
    const once = parameters.w.grad();
    await meanOfRows(loss, { rows: ROWS, input, executor: inline() });
    expect(parameters.w.grad()).toEqual(once.map((g) => 2 * g));
    const { value } = await meanOfRows(loss, { rows: ROWS, input, gradients: false, executor: inline() });
    expect(value).toBe((await meanOfRows(loss, { rows: ROWS, input, gradients: false })).value);
    expect(parameters.w.grad()).toEqual(once.map((g) => 2 * g));
  });

  test("adds a batch of one piece without copies only to gradients that are 0: bits are those of workers", async () => {
    const pass = (w: Parameter) => step(() => backward(mul(sum(w), 1e3 / 3)));
    const befores = [
      () => {},
      pass,
      (w: Parameter) => w.accumulate(new Float32Array(WIDTH).fill(1e3 / 3)),
      (w: Parameter) => {
        pass(w);
        w.clear();
      },
      (w: Parameter) => {
        pass(w);
        sgd({ w }, { rate: 1e-3 }).step();
      },
    ];
    for (const before of befores) {
      const [alone, there] = await Promise.all(
        [{}, { executor: inline() }].map(async (where) => {
          const { w, loss } = twice();
          before(w);
          for (let i = 0; i < 3; i++) await meanOfRows(loss, { rows: ROWS, ...where });
          return w.grad();
        }),
      );
      expect(alone).toEqual(there);
    }
  });

  test("takes back the gradients of a pass that fails", async () => {
    const w = parameter([2], [1, 2]);
    const gone = parameter([2], [1, 2]);
    const failing = () => {
      const loss = add(mul(w, 2), mul(gone, 3));
      gone.dispose();
      return loss;
    };
    await expect(meanOfRows(failing, { rows: 2 })).rejects.toThrow(DisposedError);
    expect([...w.grad()]).toEqual([0, 0]);
  });

  test("of one row has no error bar", async () => {
    const { loss } = regression({ seed: 3, rows: ROWS });
    const { value, standardError } = await meanOfRows(loss, { rows: 1, input });
    expect(Number.isFinite(value)).toBe(true);
    expect(standardError).toBeNaN();
  });

  test("refuses what is no loss of rows, and leaves gradients as they were", async () => {
    const w = parameter([1], [2]);
    const bad = shared("bad losses", () => ({
      scalar: () => sum(w),
      nan: ({ from, to }: RowsPiece) => mul(w, tensor(new Float32Array(to - from).fill(from > 3 ? 3e38 : 1))),
      throwing: ({ from, to }: RowsPiece) => {
        if (from > 3) throw new Error("no such row");
        return mul(w, tensor(new Float32Array(to - from)));
      },
      w,
    }));
    const { scalar, nan, throwing } = bad();
    for (const executor of [undefined, inline()]) {
      const options = { rows: 10, piece: 2, ...(executor && { executor, shard: 1 }) };
      await expect(meanOfRows(scalar, options)).rejects.toThrow(
        /^loss: expected \[2\], one number for each row, got \[\]/,
      );
      await expect(meanOfRows(nan, options)).rejects.toThrow(/^loss: expected finite numbers, got Infinity of row 4/);
      await expect(meanOfRows(throwing, options)).rejects.toThrow(
        executor ? /^shard 2 of 5: expected a partial result in 3 attempts, got Error: no such row/ : /^no such row$/,
      );
      expect([...w.grad()]).toEqual([0]);
    }
    await expect(meanOfRows(() => sum(w), { rows: 2, executor: inline() })).rejects.toThrow(
      /^loss: expected what a function of shared/,
    );
    await expect(meanOfRows(scalar, { rows: 0 })).rejects.toThrow(/^rows: /);
  });
});
