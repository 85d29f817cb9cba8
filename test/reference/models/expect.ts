import { expect } from "vitest";

export function expectClimbing(objectives: readonly number[]): void {
  expect(objectives.length).toBeGreaterThan(2);
  // A step of EM at its maximum loses rounding only.
  for (let i = 1; i < objectives.length; i++) {
    expect(objectives[i]).toBeGreaterThan((objectives[i - 1] as number) - 1e-9);
  }
}

export function expectAll(actual: readonly number[], expected: readonly number[], digits: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, digits);
  });
}
