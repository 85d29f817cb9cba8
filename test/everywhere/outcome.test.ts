import { describe, expect, it } from "vitest";
import { compareHashes, type Expected, exitCode, judge, type Outcome, type Result, readMessage } from "./outcome.ts";

const expected: Expected = { id: "bun", title: "Bun", says: "Bun", build: "simd" };
const outcome: Outcome = {
  name: "Bun",
  runtimeVersion: "1.4.5",
  build: "simd",
  hash: "c0ffee00",
  version: 1,
  cases: 3,
  identical: 3,
  milliseconds: 10,
};

describe("what a runtime answers", () => {
  it("is identical when every case is", () => {
    expect(judge(expected, outcome, 1.5, undefined)).toEqual({
      id: "bun",
      title: "Bun",
      status: "identical",
      version: "1.4.5",
      build: "simd",
      cases: 3,
      identical: 3,
      hash: "c0ffee00",
      seconds: 1.5,
    });
  });

  it.each<[Partial<Outcome>, string]>([
    [{ identical: 2, firstDifference: "gumbel: element 7" }, "gumbel: element 7"],
    [{ build: "scalar" }, "the scalar build, expected simd"],
    [{ name: "Node x64" }, "runs in Node x64, expected Bun"],
    [{ cases: 0, identical: 0 }, "no cases, expected some"],
  ])("with %j is different", (change, reason) => {
    expect(judge(expected, { ...outcome, ...change }, 1, undefined)).toMatchObject({ status: "different", reason });
  });

  it("has the executable's version where the runtime tells its program none", () => {
    const { runtimeVersion, ...silent } = outcome;
    expect(judge(expected, silent, 1, "153.0").version).toBe("153.0");
  });

  it("is read out of whatever else it prints", () => {
    expect(readMessage(JSON.stringify({ type: "outcome", outcome }))).toEqual({ type: "outcome", outcome });
    for (const other of ["c0ffee00", "", "{", "{}", '{"type":"hello"}', "null"])
      expect(readMessage(other)).toBeUndefined();
  });
});

const line = (id: string, status: Result["status"], hash?: string): Result => ({
  id,
  title: id,
  status,
  ...(hash && { hash }),
});

it("a hash that differs from that of most makes a runtime different", () => {
  const results = [
    line("a", "identical", "2"),
    line("b", "identical", "1"),
    line("c", "identical", "1"),
    line("d", "not run"),
  ];
  const compared = compareHashes(results);
  expect(compared[0]).toMatchObject({ status: "different", reason: "hash 2, that of most is 1" });
  expect(compared.slice(1)).toEqual(results.slice(1));
});

describe("the exit code", () => {
  const [good, absent] = [line("a", "identical", "1"), line("b", "not run")];

  it("is 0 when all that ran are identical", () => {
    expect(exitCode([good, absent], [])).toBe(0);
    expect(exitCode([good, absent], ["a"])).toBe(0);
  });

  it("is 1 after a difference, a failure, when nothing ran, and when what is required did not run", () => {
    expect(exitCode([good, line("c", "different", "1")], [])).toBe(1);
    expect(exitCode([good, line("c", "failed")], [])).toBe(1);
    expect(exitCode([absent], [])).toBe(1);
    expect(exitCode([good, absent], ["b"])).toBe(1);
  });
});
