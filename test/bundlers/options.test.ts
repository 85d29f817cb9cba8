import { describe, expect, it } from "vitest";
import { bundlers } from "./bundlers/index.ts";
import { readOptions } from "./options.ts";

const all = bundlers.map(({ id }) => id);

describe("the options of npm run test:bundlers", () => {
  it("without arguments: every bundler, installed where it is missing, none of them required", () => {
    expect(readOptions([])).toEqual({ only: all, require: [], install: true, json: undefined });
  });

  it("reads ids in the order of the table, each once", () => {
    expect(readOptions(["--only", "webpack, vite,webpack", "--require", "vite", "--no-install"])).toEqual({
      only: ["vite", "webpack"],
      require: ["vite"],
      install: false,
      json: undefined,
    });
  });

  it("leaves out what is to be skipped", () => {
    expect(readOptions(["--skip", "next,next-webpack"])).toMatchObject({
      only: all.filter((id) => !id.startsWith("next")),
    });
  });

  it.each([
    [["--only", "vite,"], "some of vite,vite-dev,"],
    [["--only", "parcel"], 'got "parcel"'],
    [["--only", "vite", "--require", "next"], "--require next: expected some of those to try, vite"],
    [["--skip", "vite", "--require", "vite"], "--require vite: expected some of those to try, vite-dev,"],
    [["--skip", "parcel"], 'got "parcel"'],
    [["--json", "results"], "--json results: expected a name that ends in .json"],
    [["--bundlers", "vite"], "--bundlers"],
  ])("refuses %j and names it", (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  it("--help comes before anything else", () => {
    expect(readOptions(["--only", "parcel", "--help"])).toBe("help");
  });
});

it("no id of a bundler and no title stands for two", () => {
  expect(new Set(all).size).toBe(all.length);
  expect(new Set(bundlers.map(({ title }) => title)).size).toBe(all.length);
});
