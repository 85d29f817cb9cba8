import { describe, expect, test } from "vitest";
import {
  type Estimate,
  ExpRelaxedOneHotCategorical,
  klDivergence,
  RelaxedOneHotCategorical,
} from "../../bindings/distributions/index.ts";
import {
  backward,
  mul,
  type Parameter,
  parameter,
  step,
  sum,
  type Tensor,
  tensor,
} from "../../bindings/graph/index.ts";
import { KeyError, key } from "../../bindings/index.ts";
import { concrete, expConcrete, planeAverage } from "./concrete-oracle.ts";
import { expectClose, expectFunction } from "./function.ts";

describe("of three categories, estimates", () => {
  const LOGITS = [0.5, -1, 1.2];
  const TEMPERATURE = 0.6;
  const options = { key: key(31), samples: 20000 };
  const make = (logits: Tensor | readonly number[] = LOGITS, temperature: Tensor | number = TEMPERATURE) => ({
    x: new RelaxedOneHotCategorical({ logits, temperature }),
    log: new ExpRelaxedOneHotCategorical({ logits, temperature }),
  });
  const average = (f: (y: readonly number[]) => number, l: readonly number[] = LOGITS, t = TEMPERATURE): number =>
    planeAverage(l, t, f);

  function expectWithin(estimate: () => Estimate, expected: readonly number[], most: number): void {
    const [value, error] = step(() => {
      const { value, standardError } = estimate();
      return [value.toArray(), standardError.toArray()];
    });
    expect(value.length).toBe(expected.length);
    for (const [i, y] of expected.entries()) {
      expect(error[i]).toBeGreaterThan(0);
      expect(error[i]).toBeLessThan(most);
      expect(Math.abs((value[i] as number) - y) / (error[i] as number), `${value[i]}, not ${y}`).toBeLessThan(5);
    }
  }
  const K = [0, 1, 2];

  test("mean and variance of x and of log x", () => {
    const moments = (f: (y: number) => number): [number[], number[]] => {
      const means = K.map((k) => average((y) => f(y[k] as number)));
      return [means, K.map((k) => average((y) => (f(y[k] as number) - (means[k] as number)) ** 2))];
    };
    const [mean, variance] = moments(Math.exp);
    expectWithin(() => make().x.mean(options), mean, 0.003);
    expectWithin(() => make().x.variance(options), variance, 0.003);
    const [logMean, logVariance] = moments((y) => y);
    expectWithin(() => make().log.mean(options), logMean, 0.03);
    expectWithin(() => make().log.variance(options), logVariance, 0.2);
  });

  test("from few samples: the formulas of mean, variance and their standard errors", () => {
    const n = 5;
    step(() => {
      const { log } = make();
      const few = { key: key(8), samples: n };
      const x = log.sample(key(8), { shape: [n] }).toArray();
      const columns = K.map((k) => Array.from({ length: n }, (_, i) => x[3 * i + k] as number));
      const means = columns.map((column) => column.reduce((total, v) => total + v, 0) / n);
      const central = (power: number): number[] =>
        columns.map((column, k) => column.reduce((total, v) => total + (v - (means[k] as number)) ** power, 0) / n);
      const [second, fourth] = [central(2), central(4)];
      const mean = log.mean(few);
      expectClose("mean", mean.value.toArray(), means);
      expectClose(
        "its error",
        mean.standardError.toArray(),
        second.map((m2) => Math.sqrt(m2 / (n - 1))),
      );
      const variance = log.variance(few);
      const unbiased = second.map((m2) => (m2 * n) / (n - 1));
      expectClose("variance", variance.value.toArray(), unbiased);
      const errors = unbiased.map((v, k) =>
        Math.sqrt(Math.max(0, (fourth[k] as number) - (v * v * (n - 3)) / (n - 1)) / n),
      );
      expect(errors.every((error) => error > 0)).toBe(true);
      expectClose("its error", variance.standardError.toArray(), errors);
    });
  });

  test("log x of an absent category is always -Infinity: variance 0, and nothing is NaN", () => {
    const p = { logits: parameter([3], [0.5, -Infinity, 1]), temperature: parameter([], [0.6]) };
    step(() => {
      const log = new ExpRelaxedOneHotCategorical(p);
      const [mean, variance] = [log.mean(options), log.variance(options)];
      expect(mean.value.toArray()[1]).toBe(-Infinity);
      expect([mean.standardError, variance.value, variance.standardError].map((x) => x.toArray()[1])).toEqual([
        0, 0, 0,
      ]);
      backward(sum(mul(variance.value, tensor([0.3, 1, 2]))));
    });
    const [first, absent, third] = p.logits.grad() as unknown as [number, number, number];
    expect(absent).toBe(0);
    expect(first).not.toBe(0);
    expect(Math.abs(first + third)).toBeLessThan(1e-5);
    for (const leaf of Object.values(p)) leaf.dispose();
  });

  test("entropy: of x from samples, of log x exactly", () => {
    const entropy = average((y) => -concrete(y.map(Math.exp), LOGITS, TEMPERATURE));
    expectWithin(() => make().x.entropy(options), [entropy], 0.03);
    expectFunction(
      { logits: { shape: [3], values: LOGITS }, temperature: { shape: [], values: [TEMPERATURE] } },
      (p) => make(p.logits, p.temperature).log.entropy().value,
      (p) => {
        const t = p.temperature[0] as number;
        return [average((y) => -expConcrete(y, p.logits, t), p.logits, t)];
      },
      { tolerance: 1e-6 },
    );
  });

  const OTHER = [0, 0.3, -0.4];
  const klOracle = (l: readonly number[], t: number): number =>
    average((y) => expConcrete(y, l, t) - expConcrete(y, OTHER, 0.9), l, t);

  test("divergence: from itself exactly 0, from another that of quadrature; of x that of log x", () => {
    const kl = (): { x: Estimate; log: Estimate; self: Estimate } => {
      const [p, q] = [make(), make(OTHER, 0.9)];
      return {
        x: klDivergence(p.x, q.x, options),
        log: klDivergence(p.log, q.log, options),
        self: klDivergence(p.x, make().x, options),
      };
    };
    expectWithin(() => kl().x, [klOracle(LOGITS, TEMPERATURE)], 0.02);
    step(() => {
      const { x, log, self } = kl();
      expect(x.value.item()).toBe(log.value.item());
      expect([self.value.item(), self.standardError.item()]).toEqual([0, 0]);
    });
  });

  test("batches broadcast in a divergence", () => {
    step(() => {
      const p = new RelaxedOneHotCategorical({ temperature: 0.6, logits: tensor([...LOGITS, ...OTHER], [2, 3]) });
      const q = new RelaxedOneHotCategorical({ temperature: tensor([0.9, 0.8], [2, 1]), logits: OTHER });
      const { value, standardError } = klDivergence(p, q, { key: key(3), samples: 50 });
      expect([value.shape, standardError.shape]).toEqual([
        [2, 2],
        [2, 2],
      ]);
      expect(value.toArray().every((v) => v > 0)).toBe(true);
    });
  });

  /** The mean over blocks of samples tells how far the gradient of an estimate may be from that of the integral. */
  function expectGradients(
    body: (p: { logits: Parameter; temperature: Parameter }, seed: number) => Tensor,
    f: (l: readonly number[], t: number) => number,
  ): void {
    const blocks = Array.from({ length: 12 }, (_, seed) => {
      const p = { logits: parameter([3], LOGITS), temperature: parameter([], [TEMPERATURE]) };
      step(() => backward(body(p, seed)));
      const gradients = [...p.logits.grad(), ...p.temperature.grad()];
      p.logits.dispose();
      p.temperature.dispose();
      return gradients;
    });
    const at = [...LOGITS, TEMPERATURE];
    for (const [i, x] of at.entries()) {
      const shifted = (h: number): number => {
        const moved = at.map((w, j) => (i === j ? x + h : w));
        return f(moved.slice(0, 3), moved[3] as number);
      };
      const expected = (shifted(1e-3) - shifted(-1e-3)) / 2e-3;
      const values = blocks.map((g) => g[i] as number);
      const mean = values.reduce((s, v) => s + v, 0) / 12;
      const error = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / 132);
      // Student's t with 11 degrees of freedom: beyond 8 with probability 7e-6; 16 comparisons in all.
      expect(Math.abs(mean - expected) / error, `${mean}, not ${expected}`).toBeLessThan(8);
      expect(error).toBeLessThan(0.1);
    }
  }

  test.each(["mean", "variance", "entropy", "divergence"] as const)(
    "%s: its gradient is that of the integral",
    (name) => {
      const weights = [0.3, -1, 2];
      const weighted = (x: Tensor): Tensor => sum(mul(x, tensor(weights)));
      const dot = (f: (k: number) => number): number =>
        K.reduce((total, k) => total + (weights[k] as number) * f(k), 0);
      const m = (k: number, l: readonly number[], t: number): number =>
        planeAverage(l, t, (y) => Math.exp(y[k] as number));
      const cases = {
        mean: [
          (d: RelaxedOneHotCategorical, o: object) => weighted(d.mean(o).value),
          (l: readonly number[], t: number) => dot((k) => m(k, l, t)),
        ],
        variance: [
          (d: RelaxedOneHotCategorical, o: object) => weighted(d.variance(o).value),
          (l: readonly number[], t: number) =>
            dot((k) => planeAverage(l, t, (y) => Math.exp(2 * (y[k] as number))) - m(k, l, t) ** 2),
        ],
        entropy: [
          (d: RelaxedOneHotCategorical, o: object) => d.entropy(o).value,
          (l: readonly number[], t: number) => planeAverage(l, t, (y) => -concrete(y.map(Math.exp), l, t)),
        ],
        divergence: [
          (d: RelaxedOneHotCategorical, o: object) => klDivergence(d, make(OTHER, 0.9).x, o).value,
          klOracle,
        ],
      } as const;
      const [body, oracle] = cases[name];
      expectGradients(
        (p, seed) => body(make(p.logits, p.temperature).x, { key: key(100 + seed), samples: 1000 }),
        oracle,
      );
    },
  );

  test("without a key are refused", () => {
    step(() => {
      const { x, log } = make();
      for (const call of [
        () => x.mean(),
        () => x.variance(),
        () => x.entropy(),
        () => log.mean(),
        () => klDivergence(x, x),
      ])
        expect(call).toThrow(KeyError);
      expect(() => x.mean()).toThrow("key: expected a key: this has no closed form and is estimated from samples");
    });
  });
});
