import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readConstants } from "../../bench/scaling/constants.ts";
import { PAGE, PICTURE, render } from "../../bench/scaling/index.ts";
import { factorAt, type Means, meanOf, type Round, timeOf } from "../../bench/scaling/simulate.ts";
import { meanTime, pointOf, roundsOf } from "../../bench/scaling/study.ts";

const FREE: Means = { bandwidth: Infinity, latency: 0, rate: Infinity, fan: Infinity };
const round = (count: number, each: number, rest: Partial<Round> = {}): Round => ({
  shards: Array(count).fill(each),
  common: 0,
  partial: 0,
  reduce: 0,
  serial: 0,
  ...rest,
});
const time = (given: Round, workers: number, means: Partial<Means> = {}): number =>
  timeOf(given, workers, { ...FREE, ...means }, () => 1);

describe("what has a formula", () => {
  test.each([
    [12, 3],
    [13, 3],
    [5, 8],
    [1000, 7],
  ])("%i equal shards on %i workers: as many rounds as it takes", (shards, workers) => {
    expect(time(round(shards, 2), workers)).toBe(2 * Math.ceil(shards / workers));
  });

  test("a serial part is waited for: Amdahl's law", () => {
    for (const workers of [1, 4, 64]) {
      const whole = time(round(workers, 90 / workers, { serial: 10 }), workers);
      expect(100 / whole).toBeCloseTo(1 / (0.1 + 0.9 / workers), 10);
    }
  });

  test("results that are there together pass the link one after the other, and the reducer behind it", () => {
    expect(time(round(50, 3, { partial: 20 }), 50, { bandwidth: 10 })).toBeCloseTo(3 + 50 * 2, 10);
    expect(time(round(50, 3, { reduce: 0.5 }), 50)).toBeCloseTo(3 + 50 * 0.5, 10);
    // The slower of the two decides; the first one fills the other.
    expect(time(round(50, 3, { partial: 20, reduce: 0.5 }), 50, { bandwidth: 10 })).toBeCloseTo(3 + 50 * 2 + 0.5, 10);
  });

  test("copies of what is common go out one after the other", () => {
    expect(time(round(50, 300, { common: 20 }), 50, { bandwidth: 10 })).toBeCloseTo(50 * 2 + 300, 10);
    // Who has one early computes a second shard before the last have theirs: the k-th at 2k computes 3 at a time, floor((T - 2k) / 3).
    const done = (end: number) =>
      Array.from({ length: 50 }, (_, k) => Math.max(0, Math.floor((end - 2 * (k + 1)) / 3)));
    const end = time(round(50, 3, { common: 20 }), 50, { bandwidth: 10 });
    const sum = (end: number) => done(end).reduce((a, b) => a + b);
    expect([sum(end) >= 50, sum(end - 0.001) < 50]).toEqual([true, true]);
  });

  test("a queue hands out so many a second, and each comes and goes", () => {
    expect(time(round(100, 1), 100, { rate: 4, latency: 0.25 })).toBeCloseTo(99 / 4 + 1 + 0.25, 10);
    expect(time(round(10, 1), 1, { rate: 4, latency: 0.25 })).toBeCloseTo(10 * 1.25, 10);
  });

  test("a tree of helpers takes a layer's time for each layer", () => {
    const two = round(64, 3, { partial: 10, reduce: 0 });
    expect(time(two, 64, { bandwidth: 10, fan: 8 })).toBeCloseTo(3 + 2 * 8, 10);
    expect(time(round(64, 3, { common: 10 }), 64, { bandwidth: 10, fan: 8 })).toBeCloseTo(2 * 8 + 3, 10);
  });

  test("the slowest of W uniform times is W / (W + 1) of the way", () => {
    for (const workers of [1, 9, 99]) {
      const mean = meanTime(round(workers, 1), workers, FREE, [1, 2]);
      // Of a mean of so many rounds: within four of its standard deviations.
      const deviation = Math.sqrt(workers / (workers + 2)) / (workers + 1) / Math.sqrt(roundsOf(workers));
      expect(Math.abs(mean - (1 + workers / (workers + 1)))).toBeLessThan(4 * deviation);
    }
  });

  test("quantiles are met, and straight between; their mean is that of the lines", () => {
    const quantiles = [1, 2, 6];
    expect([0, 0.25, 0.5, 0.75, 1].map((u) => factorAt(quantiles, u))).toEqual([1, 1.5, 2, 4, 6]);
    expect(meanOf(quantiles)).toBe((1.5 + 4) / 2);
  });
});

test("names what is most in the way", () => {
  const workload = (given: (workers: number) => Round) => ({ id: "", title: "", unit: "", round: given });
  const lost = (given: Partial<Round>, means: Partial<Means> = {}, quantiles = [1, 1]) =>
    pointOf(
      workload((workers) => round(workers, 100 / workers, given)),
      100,
      { ...FREE, ...means },
      quantiles,
    ).loss.cause;
  expect(lost({})).toBe("none");
  expect(lost({ partial: 1 }, { bandwidth: 10 })).toBe("link");
  expect(lost({ reduce: 0.1 })).toBe("reducer");
  expect(lost({ serial: 1 })).toBe("optimizer");
  expect(lost({}, { rate: 10 })).toBe("queue");
  expect(lost({}, {}, [1, 1, 3])).toBe("barrier");
  const pieces = workload((workers) => round(workers, 100 / workers + 1));
  expect(pointOf(pieces, 100, FREE, [1, 1]).loss.cause).toBe("pieces");
});

test("docs/scaling.md and its picture are what the simulation says", () => {
  const page = readFileSync(PAGE, "utf8");
  const rendered = render(page, readConstants());
  expect(rendered.page).toBe(page);
  expect(rendered.picture).toBe(readFileSync(PICTURE, "utf8"));
});

test("every constant says what it is, and where it is from", () => {
  for (const { value, kind, what, source } of Object.values(readConstants().numbers)) {
    expect(value).toBeGreaterThan(0);
    expect(["measured", "counted", "assumed"]).toContain(kind);
    expect(Math.min(what.length, source.length)).toBeGreaterThan(5);
  }
});
