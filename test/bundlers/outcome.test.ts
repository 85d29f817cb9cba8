import { describe, expect, it } from "vitest";
import { exitCode, type Findings, judge, type Result } from "./outcome.ts";

const expected = { all: '{"build":"simd","sample":"3f800000"}', one: '{"sample":"1"}' };
const tried = { id: "vite", title: "vite build", version: "8.3.8", seconds: 1 };
const judged = (findings: Findings): Result => judge(tried, findings, expected);
const all = (text: string, place = "Node") => ({ program: "all" as const, place, text });

describe("what is said of a bundler", () => {
  it("passed, when every bundle gives the line of Node", () => {
    const one = { minified: 3, gzip: 2 };
    const answers = [all(expected.all), { program: "one" as const, place: "Node", text: expected.one }];
    expect(judged({ answers: [...answers, all(expected.all, "Chromium")], one })).toEqual({
      ...tried,
      status: "passed",
      places: "Node, Chromium",
      one,
    });
  });

  it.each([
    ['{"build":"simd","sample":"3f800001"}', "all in Chromium: sample: expected 3f800000, got 3f800001"],
    ['{"build":"scalar","sample":"3f800000"}', "all in Chromium: build: expected simd, got scalar"],
    ['{"build":"simd"}', "all in Chromium: sample: expected 3f800000, got undefined"],
    ["Internal\n  Error", `all in Chromium: expected ${expected.all}, got Internal Error`],
    [`${expected.all} `, `all in Chromium: expected ${expected.all}, got ${expected.all}`],
  ])("failed, and where, when one says %j", (text, reason) => {
    expect(judged({ answers: [all(expected.all), all(text, "Chromium")] })).toMatchObject({ status: "failed", reason });
  });

  it("failed, when nobody ran a bundle", () => {
    expect(judged({ answers: [] })).toMatchObject({ status: "failed", reason: "nothing was run" });
    expect(judged({ answers: [], note: "compiles" })).toMatchObject({ status: "passed", note: "compiles" });
  });
});

describe("the exit code", () => {
  const line = (id: string, status: Result["status"]): Result => ({ id, title: id, status });

  it.each([
    [0, [line("vite", "passed"), line("next", "not run")], []],
    [1, [line("vite", "passed"), line("next", "not run")], ["next"]],
    [1, [line("vite", "passed"), line("next", "failed")], []],
    [1, [line("vite", "not run")], []],
    [1, [], []],
  ])("is %i for %j when %j are required", (code, results, required) => {
    expect(exitCode(results, required)).toBe(code);
  });
});
