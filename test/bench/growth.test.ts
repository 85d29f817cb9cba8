import { describe, expect, it } from "vitest";
import { growthCases } from "../../bench/growth/cases.ts";
import { curvesOf } from "../../bench/growth/results.ts";
import { result } from "./results.ts";

describe("growth", () => {
  it("is a curve for each thing that grows and each function, in rising order", () => {
    const curves = curvesOf(
      growthCases,
      growthCases.map(({ name }) => result(name, 1)),
    );
    expect(curves.map(({ axis, name }) => `${axis} ${name}`)).toEqual([
      "rows softmax",
      "rows gumbelSoftmax",
      "columns softmax",
      "columns gumbelSoftmax",
      "categories categorical",
      "draws categorical",
    ]);
    for (const { points } of curves) {
      const places = points.map(({ at }) => at);
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    }
  });
});
