import { describe, expect, it } from "vitest";
import { logScale, thinned, ticksAround } from "../../bench/svg.ts";

describe("scales", () => {
  it("have ticks around all values", () => {
    expect(ticksAround([0.3, 12])).toEqual([0.2, 0.5, 1, 2, 5, 10, 20]);
    expect(ticksAround([1, 10])).toEqual([1, 2, 5, 10]);
    expect(thinned([0.5, 1, 2, 5, 10], 3)).toEqual([1, 10]);
  });

  it("place values by their logarithms", () => {
    expect(logScale(1, 100, 0, 50)(10)).toBeCloseTo(25);
  });
});
