import { describe, expect, test } from "vitest";
import { loadEarthquakes } from "../examples/models/data/earthquakes.ts";
import { expectAll, expectClimbing } from "./reference/models/expect.ts";
import {
  type Chain,
  categoricalEmissions,
  fitCategoricalChain,
  fitPoissonChain,
  forwardBackward,
  type PoissonChain,
  poissonChainGradient,
  poissonEmissions,
  smoothPoisson,
  stationary,
} from "./reference/models/hidden-markov.ts";
import { logSumExp, normalized, sum } from "./reference/models/log-space.ts";
import { mean, mulberry32, variance } from "./reference/statistics.ts";

describe("hidden Markov models", () => {
  const { year, count } = loadEarthquakes();
  const near = (stay: number, states: number): number[][] =>
    Array.from({ length: states }, (_, i) =>
      Array.from({ length: states }, (_, j) => (i === j ? stay : (1 - stay) / (states - 1))),
    );
  const even = (states: number): number[] => new Array<number>(states).fill(1 / states);

  test("the counts have the published mean and variance", () => {
    expect([year[0], year.at(-1), count.length]).toEqual([1900, 2006, 107]);
    expect(mean(count)).toBeCloseTo(19.36, 2);
    expect(variance(count)).toBeCloseTo(51.57, 2);
  });

  // Zucchini, MacDonald & Langrock 2016, section 3.5; the digits of R's nlm with the code of its appendix A.1.
  test("the published stationary chain of 3 states has the published likelihood, 329.4603, and states", () => {
    const transition = [
      [0.9546243, 0.0244426, 0.02093313],
      [0.04976679, 0.8993673, 0.05086592],
      [1.504495e-9, 0.196642, 0.80335799],
    ];
    const initial = stationary(transition);
    expectAll(initial, [0.443642, 0.4044983, 0.1518597], 6);
    const { logLikelihood } = smoothPoisson({ initial, transition, rates: [13.14573, 19.72101, 29.71437] }, count);
    expect(logLikelihood).toBeCloseTo(-329.4603, 4);
  });

  test.each([
    [[15, 25], 0.9, -341.8787],
    [[10, 20, 25], 0.8, -328.5275],
  ] as const)("Baum-Welch from rates %j (staying %f) climbs to the published maximum, %f", (rates, stay, published) => {
    const start = { initial: even(rates.length), transition: near(stay, rates.length), rates };
    const { logLikelihood, objectives, model } = fitPoissonChain(start, count);
    expect(logLikelihood).toBeCloseTo(published, 4);
    expectClimbing(objectives);
    const { logRates, transition } = poissonChainGradient(model, count);
    for (const slope of [...logRates, ...transition.flat()]) expect(Math.abs(slope)).toBeLessThan(1e-4);
  });

  /** All K^T sequences of states, one by one. */
  function bruteForce({ initial, transition }: Chain, emissions: readonly (readonly number[])[]) {
    let paths: { states: number[]; log: number }[] = [{ states: [], log: 0 }];
    for (const row of emissions) {
      paths = paths.flatMap(({ states, log }) =>
        row.map((emission, to) => {
          const from = states.at(-1);
          const step = from === undefined ? initial[to] : transition[from]?.[to];
          return { states: [...states, to], log: log + Math.log(step as number) + emission };
        }),
      );
    }
    const logLikelihood = logSumExp(paths.map(({ log }) => log));
    const probability = (test: (states: number[]) => boolean): number =>
      sum(paths.filter(({ states }) => test(states)).map(({ log }) => Math.exp(log - logLikelihood)));
    return { logLikelihood, probability };
  }

  const random = mulberry32(7);
  const rows = (count: number, states: number): number[][] =>
    Array.from({ length: count }, () => normalized(Array.from({ length: states }, () => 0.1 + random() / 2 ** 32)));
  const model: PoissonChain = { initial: rows(1, 3)[0] as number[], transition: rows(3, 3), rates: [2, 5, 11] };
  const short = [3, 0, 12, 7, 1, 5];

  test.each([
    ["counts", poissonEmissions(short, model.rates)],
    ["bits", categoricalEmissions([0, 1, 1, 0, 1, 1], rows(3, 2))],
  ])("forward-backward of six %s is the sum over all 3^6 sequences of states", (_, emissions) => {
    const smoothed = forwardBackward(model, emissions);
    const { logLikelihood, probability } = bruteForce(model, emissions);
    expect(smoothed.logLikelihood).toBeCloseTo(logLikelihood, 11);
    for (let t = 0; t < 6; t++) {
      for (let k = 0; k < 3; k++) {
        expect(smoothed.marginals[t]?.[k]).toBeCloseTo(
          probability((states) => states[t] === k),
          12,
        );
        for (let to = 0; t < 5 && to < 3; to++) {
          const both = probability((states) => states[t] === k && states[t + 1] === to);
          expect(smoothed.pairs[t]?.[k]?.[to]).toBeCloseTo(both, 12);
        }
      }
    }
  });

  test("the gradient is that of central differences", () => {
    const soft = (logits: readonly number[]): number[] => normalized(logits.map(Math.exp));
    const logsOf = (row: readonly number[]): number[] => row.map(Math.log);
    const at = [logsOf(model.initial), ...model.transition.map(logsOf), logsOf(model.rates)];
    const value = (logs: readonly number[][]): number => {
      const [initial, a, b, c, rates] = logs as [number[], number[], number[], number[], number[]];
      return smoothPoisson(
        { initial: soft(initial), transition: [a, b, c].map(soft), rates: rates.map(Math.exp) },
        short,
      ).logLikelihood;
    };
    const gradient = poissonChainGradient(model, short);
    const slopes = [gradient.initial, ...gradient.transition, gradient.logRates];
    const h = 1e-5;
    const moved = (row: number, col: number, by: number): number =>
      value(at.map((logs, r) => logs.map((log, c) => (r === row && c === col ? log + by : log))));
    slopes.forEach((row, r) => {
      row.forEach((slope, c) => {
        expect(slope).toBeCloseTo((moved(r, c, h) - moved(r, c, -h)) / (2 * h), 7);
      });
    });
  });

  test("Baum-Welch of more or fewer earthquakes than the median climbs", () => {
    const bits = count.map((x) => (x > 18 ? 1 : 0));
    const start = {
      initial: even(2),
      transition: near(0.9, 2),
      emission: [
        [0.7, 0.3],
        [0.4, 0.6],
      ],
    };
    const { objectives, model } = fitCategoricalChain(start, bits);
    expectClimbing(objectives);
    for (const row of [...model.transition, ...model.emission]) expect(sum(row)).toBeCloseTo(1, 12);
  });
});
