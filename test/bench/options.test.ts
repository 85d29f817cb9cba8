import { describe, expect, it } from "vitest";
import { readOptions } from "../../bench/options.ts";

describe("the options of npm run bench", () => {
  it("without arguments: every engine, every case, in full", () => {
    expect(readOptions([])).toEqual({
      engines: undefined,
      list: false,
      filter: undefined,
      quick: false,
      out: undefined,
      compare: undefined,
    });
  });

  it("reads engines in their order, each once", () => {
    expect(readOptions(["--engines", "bun, node24,bun"])).toMatchObject({ engines: ["bun", "node24"] });
  });

  it.each([
    [["--engines", "node,"], "--engines node,: expected ids with commas between them"],
    [["--filter", "("], "--filter (: expected a regular expression"],
    [["--out", "results.txt"], "--out results.txt: expected a name that ends in .json"],
    [["--engine", "bun"], "--engine"],
  ])("refuses %j and names it", (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  it("--help comes before anything else", () => {
    expect(readOptions(["--engines", "bun", "--help"])).toBe("help");
  });
});
