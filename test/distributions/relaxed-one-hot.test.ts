import { describe, expect, test } from "vitest";
import {
  ExpRelaxedOneHotCategorical,
  LogitRelaxedBernoulli,
  RelaxedBernoulli,
  RelaxedOneHotCategorical,
} from "../../bindings/distributions/index.ts";
import { exp, mul, step, type Tensor, tensor } from "../../bindings/graph/index.ts";
import { categorical, gumbel, gumbelSoftmax, key } from "../../bindings/index.ts";
import { concrete, drawLog, expConcrete } from "./concrete-oracle.ts";
import { expectClose, expectFunction } from "./function.ts";
import { logSoftmax, rowsOf } from "./rows.ts";

const LOGITS = [0.5, -1, 2, -0.3, 0.7, 0.1];
const TEMPERATURES = [0.3, 2];
const [ROWS, COLS] = [2, 3];
const logits = { shape: [ROWS, COLS], values: LOGITS };
const temperature = { shape: [ROWS], values: TEMPERATURES };
const POINTS = [-0.2, -3, -1.5, -7, -0.1, 1].flatMap((x, i) => [x, i / 2, 0.3]);
const LOGS = rowsOf(POINTS, COLS).flatMap(logSoftmax);
const value = { shape: [3, ROWS, COLS], values: LOGS };

/** Each row of `values` with the parameters of its row of the batch. */
const perRow = (
  { value: v, logits: l, temperature: t }: Readonly<Record<"value" | "logits" | "temperature", readonly number[]>>,
  f: (row: number[], logits: number[], temperature: number) => number | number[],
): number[] =>
  rowsOf([...v], COLS).flatMap((row, i) => f(row, rowsOf([...l], COLS)[i % ROWS] as number[], t[i % ROWS] as number));

