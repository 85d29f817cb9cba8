import { describe, expect, it } from "vitest";
import { vectorFlags } from "../../bench/machine.ts";
import { clockTick, summarize } from "../../bench/measure.ts";

describe("measuring", () => {
  it("finds the step of a clock that ticks seldom", () => {
    let calls = 0;
    expect(clockTick(() => Math.floor(calls++ / 7) * 0.5)).toBe(0.5);
  });

  it("gives the median and the interquartile range in percent of it", () => {
    expect(summarize([5, 1, 2, 4, 3])).toEqual({ median: 3, spread: (100 * 2) / 3, samples: 5 });
  });

  it("keeps the flags of vector code, on x86 and on ARM", () => {
    expect(vectorFlags("processor\t: 0\nflags\t\t: fpu sse sse4_1 ht avx2 fma nx\n")).toEqual([
      "sse4_1",
      "avx2",
      "fma",
    ]);
    expect(vectorFlags("Features\t: fp asimd aes sve\n")).toEqual(["asimd", "sve"]);
    expect(vectorFlags("")).toBeUndefined();
  });
});
