import type { EngineResults, Result, Results, Runtime } from "../../bench/results.ts";

/** Results as a run would give them, of made-up times. */
export const result = (name: string, median: number, spread = 1): Result => ({
  group: "Softmax",
  name,
  size: "4×2",
  via: "reparam",
  elements: 8,
  ours: { median, spread, samples: 9 },
  baseline: { median: 10, spread: 1, samples: 9, method: "max, exp" },
  speedup: { baseline: 10 / median },
});

export const engine = (id: string, runtime: Runtime, version: string, cases: readonly Result[]): EngineResults => ({
  id,
  runtime,
  version,
  build: "simd",
  cases,
});

export const results = (...engines: EngineResults[]): Results => ({
  date: "2026-11-23",
  quick: false,
  machine: { cpu: "A processor", cores: 2 },
  engines,
});