describe("the density", () => {
  test("of log x, and its gradients to the value, the logits and a temperature of each row", () => {
    expectFunction(
      { value, logits, temperature },
      ({ value: x, ...p }) => new ExpRelaxedOneHotCategorical(p).logProb(x),
      (p) => perRow(p, expConcrete),
    );
  });

  test("of x", () => {
    expectFunction(
      { value: { ...value, values: LOGS.map(Math.exp) }, logits, temperature },
      ({ value: x, ...p }) => new RelaxedOneHotCategorical(p).logProb(x),
      (p) => perRow(p, concrete),
    );
  });

  test("leaves out absent categories: value, gradients, and nothing that is NaN", () => {
    const absent = { shape: [ROWS, COLS], values: [0.5, -Infinity, 2, -0.3, 0.7, -Infinity] };
    const y = rowsOf(POINTS, COLS).flatMap((row, i) =>
      logSoftmax(row.map((v, k) => (k === (i % ROWS) + 1 ? -Infinity : v))),
    );
    expectFunction(
      { value: { shape: value.shape, values: y }, logits: absent, temperature },
      ({ value: x, ...p }) => new ExpRelaxedOneHotCategorical(p).logProb(x),
      (p) => perRow(p, expConcrete),
    );
    expectFunction(
      { value: { shape: value.shape, values: y.map(Math.exp) }, logits: absent, temperature },
      ({ value: x, ...p }) => new RelaxedOneHotCategorical(p).logProb(x),
      // An absent component of x is 0 and stays there.
      (p) =>
        perRow(p, (x, l, t) =>
          concrete(
            x.map((v, k) => (l[k] === -Infinity ? 0 : v)),
            l,
            t,
          ),
        ),
    );
  });

  test("is -Infinity outside of the support, without validation", () => {
    const one = { temperature: 1, validateArgs: false };
    step(() => {
      const absent = tensor([0, -Infinity, 0]);
      expect(new ExpRelaxedOneHotCategorical({ ...one, logits: absent }).logProb(LOGS.slice(0, 3)).item()).toBe(
        -Infinity,
      );
      expect(new RelaxedOneHotCategorical({ ...one, logits: absent }).logProb([0.5, 0.25, 0.25]).item()).toBe(
        -Infinity,
      );
      expect(new ExpRelaxedOneHotCategorical({ ...one, logits: [0, 0, 0] }).logProb([0, -Infinity, -1]).item()).toBe(
        -Infinity,
      );
    });
  });

  test("at a vertex counts a component of 0 as 2^-126", () => {
    const setting = { temperature: 0.5, logits: [0.5, -1, 2] };
    const expected = concrete([1, 2 ** -126, 2 ** -126], setting.logits, 0.5);
    const got = step(() => new RelaxedOneHotCategorical(setting).logProb([1, 0, 0]).item());
    expectClose("at a vertex", [got], [expected]);
  });

  test("takes probabilities as well, and a temperature for all", () => {
    const probs = { shape: [COLS], values: [0.2, 0.5, 0.3] };
    expectFunction(
      { probs, temperature: { shape: [], values: [0.7] }, value: { shape: [COLS], values: LOGS.slice(0, 3) } },
      (p) => new ExpRelaxedOneHotCategorical({ probs: p.probs, temperature: p.temperature }).logProb(p.value),
      (p) => [expConcrete(p.value, p.probs.map(Math.log), p.temperature[0] as number)],
    );
  });

  test.each([
    [2, 0.4],
    [3, 0.8],
    [3, 2.5],
  ])("of %i categories at temperature %f sums to 1", (cols, tau) => {
    const h = 0.4 / Math.max(1, tau);
    const n = Math.ceil(40 / tau / h);
    const row = LOGITS.slice(0, cols);
    const line = Array.from({ length: 2 * n + 1 }, (_, i) => (i - n) * h);
    const points = cols === 2 ? line.map((v) => [v, 0]) : line.flatMap((v) => line.map((w) => [v, w, 0]));
    let total = 0;
    for (let from = 0; from < points.length; from += 4096) {
      const some = points.slice(from, from + 4096).map(logSoftmax);
      const values = Float32Array.from(some.flat());
      const logs = step(() =>
        new ExpRelaxedOneHotCategorical({ temperature: tau, logits: row, validateArgs: false })
          .logProb(tensor(values, [some.length, cols]))
          .toArray(),
      );
      for (const log of logs) total += Math.exp(log);
    }
    expect(Math.abs(total * h ** (cols - 1) - 1)).toBeLessThan(2e-6);
  });

  test("of two categories is that of the relaxed Bernoulli variable of the difference of the logits", () => {
    const two = { temperature: 0.6, logits: [1.2, -0.3] };
    const one = { temperature: 0.6, logits: 1.5 };
    step(() => {
      const x = [0.01, 0.3, 0.5, 0.9].map(Math.fround);
      const rows = tensor(
        x.flatMap((v) => [v, 1 - v]),
        [4, 2],
      );
      expectClose(
        "x",
        new RelaxedOneHotCategorical(two).logProb(rows).toArray(),
        [...new RelaxedBernoulli(one).logProb(x).toArray()],
        2e-6,
      );
      const y = x.map((v) => Math.log(v / (1 - v)));
      const logs = tensor(
        y.flatMap((v) => logSoftmax([v, 0])),
        [4, 2],
      );
      expectClose(
        "log x",
        new ExpRelaxedOneHotCategorical(two).logProb(logs).toArray(),
        [...new LogitRelaxedBernoulli(one).logProb(y).toArray()],
        2e-6,
      );
    });
  });
});

