import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";
import { runtimes } from "./runtimes.ts";

const all = runtimes.map(({ id }) => id);

describe("the options of npm run test:everywhere", () => {
  it("without arguments: every runtime, installed where it is missing, none of them required", () => {
    expect(readOptions([])).toEqual({ only: all, require: [], install: true, json: undefined });
  });

  it("reads ids in the order of the table, each once", () => {
    expect(readOptions(["--only", "deno, node24,deno", "--require", "deno", "--no-install"])).toEqual({
      only: ["node24", "deno"],
      require: ["deno"],
      install: false,
      json: undefined,
    });
  });

  it.each([
    [["--only", "node24,"], "some of node20,node22,node24,node26,"],
    [["--only", "node18"], 'got "node18"'],
    [["--require", "safari"], "--require safari: expected ids"],
    [["--only", "deno", "--require", "bun"], "--require bun: expected some of those to try, deno"],
    [["--json", "results"], "--json results: expected a name that ends in .json"],
    [["--runtimes", "deno"], "--runtimes"],
  ])("refuses %j and names it", (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  it("--help comes before anything else", () => {
    expect(readOptions(["--only", "node18", "--help"])).toBe("help");
  });
});

it("no id of a runtime and no title stands for two", () => {
  expect(new Set(all).size).toBe(all.length);
  expect(new Set(runtimes.map(({ title }) => title)).size).toBe(all.length);
});
