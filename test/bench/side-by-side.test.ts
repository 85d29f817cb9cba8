import { describe, expect, it } from "vitest";
import { compare } from "../../bench/compare.ts";
import { drawEngines } from "../../bench/engines-chart.ts";
import { renderTable } from "../../bench/markdown.ts";
import { engineKey, referenceOf } from "../../bench/results.ts";
import { isTooSlow, sideBySide } from "../../bench/side-by-side.ts";
import { renderSideBySide } from "../../bench/terminal.ts";
import { engine, result, results } from "./results.ts";

const old = engine("node", "node", "20.20.2", [result("softmax", 4), result("logSoftmax", 6)]);
const reference = engine("node24", "node", "24.21.0", [result("softmax", 2), result("logSoftmax", 3)]);
const bun = engine("bun", "bun", "1.4.5", [result("softmax", 2.5)]);
const run = results(old, reference, bun);

describe("engines", () => {
  it("are compared with Node 24, wherever it stands, or with the first", () => {
    expect(referenceOf(run.engines)).toBe(reference);
    expect(referenceOf([bun, old])).toBe(bun);
  });

  it("are the same from run to run: a Node by its major version, the others by their name", () => {
    expect(engineKey(reference)).toBe(engineKey({ runtime: "node", version: "24.0.0" }));
    expect(engineKey(reference)).not.toBe(engineKey(old));
    expect(engineKey({ runtime: "firefox", version: "153.7" })).toBe(engineKey({ runtime: "firefox", version: "160" }));
  });
});

describe("side by side", () => {
  const { rows } = sideBySide(run);

  it("gives the speed in times the reference's, and nothing for a case that an engine did not run", () => {
    expect(rows.map((row) => row.others.map((cell) => cell?.speed))).toEqual([
      [0.5, 0.8],
      [0.5, undefined],
    ]);
  });

  it("below 0.6 times is too slow", () => {
    expect(rows.map((row) => row.others.map(isTooSlow))).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  it("on the terminal: the reference first, the slow ones marked and counted", () => {
    const lines = renderSideBySide(run).split("\n");
    expect(lines[0]).toMatch(/^ns\/element +Node 24 +Node 20 +Bun 1$/);
    expect(lines[1]).toMatch(/^Softmax: softmax 4×2 +2\.00 +4\.00 0\.50×▼ +2\.50 0\.80× $/);
    expect(lines[3]).toBe("Beside each time: speed in times that of Node 24.21.0. 2 below 0.6×, marked ▼.");
  });

  it("in the README: a column an engine, the slow ones bold", () => {
    const table = renderTable(run);
    expect(table).toContain("| a call | Node 20 | Bun 1 |");
    expect(table).toContain(
      "| softmax | 4×2 | 2.00 ±1.0% | 10.0 ±1.0%: max, exp | **5.0×** |  |  | 16.0 ns | **0.50×** | 0.80× |",
    );
    expect(table).toContain("A processor, 2 cores (one used); Node 24.21.0, simd build; 2026-11-23.");
    const widths = table.split("\n").filter((line) => line.startsWith("|"));
    expect(new Set(widths.map((line) => line.split("|").length)).size).toBe(1);
  });

  it("in the README: an engine alone has no column beside it", () => {
    expect(renderTable(results(reference))).toContain("| a call |\n");
    expect(renderTable(results(reference))).not.toContain("below 0.6");
  });

  it("as a picture when there are two engines", () => {
    const gumbel = (median: number) => ({ ...result("gumbel", median), size: "1M" });
    const two = results(engine("a", "node", "24.0.0", [gumbel(2)]), engine("b", "bun", "1.0.0", [gumbel(3)]));
    expect(drawEngines(two)).toContain("gumbel  1M");
    expect(drawEngines(results(reference))).toBeUndefined();
  });
});

describe("comparing with an earlier run", () => {
  it("goes engine by engine, and says what moved beyond the noise", () => {
    const now = results(
      engine("node24", "node", "24.22.0", [result("softmax", 3), result("logSoftmax", 3.01), result("new", 1)]),
      engine("firefox", "firefox", "153.7.0", [result("softmax", 3)]),
    );
    const text = compare(now, run);
    expect(text).toContain("Node 24.22.0: 1 of 2 cases within the noise; 1 not in the base");
    expect(text).toContain("the base is Node 24.21.0, simd build, this is Node 24.22.0, simd build");
    expect(text).toMatch(/Slower \(ns\/element\):\n +Softmax: softmax 4×2 +\+50% +2\.00 ±1\.0% → 3\.00 ±1\.0%/);
    expect(text).not.toContain("logSoftmax");
    expect(text).toContain("Firefox 153.7.0: not in the base");
  });

  it("calls nothing a change while the intervals of both overlap", () => {
    const noisy = results(engine("node24", "node", "24.21.0", [result("softmax", 3, 40)]));
    expect(compare(noisy, run)).toContain("1 of 1 cases within the noise");
  });
});