describe("samples", () => {
  const make = (p: { logits: Tensor; temperature: Tensor }) => ({
    log: new ExpRelaxedOneHotCategorical(p),
    simplex: new RelaxedOneHotCategorical(p),
  });
  const noise = [...gumbel(key(5), 4 * ROWS * COLS)];

  test("are log softmax((logits + gumbel(key)) / temperature), with gradients to both", () => {
    const expected = (p: Readonly<Record<"logits" | "temperature", readonly number[]>>): number[] =>
      perRow({ ...p, value: noise }, drawLog);
    expectFunction({ logits, temperature }, (p) => make(p).log.rsample(key(5), { shape: [4] }), expected);
    expectFunction(
      { logits, temperature },
      (p) => make(p).simplex.rsample(key(5), { shape: [4] }),
      (p) => expected(p).map(Math.exp),
    );
  });

  test("an absent category is 0, and gets no gradient", () => {
    const absent = { shape: [COLS], values: [0.5, -Infinity, 2] };
    expectFunction(
      { logits: absent, temperature: { shape: [], values: [0.4] } },
      (p) => new RelaxedOneHotCategorical(p).rsample(key(5), { shape: [3] }),
      (p) =>
        rowsOf(noise.slice(0, 9), 3).flatMap((g) =>
          drawLog(g, [...p.logits], p.temperature[0] as number).map(Math.exp),
        ),
    );
  });

  test("a temperature broadcasts with the batch, not with the categories, also where their numbers agree", () => {
    const square = Array.from({ length: 9 }, (_, i) => Math.sin(i));
    const draws = step(() =>
      new ExpRelaxedOneHotCategorical({ temperature: [0.1, 1, 10], logits: tensor(square, [3, 3]) })
        .sample(key(6))
        .toArray(),
    );
    const apart = [0.1, 1, 10].flatMap((tau, row) =>
      step(() => [
        ...new ExpRelaxedOneHotCategorical({ temperature: tau, logits: square.slice(3 * row, 3 * row + 3) })
          .sample(key(6), { offset: 3 * row })
          .toArray(),
      ]),
    );
    expect([...draws]).toEqual(apart);
    step(() => {
      const grid = new RelaxedOneHotCategorical({
        temperature: tensor([0.5, 1, 2, 4], [4, 1]),
        logits: tensor(square, [3, 3]),
      });
      expect(grid.batchShape).toEqual([4, 3]);
      const { sample, logProb } = grid.sampleAndLogProb(key(1), { shape: [2] });
      expect([sample.shape, logProb.shape]).toEqual([
        [2, 4, 3, 3],
        [2, 4, 3],
      ]);
    });
  });

  test.each([0.05, 0.5, 5])(
    "at temperature %f are gumbelSoftmax of the key; their argmax is what categorical draws",
    (tau) => {
      const [cols, rows] = [7, 2000];
      const row = Array.from({ length: cols }, (_, k) => Math.cos(3 * k));
      const got = step(() =>
        new RelaxedOneHotCategorical({ temperature: tau, logits: row }).sample(key(7), { shape: [rows] }).toArray(),
      );
      const all = Float32Array.from({ length: rows * cols }, (_, i) => row[i % cols] as number);
      expectClose("gumbelSoftmax", got, [...gumbelSoftmax(key(7), all, { cols, tau })], 5e-6);
      const best = rowsOf([...got], cols).map((x) => x.indexOf(Math.max(...x)));
      expect(best).toEqual([...categorical(key(7), all, { cols })]);
    },
  );

  test("logProb of a sample goes by the log x it was made from: value and gradients, and of a constant too", () => {
    const cold = { shape: [ROWS], values: [0.01, 0.02] };
    const total = (y: number[], l: number[], t: number): number =>
      expConcrete(y, l, t) - y.reduce((sum, v) => sum + v, 0);
    expectFunction(
      { logits, temperature: cold },
      (p) => {
        const { simplex } = make(p);
        const x = simplex.rsample(key(5), { shape: [4] });
        expect([...x.toArray()].filter((v) => v === 0).length).toBeGreaterThan(5);
        return simplex.logProb(x);
      },
      (p) => perRow({ ...p, value: noise }, (g, l, t) => total(drawLog(g, l, t), l, t)),
    );
    step(() => {
      const d = new RelaxedOneHotCategorical({ temperature: 0.01, logits: [0.5, -1, 2] });
      const x = d.sample(key(5));
      const both = d.sampleAndLogProb(key(5), { stopGradient: true });
      expect(both.logProb.item()).toBe(d.logProb(x).item());
      expect(both.logProb.item()).toBe(d.logProb(d.rsample(key(5))).item());
      expect(d.logProb(mul(x, 1)).item()).not.toBe(both.logProb.item()); // a copy
    });
  });

  test("exp of a sample of log x is the sample of x with the same key", () => {
    step(() => {
      const p = { temperature: tensor(TEMPERATURES), logits: tensor(LOGITS, [ROWS, COLS]) };
      const { log, simplex } = make(p);
      expect(exp(log.sample(key(9))).toArray()).toEqual(simplex.sample(key(9)).toArray());
    });
  });
});
