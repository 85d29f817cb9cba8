import { describe, expect, test } from "vitest";
import { at, type Schedule } from "../../bindings/graph/index.ts";

const STEPS = [0, 1, 2, 7, 99, 100, 101, 1000, 12345, 1e6, Number.MAX_SAFE_INTEGER];

describe("schedules", () => {
  test("constant is its value", () => {
    for (const step of STEPS) expect(at({ type: "constant", value: 0.1 }, step)).toBe(0.1);
  });

  test("linear is initial + (final - initial) step / steps, then stays", () => {
    const schedule: Schedule = { type: "linear", initial: 1, final: 0.25, steps: 100 };
    for (const step of STEPS) expect(at(schedule, step)).toBe(1 - 0.75 * Math.min(1, step / 100));
    expect(at({ type: "linear", initial: 0, final: 1, steps: 10 }, 3)).toBe(0.3);
  });

  test.each([
    [1, 1e-3],
    [0.1, 0.3],
    [5, 0.7],
    [1e-3, 1e-8],
  ])("linear from %d to %d ends at exactly that", (initial, final) => {
    const schedule: Schedule = { type: "linear", initial, final, steps: 10 };
    expect(at(schedule, 0)).toBe(initial);
    for (const step of [10, 11, 1e6]) expect(at(schedule, step)).toBe(final);
  });

  test("steps is initial factor^(step div every), not below min", () => {
    const halving: Schedule = { type: "steps", initial: 3, factor: 0.5, every: 100 };
    for (const step of STEPS) expect(at(halving, step)).toBe(3 * 0.5 ** Math.floor(step / 100));
    expect(at({ ...halving, min: 0.8 }, 199)).toBe(1.5);
    expect(at({ ...halving, min: 0.8 }, 200)).toBe(0.8);
    const tenth: Schedule = { type: "steps", initial: 1, factor: 0.9, every: 1 };
    for (let n = 0; n < 300; n++) expect(Math.abs(at(tenth, n) / 0.9 ** n - 1)).toBeLessThan(n * 2 ** -52 + 2 ** -53);
  });

  test("exponential has the exp of Math.exp to 1e-15 relative, from 0 down to the smallest normal number", () => {
    let worst = 0;
    for (let i = 0; i <= 200_000; i++) {
      const x = (i / 200_000) ** 3 * 708;
      const value = at({ type: "exponential", initial: 1, rate: x }, 1);
      worst = Math.max(worst, Math.abs(value / Math.exp(-x) - 1));
    }
    expect(worst).toBeLessThan(1e-15);
  });

  test("exponential falls to 0 through the subnormal numbers", () => {
    const value = (x: number) => at({ type: "exponential", initial: 1, rate: 1 }, x);
    for (let x = 709; x <= 745; x++) {
      expect(Math.abs(value(x) - Math.exp(-x))).toBeLessThanOrEqual(Number.MIN_VALUE + 1e-15 * Math.exp(-x));
    }
    for (const x of [746, 1e6, Number.MAX_SAFE_INTEGER]) expect(value(x)).toBe(0);
  });

  test("max(0.5, exp(-3e-4 step)), the temperature of Jang et al., has its known values", () => {
    const tau: Schedule = { type: "exponential", initial: 1, rate: 3e-4, min: 0.5 };
    expect(at(tau, 0)).toBe(1);
    // exp(-0.3), exp(-0.6): DLMF 4.2, to 16 digits.
    expect(Math.abs(at(tau, 1000) / 0.7408182206817179 - 1)).toBeLessThan(4e-16);
    expect(Math.abs(at(tau, 2000) / 0.5488116360940264 - 1)).toBeLessThan(4e-16);
    // ln 2 / 3e-4 = 2310.49
    expect(at(tau, 2310)).toBeGreaterThan(0.5);
    for (const step of [2311, 1e5, Number.MAX_SAFE_INTEGER]) expect(at(tau, step)).toBe(0.5);
  });

  test("exponential scales with its initial value", () => {
    const unit: Schedule = { type: "exponential", initial: 1, rate: 0.01 };
    for (const step of STEPS) expect(at({ ...unit, initial: 4 }, step)).toBe(4 * at(unit, step));
  });

  test("a schedule is plain data: it means the same after JSON", () => {
    const schedule: Schedule = { type: "exponential", initial: 0.7, rate: 1e-3, min: 0.1 };
    expect(at(JSON.parse(JSON.stringify(schedule)), 500)).toBe(at(schedule, 500));
  });
});
